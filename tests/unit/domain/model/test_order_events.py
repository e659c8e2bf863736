"""What is told of orders: each thing once, and as it is."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.changes import Change
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.events import (
    DisputeChanged,
    DomainEvent,
    LineRefunded,
    LinesPaidTwice,
    OrderPaid,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import DisputeId, PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.settlements import Refusals, Settlement
from koda.testing.examples import NOON, a_line, a_refund, a_settlement, an_order

PAYMENT = PaymentId("pay_1")
ADA, CYD = UserId("user_ada"), UserId("user_cyd")
ORDER = an_order(lines=(a_line(1), a_line(2, "user_cyd"), a_line(3)))
"""Two lines of Ada's and one of Cyd's, for 12.50 EUR each."""


def kinds(events: tuple[DomainEvent, ...]) -> list[type[DomainEvent]]:
    """What kinds of events these are, in order."""
    return [type(event) for event in events]


def as_kept(change: Change[Order]) -> Order:
    """The order as a store returns it."""
    return evolve(change.state, revision=change.state.revision + 1)


def test_payment_is_told_with_each_share() -> None:
    """The buyer's lines and total, and to each seller their own."""
    _, events = ORDER.pay(PAYMENT, NOON, a_settlement(ORDER))
    paid, adas, cyds = events

    assert isinstance(paid, OrderPaid)
    assert (paid.lines, paid.total, paid.buyer_id) == ((1, 2, 3), Money(3750, "EUR"), "user_bea")
    assert isinstance(adas, SharePaid)
    assert (adas.seller_id, adas.lines, adas.net) == (ADA, (1, 3), Money(2124, "EUR"))
    assert isinstance(cyds, SharePaid)
    assert (cyds.seller_id, cyds.lines, cyds.net) == (CYD, (2,), Money(1062, "EUR"))
    assert [event.id for event in events] == [
        "order/ord_1/1/0",
        "share/ord_1:user_ada/1/1",
        "share/ord_1:user_cyd/1/2",
    ]


def test_lines_paid_twice_are_told_apart() -> None:
    """They are no sale, and their money goes back."""
    _, (paid, twice, share, *refunds) = ORDER.pay(
        PAYMENT, NOON, a_settlement(ORDER, doubles=(1, 2))
    )

    assert isinstance(paid, OrderPaid)
    assert (paid.lines, paid.total) == ((3,), Money(1250, "EUR"))
    assert isinstance(twice, LinesPaidTwice)
    assert (twice.lines, twice.total) == ((1, 2), Money(2500, "EUR"))
    assert isinstance(share, SharePaid)
    assert (share.seller_id, share.lines) == (ADA, (3,))
    assert kinds(tuple(refunds)) == [LineRefunded, LineRefunded]


def test_order_paid_twice_as_a_whole_is_no_sale() -> None:
    """Nothing but what goes back is told, and once more when it has arrived."""
    _, events = ORDER.pay(PAYMENT, NOON, a_settlement(ORDER, doubles=(1, 2, 3)))

    assert kinds(events) == [LinesPaidTwice, *[LineRefunded] * 3]


def test_refund_whose_id_nobody_knows_is_not_told() -> None:
    """There is nothing to find it by."""
    unknown = Settlement(refunds=(a_refund(ORDER.lines[0], refund_id=None),))

    assert ORDER.pay(PAYMENT, NOON, unknown).events == ()


def test_held_share_is_told_as_held_and_as_paid_later() -> None:
    """And nothing else is told again."""
    held, paid = a_settlement(ORDER, held=(ADA,)), a_settlement(ORDER)
    first = ORDER.pay(PAYMENT, NOON, held)
    again = as_kept(first).pay(PAYMENT, NOON, held)
    later = as_kept(again).pay(PAYMENT, NOON, paid)

    assert kinds(first.events) == [OrderPaid, SharePaid, ShareHeld]
    assert again.events == ()
    (told,) = later.events
    assert isinstance(told, SharePaid)
    assert (told.seller_id, told.id) == (ADA, "share/ord_1:user_ada/3/0")


