"""The outbox in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from threading import RLock

from koda.domain.model.deliveries import (
    Backlog,
    Delivery,
    DeliveryId,
    DeliveryState,
    Subscription,
    deliveries_of,
)
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent
from koda.ports.outbox import Outbox


class MemoryOutbox(Outbox):
    """All events and deliveries of this process.

    The memory stores leave their events by `leave`, while they hold the lock of what they write.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._left: list[tuple[DomainEvent, ...]] = []
        self._subscriptions: dict[str, Subscription] = {}
        self._deliveries: dict[DeliveryId, Delivery] = {}
        self._waiting: dict[DeliveryId, Delivery] = {}

    def leave(self, events: Sequence[DomainEvent]) -> None:
        """Keep the events of one write."""
        if events:
            with self._lock:
                self._left.append(tuple(events))

    def subscribe(self, subscription: Subscription) -> None:
        with self._lock:
            before = self._subscriptions.get(subscription.name, subscription)
            self._subscriptions[subscription.name] = subscription.joined(before)

    def unsubscribe(self, name: str) -> int:
        with self._lock:
            self._subscriptions.pop(name, None)
            dropped = [
                delivery for delivery in self._deliveries.values() if delivery.subscriber == name
            ]
            for delivery in dropped:
                del self._deliveries[delivery.id]
            return sum(self._waiting.pop(delivery.id, None) is not None for delivery in dropped)

    def relay(self, limit: int, now: datetime) -> int:
        taken = 0
        with self._lock:
            subscriptions = self._subscriptions.values()
            while self._left and taken < limit:
                events = self._left.pop(0)
                taken += len(events)
                for event in events:
                    for delivery in deliveries_of(event, subscriptions, now):
                        self._deliveries[delivery.id] = self._waiting[delivery.id] = delivery
        return taken

    def restore(self) -> int:
        return 0

    def claim(self, names: Collection[str], now: datetime, until: datetime) -> Delivery | None:
        with self._lock:
            first: dict[tuple[str, str], Delivery] = {}
            for delivery in self._waiting.values():
                if delivery.subscriber in names:
                    queue = delivery.subscriber, delivery.event.subject
                    ahead = first.get(queue)
                    if ahead is None or delivery.event.place < ahead.event.place:
                        first[queue] = delivery
            due = [delivery for delivery in first.values() if delivery.due <= now]
            if not due:
                return None
            taken = min(due, key=lambda delivery: delivery.due).taken(until)
            self._deliveries[taken.id] = self._waiting[taken.id] = taken
            return taken

    def save(self, delivery: Delivery) -> None:
        with self._lock:
            current = self._waiting.get(delivery.id)
            if current is None or current.attempts != delivery.attempts:
                raise StaleWrite("delivery", delivery.id)
            self._deliveries[delivery.id] = self._waiting[delivery.id] = delivery
            if delivery.state is not DeliveryState.WAITING:
                del self._waiting[delivery.id]

    def retry(self, name: str, now: datetime) -> int:
        with self._lock:
            given_up = [
                delivery
                for delivery in self._deliveries.values()
                if delivery.subscriber == name and delivery.state is DeliveryState.GIVEN_UP
            ]
            for delivery in given_up:
                again = delivery.renewed(now)
                self._deliveries[delivery.id] = self._waiting[delivery.id] = again
            return len(given_up)

    def backlog(self) -> tuple[Backlog, ...]:
        with self._lock:
            return tuple(
                self._backlog_of(subscription)
                for _, subscription in sorted(self._subscriptions.items())
            )

    def _backlog_of(self, subscription: Subscription) -> Backlog:
        own = [
            delivery
            for delivery in self._deliveries.values()
            if delivery.subscriber == subscription.name
        ]
        waiting = [delivery for delivery in own if delivery.state is DeliveryState.WAITING]
        given_up = sum(delivery.state is DeliveryState.GIVEN_UP for delivery in own)
        oldest = min((delivery.event.occurred_at for delivery in waiting), default=None)
        return Backlog(subscription, len(waiting), given_up, oldest)

    def unrelayed(self) -> int:
        with self._lock:
            return sum(map(len, self._left))

    def forget(self, before: datetime, *, dry_run: bool = False) -> int:
        with self._lock:
            over = [
                delivery.id
                for delivery in self._deliveries.values()
                if delivery.state is DeliveryState.DONE and delivery.due < before
            ]
            if not dry_run:
                for delivery_id in over:
                    del self._deliveries[delivery_id]
            return len(over)
