from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import PaymentMismatch
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    EventId,
    OrderId,
    PaymentId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund, Transfer
from koda.domain.model.orders import Order
from koda.domain.model.payments import (
    AccountChanged,
    ChargeChanged,
    CheckoutChanged,
    Payment,
    PaymentState,
    Unhandled,
)
from koda.testing.examples import NOON, a_line, an_order

SESSION = CheckoutSession(CheckoutSessionId("cs_1"), "https://pay.example/cs_1", NOON)
EUR_10 = Money(1000, "EUR")


def paid(order: Order) -> Payment:
    """What the provider says when `order` is paid as it should be."""
    return Payment(
        CheckoutSessionId("cs_1"),
        order.id,
        PaymentState.PAID,
        order.total,
        PaymentId("pay_1"),
        order.destination,
        order.fee if order.destination else None,
    )


@pytest.mark.parametrize("sellers", [("user_ada",), ("user_ada", "user_cyd")])
@pytest.mark.parametrize("checkout", [SESSION, None])
def test_payment_of_exactly_the_order_passes(
    sellers: tuple[str, ...], checkout: CheckoutSession | None
) -> None:
    """Of one seller or several, its session saved already or not yet."""
    sold = tuple(a_line(n, seller) for n, seller in enumerate(sellers, 1))
    order = an_order(lines=sold, checkout=checkout)

    assert paid(order).check(order) == "pay_1"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"order_id": OrderId("ord_2")}, "order"),
        ({"amount": Money(1249, "EUR")}, "amount"),
        ({"amount": Money(1251, "EUR")}, "amount"),
        ({"amount": Money(1250, "USD")}, "amount"),
        ({"destination": AccountId("acct_eve")}, "seller"),
        ({"destination": None}, "seller"),
        ({"fee": Money(187, "EUR")}, "fee"),
        ({"fee": None}, "fee"),
        ({"session_id": CheckoutSessionId("cs_2")}, "checkout session"),
        ({"payment_id": None}, "payment"),
    ],
)
def test_any_other_payment_does_not_fit(changes: dict[str, Any], what: str) -> None:
    """Each fact that differs is named."""
    order = an_order(checkout=SESSION)

    with pytest.raises(PaymentMismatch) as refused:
        evolve(paid(order), **changes).check(order)
    assert refused.value.what == what
    assert what in PaymentMismatch.templates


def test_direct_charge_does_not_fit_an_order_of_several_sellers() -> None:
    """Where the marketplace should have received the money, no seller may have."""
    order = an_order(lines=(a_line(), a_line(2, "user_cyd")))

    with pytest.raises(PaymentMismatch, match="seller"):
        evolve(paid(order), destination=AccountId("acct_ada")).check(order)


def test_repeats_of_a_money_move_share_a_key() -> None:
    """A transfer is known by order and account, a refund by order and part."""
    transfer = Transfer(OrderId("ord_1"), PaymentId("pay_1"), AccountId("acct_ada"), EUR_10)
    refund = Refund(OrderId("ord_1"), PaymentId("pay_1"), "line-1", EUR_10)

    assert transfer.key == transfer.name == "koda:transfer:ord_1:acct_ada"
    assert refund.key == refund.name == "koda:refund:ord_1:line-1"


def test_attempts_share_a_name_and_no_key() -> None:
    """A refusal is repeated under its key, so that another attempt needs another one."""
    transfer = Transfer(OrderId("ord_1"), PaymentId("pay_1"), AccountId("acct_ada"), EUR_10, 2, 3)
    refund = Refund(OrderId("ord_1"), PaymentId("pay_1"), "line-1", EUR_10, attempt=2)
    ours = evolve(refund, seller_pays=False)

    assert transfer.name == "koda:transfer:ord_1:acct_ada:2"
    assert transfer.key == f"{transfer.name}:attempt-3"
    assert refund.key == f"{refund.name}:attempt-2"
    assert (ours.name, ours.key) == (refund.name, f"{refund.key}:ours")


def test_events_name_their_subject() -> None:
    """The session, the charge, the account, or nothing of Koda's."""
    events = (
        CheckoutChanged(EventId("evt_1"), "paid", CheckoutSessionId("cs_1")),
        ChargeChanged(EventId("evt_4"), "refunded", PaymentId("pay_1")),
        AccountChanged(EventId("evt_2"), "updated", AccountId("acct_ada")),
        Unhandled(EventId("evt_3"), "payout.paid"),
    )

    assert [event.subject for event in events] == ["cs_1", "pay_1", "acct_ada", ""]
