"""Webhook delivery: messages are queued in the state, sent in the background, retried."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests
from attrs import define, field

from paysandbox.clock import SandboxClock
from paysandbox.endpoints import Endpoints, kind_of, wants
from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.state import State
from paysandbox.webhook_faults import WebhookFaults

QUICK_RETRIES = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds before each further attempt, unless told otherwise."""

_SETTLED = frozenset({"done", "failed"})
_KEPT_BACK = frozenset({"held", "waiting"})
_SUCCESS = range(200, 300)
_IDLE = 60.0
_GRACE = 2.0
"""Seconds that a message on its way has to be answered when the sandbox stops."""

_STEP = 1e-5
"""Seconds that put one message behind another in the queue."""


def payload_of(event: Json) -> bytes:
    """The bytes that are sent and signed for an event: the same at every attempt."""
    public = {name: value for name, value in event.items() if not name.startswith("_")}
    return json.dumps(public, indent=2).encode()


@define(eq=False)
class Deliveries:
    """The queue of messages: at least once, one after the other to each endpoint.

    A delivery is `queued`, `held` (kept back until told), `waiting` (for the next message to pass
    it), `done`, `failed` (given up) or `dropped`. Answers outside 200-299 and lost connections are
    tried again after the next of `retry_delays`; redirects are not followed.
    """

    state: State
    clock: SandboxClock
    endpoints: Endpoints
    retry_delays: Sequence[float] = QUICK_RETRIES
    timeout: float = 20.0
    webhook_faults: WebhookFaults = field(factory=WebhookFaults, init=False)
    _holding: bool = field(default=False, init=False)
    _stopped: bool = field(default=False, init=False)
    _changed: threading.Condition = field(factory=threading.Condition, init=False)
    _workers: dict[str, threading.Thread] = field(factory=dict, init=False)

    # --- the life of the queue ------------------------------------------

    def start(self) -> None:
        """Begin to send what is queued, from earlier runs too."""
        for endpoint in self.endpoints.all():
            self.serve(endpoint["id"])

    def serve(self, endpoint_id: str) -> None:
        """Send the messages of an endpoint from now on."""
        with self._changed:
            if endpoint_id in self._workers or self._stopped:
                return
            worker = threading.Thread(target=self._work, args=(endpoint_id,), daemon=True)
            self._workers[endpoint_id] = worker
        worker.start()

    def stop(self) -> None:
        """Stop sending; what is queued stays in the state."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for worker in self._workers.values():
            worker.join(_GRACE)

    def _work(self, endpoint_id: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (delivery := self._await_next(endpoint_id)) is not None:
                self._attempt(session, delivery)

    def _await_next(self, endpoint_id: str) -> Json | None:
        with self._changed:
            while not self._stopped:
                delivery = self._earliest(endpoint_id)
                wait = _IDLE if delivery is None else delivery["due"] - time.time()
                if delivery is not None and wait <= 0:
                    return delivery
                self._changed.wait(wait)
        return None

    def _earliest(self, endpoint_id: str) -> Json | None:
        queued = self.state.find("delivery", state="queued", endpoint=endpoint_id)
        return min(queued, key=lambda delivery: float(delivery["due"]), default=None)

    # --- one attempt ----------------------------------------------------

    def _attempt(self, session: requests.Session, delivery: Json) -> int:
        status = self._send(session, delivery)
        if self._stopped:
            return status
        with self.state.transaction():
            current = self.state.get("delivery", delivery["id"]) or delivery
            self.state.put("delivery", self._after(current, status))
        self._announce()
        return status

    def _after(self, delivery: Json, status: int) -> Json:
        tried = delivery | {"answers": [*delivery["answers"], status]}
        if status in _SUCCESS:
            return tried | {"state": "done"}
        if delivery["state"] != "queued":
            return tried
        if len(tried["answers"]) > len(self.retry_delays):
            return tried | {"state": "failed"}
        return tried | {"due": time.time() + self.retry_delays[len(delivery["answers"])]}

    def _send(self, session: requests.Session, delivery: Json) -> int:
        endpoint = self.endpoints.get(delivery["endpoint"])
        event = self.state.get(delivery["kind"], delivery["event"])
        if endpoint is None or event is None:
            return 410
        payload = payload_of(event)
        headers = self.endpoints.sign(endpoint, payload, event["id"])
        try:
            answer = session.post(
                endpoint["url"],
                data=payload,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return answer.status_code

    # --- putting messages in --------------------------------------------

    def enqueue(self, event: Json, kind: str) -> None:
        """Queue an event for every endpoint that wants it; call it where the event is kept."""
        copies, delay, state = self.webhook_faults.judge(event["type"])
        for endpoint in self.endpoints.all():
            if wants(endpoint, event, kind):
                self._add(event, kind, endpoint, copies=copies, delay=delay, state=state)
        self.state.when_kept(self._announce)

    def _add(
        self, event: Json, kind: str, endpoint: Json, *, copies: int, delay: float, state: str
    ) -> None:
        due = time.time() + delay
        delivery = {
            "event": event["id"],
            "kind": kind,
            "endpoint": endpoint["id"],
            "state": "held" if self._holding and state == "queued" else state,
            "due": due,
            "answers": [],
        }
        overtaken = self.state.find("delivery", state="waiting", endpoint=endpoint["id"])
        for _ in range(copies):
            self.state.put("delivery", {"id": new_id("dlv_")} | delivery)
        if state == "queued":
            for earlier in overtaken:
                behind = {"state": delivery["state"], "due": due + _STEP}
                self.state.put("delivery", earlier | behind)

    def _announce(self) -> None:
        with self._changed:
            self._changed.notify_all()

    # --- steering -------------------------------------------------------

    def hold(self) -> None:
        """Keep back all messages from now on, until told to deliver or release them."""
        self._holding = True

    def pending(self) -> list[Json]:
        """The events that are held or waiting, oldest first, each once."""
        unique = {(row["kind"], row["event"]): None for row in self._kept_back()}
        events = (self.state.get(kind, event) for kind, event in unique)
        return [event for event in events if event is not None]

    def _kept_back(self) -> list[Json]:
        return [row for row in self.state.find("delivery") if row["state"] in _KEPT_BACK]

    def deliver(self, event: str | int, times: int = 1, *, concurrently: bool = False) -> list[int]:
        """Send an event now, `times` over, whether it was sent before or not.

        Args:
            event: its id, or its place among the pending ones.
            times: how often each endpoint gets it.
            concurrently: all at once instead of one after the other.

        Returns:
            The HTTP status of each answer; 0 where none came.

        Raises:
            LookupError: there is no such event, or no endpoint that wants it.
        """
        identifier = self.pending()[event]["id"] if isinstance(event, int) else event
        self._adopt(identifier)
        batch = self.state.find("delivery", event=identifier) * times
        if not batch:
            raise LookupError(f"No endpoint wants an event {identifier}")
        with ThreadPoolExecutor(len(batch) if concurrently else 1) as pool:
            return list(pool.map(self._attempt_alone, batch))

    def _adopt(self, identifier: str) -> None:
        """Give endpoints that were not there when it happened a delivery of an event."""
        kind = kind_of(identifier)
        event = self.state.get(kind, identifier)
        if event is None or self.state.find("delivery", event=identifier):
            return
        for endpoint in self.endpoints.all():
            if wants(endpoint, event, kind):
                self._add(event, kind, endpoint, copies=1, delay=0.0, state="held")

    def _attempt_alone(self, delivery: Json) -> int:
        with requests.Session() as session:
            session.trust_env = False
            return self._attempt(session, delivery)

    def release(self, order: Sequence[str] | str | int | None = None) -> None:
        """Stop holding and queue everything held.

        Args:
            order: `None` as they happened, `"reverse"`, a list of event ids (others follow), or a
                number that seeds a shuffle.
        """
        self._holding = False
        with self.state.transaction():
            now = time.time()
            for place, row in enumerate(_ordered(self._kept_back(), order)):
                due = now + place * _STEP
                self.state.put("delivery", row | {"state": "queued", "due": due})
        self._announce()

    def drop(self, event: str) -> None:
        """Never send an event again by itself, as if its messages were lost."""
        with self.state.transaction():
            for row in self.state.find("delivery", event=event):
                if row["state"] not in _SETTLED:
                    self.state.put("delivery", row | {"state": "dropped"})
        self._announce()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is queued any more; `False` if `timeout` seconds were not enough."""
        return self._wait(lambda: not self.state.find("delivery", state="queued"), timeout)

    def await_attempts(self, events: Sequence[str], timeout: float) -> bool:
        """Wait until each delivery of the events was answered once, or is not on its way."""
        return self._wait(lambda: not any(self._unanswered(event) for event in events), timeout)

    def _unanswered(self, event: str) -> bool:
        rows = self.state.find("delivery", event=event)
        return any(row["state"] == "queued" and not row["answers"] for row in rows)

    def _wait(self, reached: Callable[[], bool], timeout: float) -> bool:
        with self._changed:
            return self._changed.wait_for(reached, timeout)


def _ordered(rows: list[Json], order: Sequence[str] | str | int | None) -> list[Json]:
    if order is None:
        return rows
    if order == "reverse":
        return rows[::-1]
    if isinstance(order, int):
        shuffled = list(rows)
        random.Random(order).shuffle(shuffled)  # noqa: S311 - a repeatable order, not a secret
        return shuffled
    places = {event: place for place, event in enumerate(order)}
    return sorted(rows, key=lambda row: places.get(row["event"], len(places)))
