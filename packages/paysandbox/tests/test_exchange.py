from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import session_of
from paysandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that settles in US dollars, at 1.10 for a euro, and captures at once."""
    with Sandbox.start(
        strict=True, settlement_currency="USD", exchange_rate=1.1, capture_delay=0
    ) as running:
        yield running


def buy(sandbox: Sandbox, client: stripe.StripeClient, **more: Any) -> str:
    """The id of a charge of 10.00 EUR."""
    sandbox.pay(client.v1.checkout.sessions.create(session_of(1000, **more)).id)
    return str(sandbox.objects("charge")[0]["id"])


def test_charge_is_exchanged(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """Its balance transaction is in the settlement currency, with the rate."""
    charge = client.v1.charges.retrieve(buy(sandbox, client), {"expand": ["balance_transaction"]})

    moved = charge.balance_transaction
    assert isinstance(moved, stripe.BalanceTransaction)
    assert (charge.amount, charge.currency) == (1000, "eur")
    assert (moved.amount, moved.currency, moved.exchange_rate) == (1100, "usd", 1.1)


def test_transfer_is_in_the_settlement_currency(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """And of no more than the charge is worth there."""
    params: Any = {"destination": seller, "source_transaction": buy(sandbox, client)}

    with pytest.raises(stripe.InvalidRequestError, match="balance transaction") as other:
        client.v1.transfers.create(params | {"amount": 850, "currency": "eur"})
    with pytest.raises(stripe.InvalidRequestError, match="1100 left"):
        client.v1.transfers.create(params | {"amount": 1101, "currency": "usd"})
    client.v1.transfers.create(params | {"amount": 935, "currency": "usd"})

    assert other.value.param == "currency"
    assert sandbox.balance_of(seller, "usd") == 935


def test_everything_that_follows_is_exchanged(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """A destination charge, its fee, refunds, one that fails, and disputes.

    What came back for the refund that failed is the platform's to pass on.
    """
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    charge = buy(sandbox, client, payment_intent_data=data)
    shared = sandbox.balance_of("platform", "usd"), sandbox.balance_of(seller, "usd")

    refund = sandbox.refund(charge, 400, reverse_transfer=True, refund_application_fee=True)
    sandbox.settle_refund(refund["id"], "failed")
    sandbox.refund(charge, 400, reverse_transfer=True, refund_application_fee=True)
    dispute = sandbox.dispute(charge)
    won = sandbox.close_dispute(dispute["id"], won=True)

    assert shared == (165, 935)
    assert (dispute["amount"], dispute["currency"]) == (600, "eur")
    assert [row["amount"] for row in won["balance_transactions"]] == [-660, 660]
    assert won["balance_transactions"][0]["exchange_rate"] == 1.1
    assert sandbox.balance_of(seller, "usd") == 935 - 2 * 440 + 66
    assert sandbox.balance_of("platform", "usd") == 165 - 66 + 440
    assert "eur" not in sandbox.balances()["platform"]
    sandbox.assert_balanced()


def test_charge_in_the_settlement_currency_is_not_exchanged(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    """Whatever the rate."""
    params = session_of(1000)
    params["line_items"][0]["price_data"]["currency"] = "usd"
    sandbox.pay(client.v1.checkout.sessions.create(params).id)

    moved = client.v1.balance_transactions.list().data[0]
    assert (moved.amount, moved.exchange_rate) == (1000, None)
