"""What every adapter of `Outbox` does, together with the stores whose events it relays."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ClassVar, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.errors import AlreadyExists, StaleWrite, Unavailable
from koda.domain.model.events import DomainEvent, OrderClosed
from koda.domain.model.orders import OrderState
from koda.domain.model.sellers import Ready
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.testing.contracts.outbox_deliveries import (
    MOST_REQUESTS,
    Make,
    OutboxDeliveriesContract,
    a_listing_on_sale,
    a_new_seller,
    names,
    paid,
)
from koda.testing.contracts.outbox_machine import (
    EVERYTHING,
    LEASE,
    SALES,
    EventStore,
    OutboxMachine,
    drained,
    end,
    of_its_own_buyer,
    told_of,
)
from koda.testing.contracts.running import EXAMPLES, assert_same
from koda.testing.contracts.stores import InTurn, StoreContract
from koda.testing.event_strategies import domain_events
from koda.testing.examples import NOON, a_purchase, a_seller, an_order

Again = Callable[[EventStore], EventStore]


class OutboxContract(OutboxDeliveriesContract, StoreContract[EventStore]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Outbox

    def machine(self, store: EventStore) -> RuleBasedStateMachine:
        """Outbox beside plain dictionaries."""
        return OutboxMachine(store)

    @EXAMPLES
    @given(events=st.lists(domain_events(), max_size=3, unique_by=lambda event: event.id))
    def test_what_is_told_reaches_a_subscriber(self, make: Make, events: list[DomainEvent]) -> None:
        """Every field comes back as it was."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        store.orders.add(an_order(), events)

        told = drained(store.outbox, [EVERYTHING.name])
        assert_same(sorted(events, key=repr), sorted(told, key=repr))

    def test_each_kind_of_write_leaves_its_events(self, make: Make) -> None:
        """With the state, for every entity that tells anything."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        closed = an_order().close(OrderState.EXPIRED, NOON)
        store.orders.add(an_order())
        store.orders.save(*closed)
        store.purchases.record([a_purchase()])
        store.automations.add(*a_listing_on_sale())
        store.automations.save(*a_listing_on_sale().state.withdraw(NOON))
        store.sellers.add(*a_new_seller())
        store.sellers.save(*a_new_seller().state.with_status(Ready(), NOON))

        assert store.outbox.unrelayed() == 6
        assert sorted(names(drained(store.outbox, [EVERYTHING.name]))) == [
            "ListingPublished",
            "ListingWithdrawn",
            "OrderClosed",
            "PayoutAccountOpened",
            "PayoutStatusChanged",
            "PurchaseRecorded",
        ]

    def test_nothing_is_told_of_a_write_that_was_refused(self, make: Make) -> None:
        """Neither of a stale save nor of what is there already."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        store.sellers.add(a_seller())
        stale = of_its_own_buyer("ord_1").close(OrderState.EXPIRED, NOON)
        with pytest.raises(StaleWrite):
            store.orders.save(*stale)
        with pytest.raises(AlreadyExists):
            store.orders.add(*stale)
        with pytest.raises(AlreadyExists):
            store.sellers.add(a_seller(), stale.events)

        assert names(drained(store.outbox, [EVERYTHING.name])) == ["OrderPaid", "OrderClosed"]

    def test_purchase_recorded_again_is_told_once(self, make: Make) -> None:
        """Whoever records second records nothing."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        for _ in range(2):
            store.purchases.record([a_purchase()])

        assert names(drained(store.outbox, [EVERYTHING.name])) == ["PurchaseRecorded"]

    def test_subscriber_gets_the_kinds_that_it_wants(self, make: Make) -> None:
        """From when it is there, under each name by itself."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        store.outbox.subscribe(EVERYTHING)
        paid(store, "ord_2")

        assert names(drained(store.outbox, [SALES.name])) == ["OrderPaid", "OrderPaid"]
        late = drained(store.outbox, [EVERYTHING.name])
        assert {event.subject for event in late} == {"order/ord_2"}

    def test_kinds_of_a_subscription_add_up(self, make: Make) -> None:
        """Processes of two versions do not take each other's kinds away."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        store.outbox.subscribe(evolve(SALES, kinds=(OrderClosed.name(),)))
        paid(store, "ord_2")

        told = names(drained(store.outbox, [SALES.name]))
        assert sorted(told) == ["OrderClosed", "OrderPaid", "OrderPaid"]
        (backlog,) = store.outbox.backlog()
        assert set(backlog.subscription.kinds) == {"OrderClosed", "OrderPaid"}

    def test_subscription_is_dropped_with_its_deliveries(self, make: Make) -> None:
        """Those that waited are counted, and nobody else's go."""
        store = make()
        store.outbox.subscribe(SALES)
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        store.outbox.relay(10, NOON)

        assert store.outbox.unsubscribe(EVERYTHING.name) == 2
        assert store.outbox.unsubscribe(EVERYTHING.name) == 0
        assert drained(store.outbox, [EVERYTHING.name]) == []
        assert names(drained(store.outbox, [SALES.name])) == ["OrderPaid"]

    def test_events_are_relayed_a_few_at_a_time(self, make: Make) -> None:
        """Until none is left."""
        store = make()
        for number in range(5):
            order = of_its_own_buyer(f"ord_{number}")
            store.orders.add(order)
            store.orders.save(*order.close(OrderState.EXPIRED, NOON))

        assert store.outbox.unrelayed() == 5
        assert (
            store.outbox.relay(3, NOON),
            store.outbox.relay(3, NOON),
            store.outbox.relay(3, NOON),
        ) == (3, 2, 0)
        assert store.outbox.unrelayed() == 0

    def test_process_that_ends_anywhere_loses_and_doubles_nothing(self, make: Make) -> None:
        """At each request that a relay or a claim makes, one after the other."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        for nth in range(1, MOST_REQUESTS):
            paid(store, f"ord_{nth}")
            with suppress(Unavailable):
                store.interrupted(nth, end).relay(10, NOON)
            store.outbox.relay(10, NOON)
            with suppress(Unavailable):
                store.interrupted(nth, end).claim([EVERYTHING.name], NOON, NOON + LEASE)

            told = drained(store.outbox, [EVERYTHING.name])
            assert names(told) == ["OrderPaid", "OrderClosed"]

    def test_write_in_the_middle_of_a_relay_is_told_as_well(self, make: Make) -> None:
        """Whenever it comes, and once."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        for nth in range(1, MOST_REQUESTS):
            order = paid(store, f"ord_{nth}")
            meanwhile = partial(store.orders.save, *told_of(order, ["paid"], NOON))
            store.interrupted(nth, meanwhile).relay(10, NOON)

            told = names(drained(store.outbox, [EVERYTHING.name]))
            happened = store.orders.get(order.id).revision > order.revision
            assert told == ["OrderPaid", "OrderClosed", *(["OrderPaid"] if happened else [])]

    def of_port(self, store: EventStore) -> Outbox:
        """The outbox."""
        return store.outbox

    def in_turn(self, first: EventStore, second: EventStore) -> EventStore:
        """Two handles as one, whose calls go to them in turn; `second` is interrupted."""
        return EventStore(
            cast("Outbox", InTurn(first.outbox, second.outbox)),
            cast("Orders", InTurn(first.orders, second.orders)),
            first.purchases,
            first.automations,
            first.sellers,
            second.interrupted,
        )

    def test_another_handle_delivers_what_this_one_wrote(self, make: Make, again: Again) -> None:
        """What one process took, no other one takes."""
        store = make()
        other = again(store)
        store.outbox.subscribe(EVERYTHING)
        paid(store)

        assert other.outbox.unrelayed() == 2
        assert other.outbox.relay(10, NOON) == 2
        first = store.outbox.claim([EVERYTHING.name], NOON, NOON + LEASE)
        assert first is not None
        assert other.outbox.claim([EVERYTHING.name], NOON, NOON + LEASE) is None
        other.outbox.save(first.done(NOON))
        assert store.outbox.backlog()[0].waiting == 1
