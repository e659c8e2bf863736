"""Deliveries: telling each subscriber of each domain event, at least once and in order."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NewType

from attrs import evolve, field, frozen

from koda.domain.model.events import DomainEvent
from koda.domain.model.validation import identifier, utc

DeliveryId = NewType("DeliveryId", str)


class DeliveryState(StrEnum):
    """What became of a delivery.

    One that is unreadable was kept by another version of Koda, or damaged.
    """

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"
    UNREADABLE = "unreadable"


@frozen
class Subscription:
    """Which events a subscriber wants, by their names, under a name that stays the same.

    `served_at` (UTC) is when a process last asked for its deliveries.
    """

    name: str = field(validator=identifier)
    kinds: tuple[str, ...]
    served_at: datetime = field(validator=utc)

    def joined(self, kept: "Subscription") -> "Subscription":
        """The subscription of this name as both say, since processes of two versions may be up."""
        return evolve(self, kinds=tuple(dict.fromkeys([*kept.kinds, *self.kinds])))

    def wants(self, event: DomainEvent) -> bool:
        """Whether `event` is delivered to it."""
        return event.name() in self.kinds


@frozen
class Delivery:
    """One event for one subscriber.

    It may be tried from `due` (UTC) on. Whoever takes it moves `due` to the end of the lease, so
    that it is tried again if the process ends; `attempts` counts who took it, and only the last
    one says what became of it. Of one that is done `due` is when. `problem` is why the last
    attempt failed.
    """

    id: DeliveryId
    subscriber: str = field(validator=identifier)
    event: DomainEvent
    due: datetime = field(validator=utc)
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    problem: str = ""

    @classmethod
    def of(cls, event: DomainEvent, subscriber: str, now: datetime) -> "Delivery":
        """The delivery of an event, due at once."""
        return cls(DeliveryId(f"{event.id}/{subscriber}"), subscriber, event, now)

    def taken(self, until: datetime) -> "Delivery":
        """The delivery while somebody tries it, until the end of the lease."""
        return evolve(self, due=until, attempts=self.attempts + 1)

    def done(self, now: datetime) -> "Delivery":
        """The delivery after its subscriber was told, at `now`."""
        return evolve(self, state=DeliveryState.DONE, due=now, problem="")

    def put_off(self, due: datetime, problem: str) -> "Delivery":
        """The delivery to be tried again from `due` on."""
        return evolve(self, due=due, problem=problem)

    def renewed(self, now: datetime) -> "Delivery":
        """The delivery that waits again after it was given up, due at `now`."""
        return evolve(self, state=DeliveryState.WAITING, due=now, attempts=0)

    def given_up(self, problem: str) -> "Delivery":
        """The delivery that is not tried again."""
        return evolve(self, state=DeliveryState.GIVEN_UP, problem=problem)


def deliveries_of(
    event: DomainEvent, subscriptions: Iterable[Subscription], now: datetime
) -> tuple[Delivery, ...]:
    """One delivery for each subscription that wants the event, due at `now`."""
    return tuple(
        Delivery.of(event, subscription.name, now)
        for subscription in subscriptions
        if subscription.wants(event)
    )


@frozen
class Backlog:
    """What waits for one subscriber: `oldest` (UTC) is when the first of it happened.

    What is unreadable counts as given up.
    """

    subscription: Subscription
    waiting: int
    given_up: int
    oldest: datetime | None
