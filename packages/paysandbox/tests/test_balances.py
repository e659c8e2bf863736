from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import open_seller, session_of
from paysandbox import Sandbox

DELAY = 3600


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in which money is pending for an hour, at a time that stands still."""
    with Sandbox.start(strict=True, capture_delay=5, available_delay=DELAY) as running:
        running.clock.fix(1_800_000_000)
        yield running


@pytest.fixture
def charge(sandbox: Sandbox, client: stripe.StripeClient) -> str:
    """The id of a captured charge of 10.00 that stayed with the platform."""
    sandbox.pay(client.v1.checkout.sessions.create(session_of(1000)).id)
    return str(sandbox.capture(sandbox.objects("charge")[0]["id"])["id"])


def amounts(client: stripe.StripeClient, account: str | None = None) -> tuple[int, int]:
    """What an account can spend, and what is pending; the platform's own unless given."""
    options: Any = {} if account is None else {"stripe_account": account}
    balance = client.v1.balance.retrieve(options=options)
    return balance.available[0].amount, balance.pending[0].amount


def test_money_is_pending_before_it_is_available(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """In the balance and in its transactions."""
    before = client.v1.balance_transactions.list().data[0]
    pending = amounts(client)

    sandbox.clock.advance(DELAY)

    after = client.v1.balance_transactions.list().data[0]
    assert (before.status, after.status) == ("pending", "available")
    assert before.available_on == after.available_on == before.created + DELAY
    assert (pending, amounts(client)) == ((0, 1000), (1000, 0))
    sandbox.assert_balanced()


def test_what_is_passed_on_is_pending_as_long_as_its_charge(
    sandbox: Sandbox, client: stripe.StripeClient
) -> None:
    """By a transfer of one's own before the capture, or of a destination charge."""
    seller = open_seller(sandbox, client)
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    create = client.v1.checkout.sessions.create
    sandbox.pay(create(session_of(1000)).id)
    source = sandbox.objects("charge")[0]["id"]
    client.v1.transfers.create(
        {"amount": 850, "currency": "eur", "destination": seller, "source_transaction": source}
    )
    sandbox.pay(create(session_of(1000, payment_intent_data=data)).id)
    sandbox.clock.advance(5)

    assert amounts(client, seller) == (0, 1700)
    sandbox.clock.advance(DELAY)
    assert amounts(client, seller) == (1700, 0)
    assert amounts(client) == (300, 0)
    assert sandbox.pay_out(seller) == 1700


def test_pending_money_cannot_be_spent(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """Neither by a transfer from the balance, nor by a refund, which waits for it."""
    seller = open_seller(sandbox, client)
    refund = client.v1.refunds.create({"charge": charge, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.create({"amount": 1, "currency": "eur", "destination": seller})

    sandbox.clock.advance(DELAY)

    assert caught.value.code == "balance_insufficient"
    assert refund.pending_reason == "insufficient_funds"
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert sandbox.pay_out("platform") == 600


def test_pending_money_of_a_seller_cannot_be_taken_back(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """A transfer of the platform's own needs what the account can spend."""
    seller = open_seller(sandbox, client)
    transfer = client.v1.transfers.create(
        {"amount": 850, "currency": "eur", "destination": seller, "source_transaction": charge}
    )
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.reversals.create(transfer.id)

    sandbox.clock.advance(DELAY)

    assert caught.value.code == "balance_insufficient"
    assert client.v1.transfers.reversals.create(transfer.id).amount == 850


def test_transactions_show_their_sources_whole(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """Where they are expanded: charges, top-ups and payouts, newest first."""
    sandbox.top_up(500)
    sandbox.pay_out("platform", 200)

    listed: Any = client.v1.balance_transactions.list({"expand": ["data.source"]}).data

    assert [(row.type, row.source.object, row.net) for row in listed] == [
        ("payout", "payout", -200),
        ("topup", "topup", 500),
        ("charge", "charge", 1000),
    ]
    assert listed[-1].source.id == charge
