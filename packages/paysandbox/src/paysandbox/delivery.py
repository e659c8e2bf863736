"""Webhook delivery: messages are queued in the state, sent in the background, retried."""

import itertools
import random
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import requests
from attrs import define, field

from paysandbox.endpoints import kind_of, wants
from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.sending import Sender
from paysandbox.state import State
from paysandbox.webhook_faults import WebhookFaults

_SETTLED = frozenset({"done", "failed"})
_KEPT_BACK = frozenset({"held", "waiting"})
_IDLE = 60.0
_GRACE = 2.0
"""Seconds that a message on its way has to be answered when the sandbox stops."""

_CROWD = 8
"""Messages on their way to one endpoint at a time, where their order is left to chance."""


@define(eq=False)
class Deliveries:
    """The queue of messages: at least once, due by the sandbox's clock.

    They go to each endpoint one after the other, or, if `unordered`, several at once in an order
    that is left to chance, as with Stripe. A delivery is `queued`, `held` (kept back until told),
    `waiting` (for the next message to pass it), `done`, `failed` (given up) or `dropped`.
    """

    state: State
    sender: Sender
    unordered: bool = False
    webhook_faults: WebhookFaults = field(factory=WebhookFaults, init=False)
    _holding: bool = field(default=False, init=False)
    _stopped: bool = field(default=False, init=False)
    _changed: threading.Condition = field(factory=threading.Condition, init=False)
    _workers: dict[str, list[threading.Thread]] = field(factory=dict, init=False)
    _on_their_way: set[str] = field(factory=set, init=False)
    _places: Iterator[int] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Queue new messages behind those from earlier runs."""
        places = (int(row["place"]) for row in self.state.find("delivery"))
        self._places = itertools.count(max(places, default=0) + 1)

    # --- the life of the queue ------------------------------------------

    def start(self) -> None:
        """Begin to send what is queued, from earlier runs too."""
        for endpoint in self.sender.endpoints.all():
            self.serve(endpoint["id"])

    def serve(self, endpoint_id: str) -> None:
        """Send the messages of an endpoint from now on."""
        with self._changed:
            if endpoint_id in self._workers or self._stopped:
                return
            workers = [
                threading.Thread(target=self._work, args=(endpoint_id,), daemon=True)
                for _ in range(_CROWD if self.unordered else 1)
            ]
            self._workers[endpoint_id] = workers
        for worker in workers:
            worker.start()

    def stop(self) -> None:
        """Stop sending; what is queued stays in the state."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for worker in itertools.chain.from_iterable(self._workers.values()):
            worker.join(_GRACE)

    def wake(self) -> None:
        """Look again for what is due: the clock or the queue has changed."""
        with self._changed:
            self._changed.notify_all()

    def _work(self, endpoint_id: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (delivery := self._await_next(endpoint_id)) is not None:
                self._attempt(session, delivery)

    def _await_next(self, endpoint_id: str) -> Json | None:
        with self._changed:
            while not self._stopped:
                due, wait = self._look(endpoint_id)
                if due:
                    delivery = secrets.choice(due) if self.unordered else min(due, key=_place)
                    self._on_their_way.add(delivery["id"])
                    return delivery
                self._changed.wait(wait)
        return None

    def _look(self, endpoint_id: str) -> tuple[list[Json], float]:
        """The messages that are due, and the seconds until the next one is."""
        clock = self.sender.clock
        queued = self.state.find("delivery", state="queued", endpoint=endpoint_id)
        waiting = [row for row in queued if row["id"] not in self._on_their_way]
        now = clock.moment()
        due = [row for row in waiting if row["due"] <= now]
        soonest = min((float(row["due"]) - now for row in waiting), default=_IDLE)
        return due, _IDLE if clock.stands else min(soonest, _IDLE)

    def _attempt(self, session: requests.Session, delivery: Json) -> int:
        status = self.sender.send(session, delivery)
        if not self._stopped:
            self.sender.keep(delivery, status)
        with self._changed:
            self._on_their_way.discard(delivery["id"])
            self._changed.notify_all()
        return status

    # --- putting messages in --------------------------------------------

    def enqueue(self, event: Json, kind: str) -> None:
        """Queue an event for every endpoint that wants it; call it where the event is kept."""
        copies, delay, state = self.webhook_faults.judge(event["type"])
        for endpoint in self.sender.endpoints.all():
            if wants(endpoint, event, kind):
                self._add(event, kind, endpoint, copies=copies, delay=delay, state=state)
        self.state.when_kept(self.wake)

    def _add(
        self, event: Json, kind: str, endpoint: Json, *, copies: int, delay: float, state: str
    ) -> None:
        delivery = {
            "event": event["id"],
            "kind": kind,
            "endpoint": endpoint["id"],
            "state": "held" if self._holding and state == "queued" else state,
            "due": self.sender.clock.moment() + delay,
            "answers": [],
        }
        overtaken = self.state.find("delivery", state="waiting", endpoint=endpoint["id"])
        for _ in range(copies):
            place = next(self._places)
            self.state.put("delivery", {"id": new_id("dlv_"), "place": place} | delivery)
        if state == "queued":
            for earlier in overtaken:
                behind = {name: delivery[name] for name in ("state", "due")}
                self.state.put("delivery", earlier | behind | {"place": next(self._places)})

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

    def _identify(self, event: str | int) -> str:
        return str(self.pending()[event]["id"]) if isinstance(event, int) else event

    def deliver(
        self, event: str | int = 0, times: int = 1, *, concurrently: bool = False
    ) -> list[int]:
        """Send an event now, `times` over, whether it was sent before or not.

        Args:
            event: its id, or its place among the pending ones: the next one unless told otherwise.
            times: how often each endpoint gets it.
            concurrently: all at once instead of one after the other.

        Returns:
            The HTTP status of each answer; 0 where none came.

        Raises:
            LookupError: there is no such event, or no endpoint that wants it.
        """
        identifier = self._identify(event)
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
        for endpoint in self.sender.endpoints.all():
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
            due = self.sender.clock.moment()
            for row in _ordered(self._kept_back(), order):
                queued = {"state": "queued", "due": due, "place": next(self._places)}
                self.state.put("delivery", row | queued)
        self.wake()

    def drop(self, event: str | int = 0) -> None:
        """Never send an event again by itself, as if its messages were lost.

        Args:
            event: its id, or its place among the pending ones: the next one unless told otherwise.

        Raises:
            LookupError: so many are not pending.
        """
        with self.state.transaction():
            for row in self.state.find("delivery", event=self._identify(event)):
                if row["state"] not in _SETTLED:
                    self.state.put("delivery", row | {"state": "dropped"})
        self.wake()

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is queued any more; `False` if `timeout` seconds were not enough.

        While the clock stands, what is due later is not waited for.
        """
        return self._wait(lambda: not any(map(self._comes, self._queued())), timeout)

    def _queued(self) -> list[Json]:
        return self.state.find("delivery", state="queued")

    def _comes(self, delivery: Json) -> bool:
        clock = self.sender.clock
        return not clock.stands or float(delivery["due"]) <= clock.moment()

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


def _place(delivery: Json) -> tuple[float, int]:
    return float(delivery["due"]), int(delivery["place"])
