from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.basket import order_line
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import InvalidValue, WrongState
from koda.domain.model.events import OrderClosed
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine, basket_of, shares_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.policy import Policy
from koda.testing.examples import NOON, a_line, a_listing, a_seller, an_automation, an_order

SESSION = CheckoutSession(
    CheckoutSessionId("cs_1"), "https://pay.example/cs_1", NOON + timedelta(hours=1)
)
CLOSED = [OrderState.PAID, OrderState.EXPIRED, OrderState.FAILED]


def line_of(number: int, seller: int, minor: int) -> OrderLine:
    """Line `number`, sold by one of a few sellers for `minor` units."""
    seller_id = f"user_s{seller}"
    listing = a_listing(price=Money(minor, "EUR"))
    automation = an_automation(f"aut_{number}", seller_id=UserId(seller_id), listing=listing)
    return order_line(number, automation, a_seller(seller_id), Policy())


lines = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 100_000)), min_size=1, max_size=12
).map(lambda drawn: tuple(line_of(n, *parts) for n, parts in enumerate(drawn, 1)))


@given(lines)
def test_fee_and_net_are_the_gross_of_every_line(sold: tuple[OrderLine, ...]) -> None:
    """No minor unit appears or vanishes in a line."""
    assert [line.price for line in sold] == [line.fee + line.net for line in sold]


@given(lines)
def test_shares_sum_to_the_order(sold: tuple[OrderLine, ...]) -> None:
    """One share a seller; gross, fee and net add up to the order's."""
    order = an_order(lines=sold)
    sums = [
        Money.total((getattr(share, part) for share in order.shares), "EUR")
        for part in ("gross", "fee", "net")
    ]

    assert [order.total, order.fee, order.total - order.fee] == sums
    assert len(order.shares) == len({line.seller_id for line in sold})


@given(lines)
def test_fee_is_taken_line_by_line(sold: tuple[OrderLine, ...]) -> None:
    """Rounded in every line, so that a line's refund gives back exactly its fee."""
    assert (
        sum((15 * line.price.minor + 50) // 100 for line in sold) == an_order(lines=sold).fee.minor
    )


def test_shares_stand_in_the_order_of_first_lines() -> None:
    """The seller of the first line comes first."""
    shares = shares_of([line_of(1, 2, 100), line_of(2, 1, 200), line_of(3, 2, 300)])

    assert [
        (share.seller_id, share.gross.minor, share.fee.minor, share.net.minor) for share in shares
    ] == [
        ("user_s2", 400, 60, 340),
        ("user_s1", 200, 30, 170),
    ]


@given(lines, st.randoms())
def test_basket_ignores_the_order_of_lines(sold: tuple[OrderLine, ...], random: Any) -> None:
    """The same things at the same prices are the same basket."""
    mixed = list(sold)
    random.shuffle(mixed)

    assert basket_of(sold) == basket_of(mixed) == an_order(lines=sold).basket


@pytest.mark.parametrize(
    "changes",
    [
        {"automation_id": "aut_9"},
        {"account_id": AccountId("acct_other")},
        {"price": Money(1251, "EUR")},
        {"fee": Money(1, "EUR")},
    ],
)
def test_basket_changes_with_what_is_bought(changes: dict[str, Any]) -> None:
    """Another thing, price, fee or account is another basket."""
    assert basket_of([a_line()]) != basket_of([evolve(a_line(), **changes)])


def test_line_freezes_what_is_for_sale() -> None:
    """Title, price, fee, newest version and account as they are now."""
    line = a_line()

    assert (
        line.title,
        line.price.minor,
        line.fee.minor,
        str(line.version),
        line.account_id,
    ) == ("Post to every network", 1250, 188, "1.0.0", "acct_ada")


def test_fee_above_the_price_is_refused() -> None:
    """A seller never owes for a sale."""
    with pytest.raises(InvalidValue, match=r"^fee: "):
        a_line(fee=Money(1251, "EUR"))


def test_order_of_nothing_is_refused() -> None:
    """An order has at least one line."""
    with pytest.raises(InvalidValue, match=r"^lines: "):
        an_order(lines=())


def test_order_of_two_currencies_has_no_total() -> None:
    """Currencies are not added."""
    other = a_line(2, price=Money(100, "USD"), fee=Money(15, "USD"))

    with pytest.raises(InvalidValue, match=r"^currency: "):
        an_order(lines=(a_line(), other)).total  # noqa: B018  # the property is what raises


@pytest.mark.parametrize(
    ("sellers", "destination"), [((1,), "acct_s1"), ((1, 1), "acct_s1"), ((1, 2), None)]
)
def test_charge_pays_the_only_seller(sellers: tuple[int, ...], destination: str | None) -> None:
    """With several sellers the marketplace receives the money and passes it on."""
    sold = tuple(line_of(n, seller, 1000) for n, seller in enumerate(sellers, 1))

    assert destination == an_order(lines=sold).destination


def test_open_order_is_offered_and_closed() -> None:
    """It gets its session, and ends unpaid in either way."""
    offered = an_order().offered(SESSION)

    assert (offered.checkout, offered.state) == (SESSION, OrderState.OPEN)
    for state in (OrderState.EXPIRED, OrderState.FAILED):
        closed, (event,) = offered.close(state, NOON)
        assert (closed.state, event.occurred_at) == (state, NOON)
        assert isinstance(event, OrderClosed)
        assert (event.id, event.state) == ("order/ord_1/1/0", state)


@pytest.mark.parametrize("state", CLOSED)
def test_closed_order_is_neither_offered_nor_closed(state: OrderState) -> None:
    """Only an open order is."""
    order = an_order(state=state)

    with pytest.raises(WrongState):
        order.offered(SESSION)
    with pytest.raises(WrongState):
        order.close(OrderState.EXPIRED, NOON)


@pytest.mark.parametrize("state", OrderState)
def test_what_was_paid_settles_whatever_was_known_before(state: OrderState) -> None:
    """An expired or failed order may turn out paid."""
    settled = an_order(state=state).pay(PaymentId("pay_1"), NOON).state

    assert (
        settled.state,
        settled.payment_id,
        settled.paid_at,
        settled.settled,
    ) == (OrderState.PAID, "pay_1", NOON, True)
    assert not an_order(state=state).settled


@pytest.mark.parametrize(
    ("order", "minutes", "payable"),
    [
        (an_order(), 4.9, True),
        (an_order(), 5, False),
        (an_order().offered(SESSION), 58.9, True),
        (an_order().offered(SESSION), 59, False),
    ],
)
def test_order_is_payable_for_a_while(order: Order, minutes: float, payable: bool) -> None:
    """Five minutes to open its session, then until a minute before the session ends."""
    assert payable is order.payable(NOON + timedelta(minutes=minutes))
