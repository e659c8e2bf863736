"""What is told of orders: each thing once, and as it is."""

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.events import (
    Change,
    DomainEvent,
    LinesPaidTwice,
    OrderPaid,
    ShareHeld,
    SharePaid,
)
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.testing.examples import NOON, a_line, an_order

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
    _, events = ORDER.settle(PAYMENT, NOON)
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
    _, (paid, twice, share) = ORDER.settle(PAYMENT, NOON, doubles=(1, 2))

    assert isinstance(paid, OrderPaid)
    assert (paid.lines, paid.total) == ((3,), Money(1250, "EUR"))
    assert isinstance(twice, LinesPaidTwice)
    assert (twice.lines, twice.total) == ((1, 2), Money(2500, "EUR"))
    assert isinstance(share, SharePaid)
    assert (share.seller_id, share.lines) == (ADA, (3,))


def test_order_paid_twice_as_a_whole_is_no_sale() -> None:
    """Nothing but what goes back is told."""
    _, events = ORDER.settle(PAYMENT, NOON, doubles=(1, 2, 3))

    assert kinds(events) == [LinesPaidTwice]


def test_held_share_is_told_as_held_and_as_paid_later() -> None:
    """And nothing else is told again."""
    first = ORDER.pay(PAYMENT, NOON, held=(ADA,))
    again = as_kept(first).pay(PAYMENT, NOON, held=(ADA,))
    later = as_kept(again).settle(PAYMENT, NOON)

    assert kinds(first.events) == [OrderPaid, ShareHeld, SharePaid]
    assert again.events == ()
    (paid,) = later.events
    assert isinstance(paid, SharePaid)
    assert (paid.seller_id, paid.id) == (ADA, "share/ord_1:user_ada/3/0")


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
        change = order.pay(PAYMENT, NOON, held=tuple(sorted(held)), doubles=tuple(sorted(doubles)))
        told += change.events
        order = as_kept(change)
    told += order.settle(PAYMENT, NOON, doubles=tuple(sorted(doubles))).events

    shares = sorted(event.seller_id for event in told if isinstance(event, SharePaid))
    assert shares == sorted({line.seller_id for line in order.sold})
    assert len({event.id for event in told}) == len(told)
    assert sum(isinstance(event, OrderPaid) for event in told) == (len(doubles) < 3)
    assert sum(isinstance(event, LinesPaidTwice) for event in told) == bool(doubles)
