"""Fault injection: what the next matching request meets instead of a good answer."""

import json
import threading
from collections.abc import Callable
from fnmatch import fnmatchcase

from attrs import define, field, validators

from paysandbox.errors import ApiError
from paysandbox.http import Answer, Request, json_answer

KINDS = frozenset(
    {"status", "html", "truncated", "error_string", "foreign"}
    | {"slow", "timeout", "reset", "no_answer"}
)
TYPES = {402: "card_error"} | dict.fromkeys((400, 401, 403, 404, 429), "invalid_request_error")
CODES = {402: "card_declined", 409: "lock_timeout", 429: "rate_limit"}
"""What Stripe says with a status: https://docs.stripe.com/api/errors."""

PAGE = b"<!doctype html><title>Bad gateway</title><h1>502 Bad gateway</h1>"


@define
class Fault:
    """One planned trouble.

    Args:
        pattern: method and path, as in `POST /v1/transfers`; `*` stands for anything.
        kind: `status` (an error of that HTTP status), `html` (a page instead of JSON), `truncated`
            (half of a JSON body), `error_string` (`{"error": "…"}`), `foreign` (JSON of somebody
            else's), `slow` (the right answer, late), `timeout` (silence, then a closed
            connection), `reset` or `no_answer` (the connection breaks, or closes without a byte).
        status: the HTTP status of `status`, `html` and `error_string`.
        seconds: how long `slow` and `timeout` take.
        times: how many requests meet it.
        skip: how many matching requests pass unharmed before.
        after_commit: the request has its effect first, and only the answer is lost.
        saved: keep the error under the request's idempotency key, as Stripe does with the errors
            of a request that had begun.
        should_retry: the `Stripe-Should-Retry` header of the error, where given.
        retry_after: its `Retry-After` header in seconds, where given.
    """

    pattern: str
    kind: str = field(validator=validators.in_(KINDS))
    status: int = 500
    seconds: float = 30.0
    times: int = 1
    skip: int = 0
    after_commit: bool = False
    saved: bool = False
    should_retry: bool | None = None
    retry_after: int | None = None

    def matches(self, request: Request) -> bool:
        """Whether the request is one of those meant."""
        return fnmatchcase(f"{request.method} {request.path}", self.pattern)

    def error(self) -> ApiError:
        """The error of kind `status`, as an API error."""
        kind = TYPES.get(self.status, "api_error")
        message = "The sandbox was told to fail here."
        return ApiError(message, self.status, kind, CODES.get(self.status))

    def answer(self, true_answer: Answer | None) -> Answer:
        """What the client gets; `true_answer` is what it would have got, where there is one."""
        if self.kind == "status":
            return self._flagged(json_answer(self.error().body(), self.status))
        if self.kind == "html":
            return self._flagged(Answer(self.status, {"Content-Type": "text/html"}, PAGE))
        if self.kind == "error_string":
            return self._flagged(json_answer({"error": "internal"}, self.status))
        if self.kind == "foreign":
            return json_answer({"answer": 42})
        if self.kind == "truncated":
            whole = b'{"id": "' if true_answer is None else true_answer.body
            return Answer(200, {"Content-Type": "application/json"}, whole[: len(whole) // 2 or 1])
        return Answer(hang_up="reset" if self.kind == "reset" else "close")

    def _flagged(self, answer: Answer) -> Answer:
        if self.should_retry is not None:
            answer = answer.with_headers(Stripe_Should_Retry=json.dumps(self.should_retry))
        if self.retry_after is not None:
            answer = answer.with_headers(Retry_After=str(self.retry_after))
        return answer


@define
class Faults:
    """The planned troubles, met in the order in which they were planned."""

    stopping: threading.Event
    _planned: list[Fault] = field(factory=list, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def plan(self, fault: Fault) -> None:
        """Add a trouble behind those already planned."""
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        """Forget all troubles that are still planned."""
        with self._lock:
            self._planned.clear()

    def take(self, request: Request) -> Fault | None:
        """The trouble that this request meets, which is thereby used up once."""
        with self._lock:
            for fault in self._planned:
                if fault.matches(request):
                    return self._use(fault)
        return None

    def _use(self, fault: Fault) -> Fault | None:
        if fault.skip:
            fault.skip -= 1
            return None
        fault.times -= 1
        if not fault.times:
            self._planned.remove(fault)
        return fault

    def around(
        self,
        request: Request,
        run: Callable[[], Answer],
        keep: Callable[[Answer], None] | None = None,
    ) -> Answer:
        """Answer a request with the trouble that is planned for it, or by `run`.

        Args:
            request: what was asked.
            run: the real thing.
            keep: keeps an answer under the request's idempotency key.
        """
        fault = self.take(request)
        if fault is None:
            return run()
        if fault.kind == "slow":
            self.stopping.wait(fault.seconds)
            return run()
        answer = fault.answer(run() if fault.after_commit else None)
        if fault.kind == "timeout":
            self.stopping.wait(fault.seconds)
        if fault.saved and keep is not None:
            keep(answer)
        return answer
