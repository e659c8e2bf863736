"""Histories of writes, relays and deliveries in which processes end at any step."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal, get_args

import pytest
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koda.domain.model.changes import Change
from koda.domain.model.deliveries import Delivery, DeliveryState, Subscription
from koda.domain.model.errors import StaleWrite, Unavailable
from koda.domain.model.event import DomainEventId
from koda.domain.model.events import DomainEvent, OrderClosed, OrderPaid
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.orders import Order
from koda.domain.model.telling import told
from koda.ports.automations import Automations
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.ports.purchases import Purchases
from koda.ports.sellers import Sellers
from koda.testing.event_strategies import KINDS
from koda.testing.examples import NOON, an_order

LEASE = timedelta(minutes=2)
_THE_END = datetime(9999, 12, 31, 23, 59, 59, 999_000, UTC)
"""When everything is due."""
EVERYTHING = Subscription("everything", tuple(kind.name() for kind in KINDS), NOON)
SALES = Subscription("sales", (OrderPaid.name(),), NOON)
_NAMES = (EVERYTHING.name, SALES.name)
_NUMBERS = st.integers(1, 3)
_STEPS = st.integers(1, 12)
_Kind = Literal["paid", "closed"]
_WRITTEN = st.lists(st.sampled_from(get_args(_Kind)), min_size=1, max_size=3)


@frozen
class EventStore:
    """An outbox and the stores whose events it relays, all of the same data.

    `interrupted(nth, happen)` returns the outbox as another process sees it, in which `happen` is
    called before its `nth` request (from 1) to what keeps the data: the process may end there, or
    somebody else do something meanwhile.
    """

    outbox: Outbox
    orders: Orders
    purchases: Purchases
    automations: Automations
    sellers: Sellers
    interrupted: Callable[[int, Callable[[], object]], Outbox]


def of_its_own_buyer(order_id: str) -> Order:
    """An open order, whose buyer has no other one."""
    return an_order(order_id, buyer_id=UserId(f"user_{order_id}"))


def told_of(order: Order, kinds: Sequence[_Kind], now: datetime) -> Change[Order]:
    """The same state again, and that such things happened to it."""
    events: list[DomainEvent] = []
    for number, kind in enumerate(kinds):
        about = told("order", order.id, order.revision + 1, now, number)
        buyer = order.buyer_id
        events.append(
            OrderClosed(order_id=order.id, buyer_id=buyer, state="failed", **about)
            if kind == "closed"
            else OrderPaid(
                order_id=order.id,
                buyer_id=buyer,
                payment_id=PaymentId("pay_1"),
                lines=(1,),
                total=order.total,
                **about,
            )
        )
    return Change(order, tuple(events))


def end() -> None:
    """End the process."""
    raise Unavailable("process")


def drained(outbox: Outbox, names: Collection[str]) -> list[DomainEvent]:
    """Relay and deliver all that is left, and return it in the order of delivery."""
    while outbox.relay(100, NOON):
        pass
    told = []
    while delivery := outbox.claim(names, _THE_END, _THE_END):
        told.append(delivery.event)
        outbox.save(delivery.done(NOON))
    return told


class OutboxMachine(RuleBasedStateMachine):
    """An outbox beside lists of what must be delivered, and of what was."""

    def __init__(self, store: EventStore) -> None:
        super().__init__()
        self.store: EventStore = store
        self.now: datetime = NOON
        self.orders: list[Order] = [of_its_own_buyer(f"ord_{number}") for number in (1, 2, 3)]
        self.before: dict[int, Order] = {}
        self.expected: list[DomainEvent] = []
        self.told: defaultdict[str, list[DomainEvent]] = defaultdict(list)
        self.over: dict[str, set[DomainEventId]] = {name: set() for name in _NAMES}
        self.taken: list[Delivery] = []
        for subscription in (EVERYTHING, SALES):
            store.outbox.subscribe(subscription)
        for order in self.orders:
            store.orders.add(order)

    @rule(number=_NUMBERS, kinds=_WRITTEN)
    def write(self, number: int, kinds: list[_Kind]) -> None:
        """Save an order, of which some events are told."""
        self._write(number, kinds)

    def _write(self, number: int, kinds: list[_Kind]) -> None:
        before = self.orders[number - 1]
        change = told_of(before, kinds, self.now)
        self.orders[number - 1] = self.store.orders.save(*change)
        self.before[number] = before
        self.expected += change.events

    @rule(number=_NUMBERS, kinds=_WRITTEN)
    def write_stale(self, number: int, kinds: list[_Kind]) -> None:
        """Save what somebody else saved before: nothing is told."""
        stale = self.before.get(number)
        if stale is not None:
            with pytest.raises(StaleWrite):
                self.store.orders.save(*told_of(stale, kinds, self.now))

    @rule(limit=st.integers(1, 4))
    def relay(self, limit: int) -> None:
        """Relay a few."""
        self.store.outbox.relay(limit, self.now)

    @rule(nth=_STEPS)
    def relay_and_end(self, nth: int) -> None:
        """End in the middle of it."""
        with suppress(Unavailable):
            self.store.interrupted(nth, end).relay(10, self.now)

    @rule(nth=_STEPS, number=_NUMBERS, kinds=_WRITTEN)
    def relay_meanwhile(self, nth: int, number: int, kinds: list[_Kind]) -> None:
        """Let somebody write in the middle of it."""
        self.store.interrupted(nth, partial(self._write, number, kinds)).relay(10, self.now)

    @rule(names=st.sets(st.sampled_from(_NAMES), min_size=1))
    def claim(self, names: set[str]) -> None:
        """Take a delivery, which its subscriber is told of."""
        self._take(self.store.outbox.claim(names, self.now, self.now + LEASE))

    @rule(nth=_STEPS)
    def claim_and_end(self, nth: int) -> None:
        """End in the middle of taking one."""
        with suppress(Unavailable):
            self._take(self._claim(self.store.interrupted(nth, end)))

    @rule(nth=_STEPS)
    def claim_meanwhile(self, nth: int) -> None:
        """Let somebody else take one in the middle of it."""

        def also() -> None:
            self._take(self._claim(self.store.outbox))

        self._take(self._claim(self.store.interrupted(nth, also)))

    def _claim(self, outbox: Outbox) -> Delivery | None:
        return outbox.claim(_NAMES, self.now, self.now + LEASE)

    def _take(self, delivery: Delivery | None) -> None:
        if delivery is not None:
            assert delivery.event.id not in self.over[delivery.subscriber]
            self.told[delivery.subscriber].append(delivery.event)
            self.taken.append(delivery)

    @rule(data=st.data(), outcome=st.sampled_from(["done", "put off", "given up", "ends"]))
    def finish(self, data: st.DataObject, outcome: str) -> None:
        """Say what became of a delivery, unless the process ends before it can."""
        if not self.taken:
            return
        delivery = data.draw(st.sampled_from(self.taken), label="delivery")
        self.taken.remove(delivery)
        following = {
            "done": delivery.done(self.now),
            "put off": delivery.put_off(self.now + timedelta(seconds=5), "down"),
            "given up": delivery.given_up("no"),
        }.get(outcome)
        if following is not None:
            self._save(following)

    def _save(self, delivery: Delivery) -> None:
        try:
            self.store.outbox.save(delivery)
        except StaleWrite:
            return
        if delivery.state is not DeliveryState.WAITING:
            self.over[delivery.subscriber].add(delivery.event.id)

    @rule(minutes=st.integers(0, 3))
    def wait(self, minutes: int) -> None:
        """Let leases end."""
        self.now += timedelta(minutes=minutes)

    def teardown(self) -> None:
        """Whatever happened, each subscriber was told of each event, in order."""
        self.now += timedelta(days=1)
        while self.store.outbox.relay(100, self.now):
            pass
        while delivery := self.store.outbox.claim(_NAMES, self.now, self.now + LEASE):
            self._take(delivery)
            self._save(delivery.done(self.now))
        assert self.store.outbox.unrelayed() == 0
        for subscription in (EVERYTHING, SALES):
            wanted = [event for event in self.expected if subscription.wants(event)]
            first = list(dict.fromkeys(event.id for event in self.told[subscription.name]))
            assert sorted(first) == sorted(event.id for event in wanted)
            for order in self.orders:
                subject = f"order/{order.id}/"
                own = [event.id for event in wanted if event.id.startswith(subject)]
                assert own == [event_id for event_id in first if event_id.startswith(subject)]
