"""Delivering domain events to subscribers."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from attrs import define, field, frozen

from koda.domain.model.deliveries import Delivery, DeliveryState, Subscription
from koda.domain.model.errors import (
    AlreadyExists,
    InvalidValue,
    KodaError,
    StaleWrite,
    Undeliverable,
)
from koda.domain.model.events import DomainEvent, Event
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import is_identifier
from koda.ports.clock import Clock
from koda.ports.outbox import Outbox

_LEASE = timedelta(minutes=2)
"""How long a subscriber may take for one event, before another process may try it."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
"""Before another attempt; each pause is twice the one before it."""
MOST_ATTEMPTS = 80
"""About three days, for which the payment provider sends its messages again, too."""
_AT_ONCE = 100
"""Events that are relayed in one step."""
_SEEN_EVERY = timedelta(minutes=1)
"""How often it is noted that a subscriber is served."""

_OWN = "koda."
"""What the names of Koda's own subscribers begin with."""

Told = TypeVar("Told", bound=Event)

_logger: logging.Logger = logging.getLogger("koda.events")


@frozen
class Subscriber:
    """Who is told of events of some kinds, under a name that stays the same.

    `handle` may be called again with the same event (`Event.id`), and may raise whatever it likes:
    then it is called again later. `Undeliverable` says that this would not help.
    """

    name: str
    kinds: tuple[type[Event], ...]
    handle: Callable[[DomainEvent], None]

    def subscription(self, now: datetime) -> Subscription:
        """What the store keeps of it."""
        return Subscription(self.name, tuple(kind.name() for kind in self.kinds), now)


@define
class Subscribers:
    """The subscribers of a team that embeds Koda, by name."""

    _subscribers: dict[str, Subscriber] = field(factory=dict)

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber, which is told of what happens from then on.

        Raises:
            InvalidValue: its name is no identifier, or begins as Koda's own do.
            AlreadyExists: its name is taken.
        """
        name = subscriber.name
        if not is_identifier(name) or name.startswith(_OWN):
            problem = sentence("must be an identifier that does not begin with {own}", own=_OWN)
            raise InvalidValue("name", problem)
        if name in self._subscribers:
            raise AlreadyExists("subscriber", name)
        self._subscribers[name] = subscriber

    def on(
        self, kind: type[Told], *, name: str = ""
    ) -> Callable[[Callable[[Told], None]], Callable[[Told], None]]:
        """Let the decorated function be told of events of a kind, as `add` does.

        Its subscriber has the function's name unless another one is given. The name is kept in the
        store, so that it stays when the function is renamed.
        """

        def added(handle: Callable[[Told], None]) -> Callable[[Told], None]:
            def told(event: DomainEvent) -> None:
                if isinstance(event, kind):
                    handle(event)

            self.add(Subscriber(name or getattr(handle, "__name__", ""), (kind,), told))
            return handle

        return added

    def by_name(self) -> Mapping[str, Subscriber]:
        """All of them."""
        return dict(self._subscribers)


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed."""
    doubled: int = 1 << min(attempts - 1, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


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

    def __call__(self, names: Iterable[str] | None = None) -> int:
        """Deliver whatever is due, to the subscribers of `names` or to all; return how much.

        Raises:
            Unavailable: the store is down.
        """
        known = self.by_name()
        chosen = {name: known[name] for name in (known if names is None else names)}
        self._note(chosen.values())
        while self.outbox.relay(_AT_ONCE):
            pass
        delivered = 0
        while delivery := self.outbox.claim(chosen.keys(), now := self.clock(), now + _LEASE):
            self._try(chosen[delivery.subscriber], delivery)
            delivered += 1
        return delivered

    def by_name(self) -> Mapping[str, Subscriber]:
        """All subscribers of this process."""
        own = {subscriber.name: subscriber for subscriber in self.own}
        return {**own, **self.subscribers.by_name()}

    def _note(self, subscribers: Iterable[Subscriber]) -> None:
        """Let the store know that somebody serves these subscribers, now and then."""
        now = self.clock()
        for subscriber in subscribers:
            seen = self._seen.get(subscriber.name)
            if seen is None or now - seen >= _SEEN_EVERY:
                self.outbox.subscribe(subscriber.subscription(now))
                self._seen[subscriber.name] = now

    def _try(self, subscriber: Subscriber, delivery: Delivery) -> None:
        try:
            subscriber.handle(delivery.event)
        except Undeliverable as error:
            self._save(delivery.given_up(error.reason))
        except Exception as error:  # noqa: BLE001 - whatever a subscriber raises, the others are told
            self._failed(delivery, error)
        else:
            self._save(delivery.done())

    def _failed(self, delivery: Delivery, error: Exception) -> None:
        # What other libraries say may name somebody.
        problem = str(error) if isinstance(error, KodaError) else type(error).__name__
        if delivery.attempts >= MOST_ATTEMPTS:
            self._save(delivery.given_up(problem))
        else:
            self._save(delivery.put_off(self.clock() + pause_after(delivery.attempts), problem))

    def _save(self, delivery: Delivery) -> None:
        fields = {"delivery": delivery.id, "problem": delivery.problem}
        try:
            self.outbox.save(delivery)
        except StaleWrite:
            _logger.warning("A delivery took longer than its lease", extra=fields)
        else:
            if delivery.state is DeliveryState.GIVEN_UP:
                _logger.error("A delivery is given up", extra=fields)
            elif delivery.problem:
                _logger.warning("A delivery is tried again later", extra=fields)
