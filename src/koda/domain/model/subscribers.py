"""Who is told of domain events."""

from collections.abc import Callable, Mapping
from datetime import datetime
from inspect import iscoroutinefunction
from typing import TypeVar, get_args

from attrs import define, field, frozen

from koda.domain.model.deliveries import Subscription
from koda.domain.model.errors import AlreadyExists, InvalidValue
from koda.domain.model.event import Event
from koda.domain.model.events import DomainEvent
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import is_identifier

Told = TypeVar("Told", bound=Event)

_OWN = "koda."
"""What the names of Koda's own subscribers begin with."""


@frozen
class Subscriber:
    """Who is told of events of some kinds, under a name that stays the same.

    A kind that others inherit from, such as `ListingEvent`, stands for all of them. `handle` may be
    called again with the same event (`Event.id`), and may raise whatever it likes: then it is
    called again later. `Undeliverable` says that this would not help.
    """

    name: str
    kinds: tuple[type[Event], ...]
    handle: Callable[[DomainEvent], None]

    def wants(self, event: DomainEvent) -> bool:
        """Whether it is told of `event`."""
        return isinstance(event, self.kinds)

    def subscription(self, now: datetime) -> Subscription:
        """What the store keeps of it."""
        names = (kind.name() for kind in get_args(DomainEvent) if issubclass(kind, self.kinds))
        return Subscription(self.name, tuple(names), now)


@define
class Subscribers:
    """The subscribers of a team that embeds Koda, by name."""

    _subscribers: dict[str, Subscriber] = field(factory=dict)

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber, which is told of what happens from then on.

        Raises:
            InvalidValue: its name is no identifier, or begins as Koda's own do, it wants no events,
                or its function is asynchronous.
            AlreadyExists: its name is taken.
        """
        name = subscriber.name
        if not is_identifier(name) or name.startswith(_OWN):
            problem = sentence(
                "must be given as an identifier that does not begin with {own}", own=_OWN
            )
            raise InvalidValue("name", problem)
        if not all(map(_is_kind, subscriber.kinds)) or not subscriber.kinds:
            raise InvalidValue("kinds", sentence("must be classes of domain events"))
        if iscoroutinefunction(subscriber.handle):
            raise InvalidValue("handle", sentence("must be a function that is not asynchronous"))
        if name in self._subscribers:
            raise AlreadyExists("subscriber", name)
        self._subscribers[name] = subscriber

    def on(
        self, *kinds: type[Told], name: str = ""
    ) -> Callable[[Callable[[Told], None]], Callable[[Told], None]]:
        """Let the decorated function be told of events of some kinds, as `add` does.

        Its subscriber has the function's name unless another one is given. The name is kept in the
        store, so that it stays when the function is renamed.
        """

        def added(handle: Callable[[Told], None]) -> Callable[[Told], None]:
            told: Callable[[DomainEvent], None] = handle  # type: ignore[assignment]
            self.add(Subscriber(name or getattr(handle, "__name__", ""), kinds, told))
            return handle

        return added

    def by_name(self) -> Mapping[str, Subscriber]:
        """All of them."""
        return dict(self._subscribers)


def _is_kind(kind: object) -> bool:
    return isinstance(kind, type) and any(
        issubclass(known, kind) for known in get_args(DomainEvent)
    )
