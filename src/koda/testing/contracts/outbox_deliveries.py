"""What every adapter of `Outbox` does with deliveries."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.changes import Change
from koda.domain.model.deliveries import Delivery, DeliveryState
from koda.domain.model.errors import StaleWrite
from koda.domain.model.events import DomainEvent, OrderClosed, OrderPaid
from koda.domain.model.identifiers import AccountId, OrderId, PaymentId, UserId
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.sellers import Seller
from koda.testing.contracts.outbox_machine import (
    EVERYTHING,
    LEASE,
    SALES,
    EventStore,
    drained,
    of_its_own_buyer,
    told_of,
)
from koda.testing.contracts.running import at_once
from koda.testing.examples import NOON, an_automation, an_order

Make = Callable[[], EventStore]

PAYMENT = PaymentId("pay_1")
MOST_REQUESTS = 14
"""More than any adapter makes of its store to relay the events of one write, or to claim."""


def paid(store: EventStore, order_id: str = "ord_1") -> Order:
    """An order that is kept and saved, by which it is told that it was paid and then closed."""
    order = of_its_own_buyer(order_id)
    store.orders.add(order)
    return store.orders.save(*told_of(order, ["paid", "closed"], NOON))


def a_listing_on_sale() -> Change[Automation]:
    """A listing that is published as it is kept first."""
    listing = an_automation()
    return Automation.listed(
        listing.id, listing.seller_id, listing.listing, listing.latest, listing.preview
    )


def a_new_seller() -> Change[Seller]:
    """A seller whose account was just opened."""
    return Seller.opened(UserId("user_ada"), AccountId("acct_ada"), NOON)


def names(events: Sequence[DomainEvent]) -> list[str]:
    """The kinds of some events."""
    return [event.name() for event in events]


class OutboxDeliveriesContract:
    """The part of `OutboxContract` about deliveries: claimed, finished, retried and forgotten."""

    def test_delivery_is_taken_for_a_lease(self, make: Make) -> None:
        """By nobody else until that is over, and then it is another attempt."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        claim = partial(store.outbox.claim, [SALES.name])
        first = claim(NOON, NOON + LEASE)

        assert first is not None
        assert (first.attempts, first.due, first.subscriber) == (1, NOON + LEASE, SALES.name)
        assert claim(NOON, NOON + LEASE) is None
        second = claim(NOON + LEASE, NOON + 2 * LEASE)
        assert second is not None
        assert (second.id, second.attempts) == (first.id, 2)

    def test_what_became_of_a_lost_lease_is_stale(self, make: Make) -> None:
        """Whoever took it since decides, and what is over stays so."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        slow = store.outbox.claim([SALES.name], NOON, NOON + LEASE)
        fast = store.outbox.claim([SALES.name], NOON + LEASE, NOON + 2 * LEASE)
        assert slow is not None
        assert fast is not None

        with pytest.raises(StaleWrite):
            store.outbox.save(slow.done(NOON))
        store.outbox.save(fast.done(NOON))
        with pytest.raises(StaleWrite):
            store.outbox.save(fast.put_off(NOON, "too late"))

    @pytest.mark.parametrize(
        "step", [partial(Delivery.done, now=NOON), partial(Delivery.given_up, problem="no")]
    )
    def test_within_a_subject_each_waits_for_those_before_it(
        self, make: Make, step: Callable[[Delivery], Delivery]
    ) -> None:
        """Until they are done or given up; other subjects do not wait."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        paid(store, "ord_2")
        store.outbox.relay(10, NOON)
        claim = partial(store.outbox.claim, [EVERYTHING.name], NOON, NOON + LEASE)
        first, other = claim(), claim()

        assert first is not None
        assert other is not None
        assert {first.event.subject, other.event.subject} == {"order/ord_1", "order/ord_2"}
        assert {first.event.name(), other.event.name()} == {"OrderPaid"}
        assert claim() is None
        store.outbox.save(step(first))
        following = claim()
        assert following is not None
        assert (following.event.name(), following.event.subject) == (
            "OrderClosed",
            first.event.subject,
        )

    def test_what_is_put_off_is_tried_again_when_it_is_due(self, make: Make) -> None:
        """With the problem of the last attempt."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        taken = store.outbox.claim([SALES.name], NOON, NOON + LEASE)
        assert taken is not None
        later = NOON + timedelta(hours=1)
        store.outbox.save(taken.put_off(later, "down"))

        moment = timedelta(milliseconds=1)
        assert store.outbox.claim([SALES.name], later - moment, later) is None
        again = store.outbox.claim([SALES.name], later, later + LEASE)
        assert again is not None
        assert (again.attempts, again.problem) == (2, "down")

    def test_backlog_counts_what_waits_and_what_is_given_up(self, make: Make) -> None:
        """By subscriber, in the order of their names, with the oldest event."""
        store = make()
        store.outbox.subscribe(SALES)
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        store.outbox.relay(10, NOON)
        taken = store.outbox.claim([SALES.name], NOON, NOON + LEASE)
        assert taken is not None
        store.outbox.save(taken.given_up("no address"))
        everything, sales = store.outbox.backlog()

        assert (everything.subscription, everything.waiting) == (EVERYTHING, 2)
        assert (everything.given_up, everything.oldest) == (0, NOON)
        assert (sales.subscription, sales.waiting, sales.oldest) == (SALES, 0, None)
        assert sales.given_up == 1

    def test_what_was_given_up_is_tried_again_when_asked(self, make: Make) -> None:
        """Of one subscriber, from then on, with attempts counted anew."""
        store = make()
        store.outbox.subscribe(SALES)
        paid(store)
        store.outbox.relay(10, NOON)
        taken = store.outbox.claim([SALES.name], NOON, NOON + LEASE)
        assert taken is not None
        store.outbox.save(taken.given_up("no address"))

        assert store.outbox.retry("nobody", NOON) == 0
        assert store.outbox.retry(SALES.name, NOON + LEASE) == 1
        assert store.outbox.claim([SALES.name], NOON, NOON + LEASE) is None
        again = store.outbox.claim([SALES.name], NOON + LEASE, NOON + 2 * LEASE)
        assert again is not None
        assert (again.state, again.attempts) == (DeliveryState.WAITING, 1)

    def test_what_failed_keeps_its_pause_though_one_before_it_is_tried_again(
        self, make: Make
    ) -> None:
        """Only what was never tried is due as soon as the one before it is done."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        store.outbox.relay(10, NOON)
        claim = partial(store.outbox.claim, [EVERYTHING.name], NOON, NOON + LEASE)
        later = NOON + timedelta(hours=1)
        first = claim()
        assert first is not None
        store.outbox.save(first.given_up("no"))
        second = claim()
        assert second is not None
        store.outbox.save(second.put_off(later, "down"))
        store.outbox.retry(EVERYTHING.name, NOON)
        again = claim()
        assert again is not None
        store.outbox.save(again.done(NOON))

        assert again.id == first.id
        assert claim() is None
        last = store.outbox.claim([EVERYTHING.name], later, later + LEASE)
        assert last is not None
        assert last.id == second.id

    def test_deliveries_are_forgotten_once_they_are_done(self, make: Make) -> None:
        """Of what happened before a time; a dry run counts them, and what waits stays."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        paid(store)
        drained(store.outbox, [EVERYTHING.name])
        paid(store, "ord_2")
        store.outbox.relay(10, NOON)
        after = NOON + timedelta(milliseconds=1)

        assert store.outbox.forget(NOON) == 0
        assert store.outbox.forget(after, dry_run=True) == 2
        assert (store.outbox.forget(after), store.outbox.forget(after)) == (2, 0)
        assert len(drained(store.outbox, [EVERYTHING.name])) == 2

    def test_of_many_callers_at_once_each_gets_another_delivery(self, make: Make) -> None:
        """And what they relay together is relayed once."""
        store = make()
        store.outbox.subscribe(SALES)
        for number in range(6):
            paid(store, f"ord_{number}")
        at_once([partial(store.outbox.relay, 100, NOON)] * 4)
        claims = at_once([partial(store.outbox.claim, [SALES.name], NOON, NOON + LEASE)] * 8)

        taken = [delivery.id for delivery in claims if isinstance(delivery, Delivery)]
        assert len(taken) == len(set(taken)) == 6

    def test_events_and_state_of_an_order_that_many_save_at_once_fit(self, make: Make) -> None:
        """Only the one that won is told of."""
        store = make()
        store.outbox.subscribe(EVERYTHING)
        store.orders.add(an_order())
        closing = partial(store.orders.save, *an_order().close(OrderState.EXPIRED, NOON))
        paying = partial(store.orders.save, *told_of(an_order(), ["paid", "paid"], NOON))
        at_once([closing, paying] * 3)
        told = drained(store.outbox, [EVERYTHING.name])

        closed = store.orders.get(OrderId("ord_1")).state is OrderState.EXPIRED
        expected = [OrderClosed] if closed else [OrderPaid, OrderPaid]
        assert [type(event) for event in told] == expected
