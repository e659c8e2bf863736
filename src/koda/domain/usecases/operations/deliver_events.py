"""Delivering domain events to subscribers."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from attrs import define, field

from koda.domain.model.attempts import (
    LEASE,
    MOST_ATTEMPTS,
    lease_of,
    pause_after,
)
from koda.domain.model.deliveries import Delivery, DeliveryState
from koda.domain.model.errors import KodaError, StaleWrite, Unavailable, Undeliverable
from koda.domain.model.subscribers import Subscriber, Subscribers
from koda.ports.clock import Clock
from koda.ports.outbox import Outbox

_AT_ONCE = 100
"""Events that are relayed, or delivered, before it is looked at the others again."""
_SEEN_EVERY = timedelta(minutes=1)
"""How often it is noted that a subscriber is served."""

_GoOn = Callable[[], bool]

_logger: logging.Logger = logging.getLogger("koda.events")


def _always() -> bool:
    return True


@define
class DeliverEvents:
    """Relays what happened, and tells the subscribers of this process: Koda's `own`, and others.

    At least once, and within one subject in order; whatever a subscriber raises, the others are
    told.
    """

    outbox: Outbox
    own: tuple[Subscriber, ...]
    subscribers: Subscribers
    clock: Clock
    _seen: dict[str, datetime] = field(factory=dict)
    _restored: bool = False

    def __call__(self, go_on: _GoOn = _always) -> int:
        """Relay and deliver whatever is due, in turns; return how many deliveries were tried.

        It ends when nothing is left, or `go_on` says so between two of them.

        Raises:
            Unavailable: the store is down.
        """
        tried = 0
        while go_on():
            relayed, told = self._relay_some(), self._tell_some(self.by_name(), go_on)
            tried += told
            if not (relayed or told):
                break
        return tried

    def relay(self, go_on: _GoOn = _always) -> int:
        """Only relay, for a process in which others tell; return how many events.

        Raises:
            Unavailable: the store is down.
        """
        relayed = 0
        while go_on() and (some := self._relay_some()):
            relayed += some
        return relayed

    def tell(self, name: str, go_on: _GoOn = _always) -> int:
        """Deliver what is due to one subscriber; return how many deliveries were tried.

        Raises:
            Unavailable: the store is down.
        """
        chosen = {name: self.by_name()[name]}
        tried = 0
        while go_on() and (some := self._tell_some(chosen, go_on)):
            tried += some
        return tried

    def by_name(self) -> Mapping[str, Subscriber]:
        """All subscribers of this process."""
        own = {subscriber.name: subscriber for subscriber in self.own}
        return {**own, **self.subscribers.by_name()}

    def _relay_some(self) -> int:
        now = self.clock()
        self._note(self.by_name().values(), now)
        if not self._restored:
            self.outbox.restore()
            self._restored = True
        return self.outbox.relay(_AT_ONCE, now)

    def _note(self, subscribers: Iterable[Subscriber], now: datetime) -> None:
        """Let the store know that somebody serves these, before anything is relayed past them."""
        for subscriber in subscribers:
            seen = self._seen.get(subscriber.name)
            if seen is None or now - seen >= _SEEN_EVERY:
                self.outbox.subscribe(subscriber.subscription(now))
                self._seen[subscriber.name] = now

    def _tell_some(self, chosen: Mapping[str, Subscriber], go_on: _GoOn) -> int:
        for tried in range(_AT_ONCE):
            now = self.clock()
            delivery = self.outbox.claim(chosen.keys(), now, now + LEASE) if go_on() else None
            if delivery is None:
                return tried
            self._tell(chosen[delivery.subscriber], delivery, now)
        return _AT_ONCE

    def _tell(self, subscriber: Subscriber, delivery: Delivery, now: datetime) -> None:
        if delivery.attempts > MOST_ATTEMPTS:
            self._save(delivery.given_up("no attempt came to an end"))
        elif not subscriber.wants(delivery.event):
            self._failed(delivery, "another version of the application wants it")
        elif delivery.attempts == 1 or self._leased(delivery, now):
            self._try(subscriber, delivery)

    def _leased(self, delivery: Delivery, now: datetime) -> bool:
        """Lease it for longer, as an attempt before may have taken too long; whether it is ours."""
        return self._save(delivery.put_off(now + lease_of(delivery.attempts), ""))

    def _try(self, subscriber: Subscriber, delivery: Delivery) -> None:
        try:
            subscriber.handle(delivery.event)
        except Undeliverable as error:
            self._save(delivery.given_up(error.reason))
        except Exception as error:  # noqa: BLE001 - whatever a subscriber raises, the others are told
            self._failed(delivery, problem_of(error))
        else:
            self._save(delivery.done(self.clock()))

    def _failed(self, delivery: Delivery, problem: str) -> None:
        if delivery.attempts >= MOST_ATTEMPTS:
            self._save(delivery.given_up(problem))
        else:
            self._save(delivery.put_off(self.clock() + pause_after(delivery.attempts), problem))

    def _save(self, delivery: Delivery) -> bool:
        """Keep what became of it; whether it was still ours."""
        fields = {
            "subscriber": delivery.subscriber,
            "event": delivery.event.name(),
            "event_id": delivery.event.id,
            "attempts": delivery.attempts,
            "problem": delivery.problem,
        }
        try:
            self.outbox.save(delivery)
        except StaleWrite:
            _logger.warning("A delivery took longer than its lease", extra=fields)
            return False
        if delivery.state is DeliveryState.GIVEN_UP:
            _logger.error("A delivery is given up", extra=fields)
        elif delivery.problem:
            _logger.warning("A delivery is tried again later", extra=fields)
        return True


def problem_of(error: BaseException) -> str:
    """What is kept and logged of an error: words of others may name somebody."""
    if isinstance(error, Unavailable):
        return str(error)
    return error.code if isinstance(error, KodaError) else type(error).__name__