def test_share_is_told_of_again_where_the_reason_is_another_one() -> None:
    """Refused by the provider first, then disputed; a further refusal is not told."""
    first = a_settlement(ORDER, held=(ADA,))
    (share,) = first.held
    refused = evolve(first, held=(evolve(share, refusals=Refusals(2)),))
    disputed = evolve(first, held=(evolve(share, reason=HoldReason.DISPUTED),))
    order = as_kept(ORDER.pay(PAYMENT, NOON, first))

    assert order.pay(PAYMENT, NOON, refused).events == ()
    (held,) = order.pay(PAYMENT, NOON, disputed).events
    assert isinstance(held, ShareHeld)
    assert (held.seller_id, held.lines, held.reason) == (ADA, (1, 3), HoldReason.DISPUTED)


def test_dispute_is_told_of_when_it_is_known_and_when_it_is_decided() -> None:
    """And not for another deadline."""
    dispute = Dispute(DisputeId("dp_1"), Money(500, "EUR"), DisputeState.OPEN, "general", NOON)
    won = evolve(dispute, state=DisputeState.WON, due_by=None)
    first, later, decided = (
        evolve(a_settlement(ORDER), disputes=(seen,))
        for seen in (dispute, evolve(dispute, due_by=None), won)
    )
    begun = ORDER.pay(PAYMENT, NOON, first)
    order = as_kept(begun)

    told = begun.events[-1]
    assert isinstance(told, DisputeChanged)
    assert (told.dispute_id, told.state, told.due_by) == ("dp_1", "open", NOON)
    assert told.lines == ()
    assert told.id == "dispute/ord_1:dp_1/1/3"
    assert order.pay(PAYMENT, NOON, later).events == ()
    (over,) = order.pay(PAYMENT, NOON, decided).events
    assert isinstance(over, DisputeChanged)
    assert (over.state, over.lines) == ("won", (1, 2, 3))


def test_lines_that_are_delivered_later_are_told_then() -> None:
    """Once a dispute was won, or a refund failed: only those."""
    first = ORDER.pay(PAYMENT, NOON, evolve(a_settlement(ORDER), delivered=(1,)))
    later = as_kept(first).pay(PAYMENT, NOON, a_settlement(ORDER))

    (paid,) = later.events
    assert isinstance(paid, OrderPaid)
    assert (paid.lines, paid.total) == ((2, 3), Money(2500, "EUR"))


def test_order_with_something_left_to_do_is_not_settled() -> None:
    """It was settled before and is not any more, until that is done."""
    settled = as_kept(ORDER.pay(PAYMENT, NOON, a_settlement(ORDER)))
    asked = as_kept(settled.pay(PAYMENT, NOON, a_settlement(ORDER, held=(ADA,))))

    assert settled.settled
    assert not asked.settled


@given(
    st.lists(st.sets(st.sampled_from([ADA, CYD])), min_size=1, max_size=5),
    st.sets(st.sampled_from([1, 2, 3])),
)
def test_whatever_is_held_meanwhile_each_share_is_told_as_paid_once(
    attempts: list[set[UserId]], doubles: set[int]
) -> None:
    """As soon as it is, since a share that was passed on is not held again."""
    order, told = ORDER, list[DomainEvent]()
    held = {ADA, CYD}
    for attempt in attempts:
        held &= attempt
        settlement = a_settlement(order, held=tuple(sorted(held)), doubles=tuple(sorted(doubles)))
        change = order.pay(PAYMENT, NOON, settlement)
        told += change.events
        order = as_kept(change)
    told += order.pay(PAYMENT, NOON, a_settlement(order, doubles=tuple(sorted(doubles)))).events

    shares = sorted(event.seller_id for event in told if isinstance(event, SharePaid))
    assert shares == sorted({line.seller_id for line in order.sold})
    assert len({event.id for event in told}) == len(told)
    assert sum(isinstance(event, OrderPaid) for event in told) == (len(doubles) < 3)
    assert sum(isinstance(event, LinesPaidTwice) for event in told) == bool(doubles)
