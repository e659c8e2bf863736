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
    """What became of a delivery."""

    WAITING = "waiting"
    DONE = "done"
    GIVEN_UP = "given_up"


@frozen
class Subscription:
    """Which events a subscriber wants, by their names, under a name that stays the same.

    `served_at` (UTC) is when a process last asked for its deliveries.
    """

    name: str = field(validator=identifier)
    kinds: tuple[str, ...]
    served_at: datetime = field(validator=utc)

    def wants(self, event: DomainEvent) -> bool:
        """Whether `event` is delivered to it."""
        return event.name() in self.kinds


@frozen
class Delivery:
    """One event for one subscriber.

    It may be tried from `due` (UTC) on. Whoever takes it moves `due` to the end of the lease, so
    that it is tried again if the process ends; `attempts` counts who took it, and only the last
    one says what became of it. `problem` is why the last attempt failed.
    """

    id: DeliveryId
    subscriber: str = field(validator=identifier)
    event: DomainEvent
    due: datetime = field(validator=utc)
    attempts: int = 0
    state: DeliveryState = DeliveryState.WAITING
    problem: str = ""

    @classmethod
    def of(cls, event: DomainEvent, subscriber: str) -> "Delivery":
        """The delivery of an event, due at once."""
        return cls(DeliveryId(f"{event.id}@{subscriber}"), subscriber, event, event.occurred_at)

    def taken(self, until: datetime) -> "Delivery":
        """The delivery while somebody tries it, until the end of the lease."""
        return evolve(self, due=until, attempts=self.attempts + 1)

    def done(self) -> "Delivery":
        """The delivery after its subscriber was told."""
        return evolve(self, state=DeliveryState.DONE, problem="")

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
    event: DomainEvent, subscriptions: Iterable[Subscription]
) -> tuple[Delivery, ...]:
    """One delivery for each subscription that wants the event."""
    return tuple(
        Delivery.of(event, subscription.name)
        for subscription in subscriptions
        if subscription.wants(event)
    )


@frozen
class Backlog:
    """What waits for one subscriber: `oldest` (UTC) is when the first of it happened."""

    subscription: Subscription
    waiting: int
    given_up: int
    oldest: datetime | None
