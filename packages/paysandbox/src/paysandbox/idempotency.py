"""Idempotency keys: https://docs.stripe.com/api/idempotent_requests."""

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from attrs import define, field

from paysandbox.clock import SandboxClock
from paysandbox.errors import ApiError, Json
from paysandbox.http import Answer
from paysandbox.state import State

KEPT = 24 * 3600
"""Seconds after which a key is forgotten."""

MAX_LENGTH = 255


@define
class Answers:
    """The answers kept under their idempotency keys."""

    state: State
    clock: SandboxClock
    _running: set[str] = field(factory=set, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    @contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """Work on a key alone.

        Raises:
            ApiError: another request with this key is being answered, or the key is too long.
        """
        if len(key) > MAX_LENGTH:
            raise ApiError(f"Idempotency keys may be at most {MAX_LENGTH} characters long.")
        with self._lock:
            if key in self._running:
                raise ApiError(
                    "There is currently another in-progress request using this Idempotent Key.",
                    409,
                    "idempotency_error",
                    "idempotency_key_in_use",
                )
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def replay(self, key: str, asked: Json) -> Answer | None:
        """The answer that was given to this request before, or `None`.

        Raises:
            ApiError: the key was used for another request.
        """
        answer = self.state.get("idempotency", key)
        if answer is None or answer["created"] + KEPT <= self.clock.now():
            return None
        if answer["asked"] != asked:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{key}'."
            )
            raise ApiError(message, 400, "idempotency_error")
        body = base64.b64decode(answer["body"])
        headers = answer["headers"] | {
            "Idempotent-Replayed": "true",
            "Original-Request": answer["headers"].get("Request-Id", ""),
        }
        return Answer(answer["status"], headers, body)

    def keep(self, key: str, asked: Json, answer: Answer) -> None:
        """Give this answer to every repetition of the request."""
        kept = {
            "id": key,
            "asked": asked,
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": base64.b64encode(answer.body).decode(),
            "created": self.clock.now(),
        }
        self.state.put("idempotency", kept)
