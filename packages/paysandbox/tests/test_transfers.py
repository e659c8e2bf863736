from collections.abc import Callable
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import ACCOUNT, open_seller
from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]


@pytest.fixture
def charge(sandbox: Sandbox, checkout: Open) -> str:
    """The id of a charge of 10.00 that the platform keeps."""
    sandbox.pay(checkout(1000, payment_intent_data={"transfer_group": "order-1"}).id)
    return str(sandbox.objects("charge")[-1]["id"])


def move(client: stripe.StripeClient, seller: str, amount: int, **more: Any) -> stripe.Transfer:
    """A transfer of so many cents."""
    params: Any = {"amount": amount, "currency": "eur", "destination": seller, **more}
    return client.v1.transfers.create(params)


def test_several_sellers_are_paid_from_one_charge(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """What is not transferred stays with the platform as its fee."""
    other = open_seller(sandbox, client)

    move(client, seller, 510, source_transaction=charge)
    move(client, other, 340, source_transaction=charge)

    assert sandbox.balances() == {
        "world": {"eur": -1000},
        "platform": {"eur": 150},
        seller: {"eur": 510},
        other: {"eur": 340},
    }
    listed = client.v1.transfers.list({"transfer_group": "order-1"})
    assert [transfer.amount for transfer in listed.data] == [340, 510]


def test_transfers_never_exceed_their_charge(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """The sum counts, not each alone."""
    move(client, seller, 600, source_transaction=charge)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        move(client, seller, 401, source_transaction=charge)

    assert caught.value.param == "amount"
    assert move(client, seller, 400, source_transaction=charge).amount == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"currency": "usd"}, None),
        ({"currency": "zzz"}, None),
        ({"source_transaction": "ch_nothing"}, "resource_missing"),
        ({"destination": "acct_nobody"}, "resource_missing"),
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": 1.5}, None),
        ({"application_fee": 1}, "parameter_unknown"),
    ],
)
def test_ill_formed_transfers_are_refused(
    sandbox: Sandbox,
    client: stripe.StripeClient,
    seller: str,
    charge: str,
    change: Any,
    code: str | None,
) -> None:
    """No money moves."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        move(client, seller, **{"amount": 100, "source_transaction": charge, **change})

    assert caught.value.code == code
    assert sandbox.balance_of(seller) == 0


def test_transfer_waits_for_its_charge_to_succeed(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """A pending charge is no source yet."""
    session = sandbox.pay_later(checkout(1000).id)
    intent = client.v1.payment_intents.retrieve(session["payment_intent"])

    with pytest.raises(stripe.InvalidRequestError):
        move(client, seller, 100, source_transaction=intent.latest_charge)
    sandbox.settle(session["id"])

    assert move(client, seller, 100, source_transaction=intent.latest_charge).amount == 100


def test_transfer_from_the_balance_needs_the_balance(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """Without a source the platform's own money is moved, as far as it goes."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        move(client, seller, 1001)

    assert charge
    assert caught.value.code == "balance_insufficient"
    assert move(client, seller, 1000, transfer_group="own").transfer_group == "own"


def test_transfer_without_amount_takes_the_whole_charge(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """And needs an amount where there is no charge."""
    params: Any = {"currency": "eur", "destination": seller}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.create(params)

    params["source_transaction"] = charge
    whole = client.v1.transfers.create(params)

    assert caught.value.code == "parameter_missing"
    assert whole.amount == 1000


def test_refunded_charge_cannot_be_transferred(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """In part it can."""
    sandbox.refund(charge, 999)
    move(client, seller, 1, source_transaction=charge)
    sandbox.refund(charge)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        move(client, seller, 1, source_transaction=charge)

    assert caught.value.code == "charge_already_refunded"


def test_destination_must_be_able_to_receive(client: stripe.StripeClient, charge: str) -> None:
    """A fresh account cannot."""
    fresh = client.v1.accounts.create(ACCOUNT).id

    with pytest.raises(stripe.InvalidRequestError) as caught:
        move(client, fresh, 100, source_transaction=charge)

    assert caught.value.code == "insufficient_capabilities_for_transfer"


def test_reversal_brings_money_back(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """In parts, up to the whole, and told as transfer.reversed."""
    transfer = move(client, seller, 850, source_transaction=charge)

    part = client.v1.transfers.reversals.create(transfer.id, {"amount": 300})
    client.v1.transfers.reversals.create(transfer.id)
    read = client.v1.transfers.retrieve(transfer.id)

    assert (read.amount_reversed, read.reversed) == (850, True)
    assert sandbox.balance_of(seller) == 0
    assert len(sandbox.events("transfer.reversed")) == 2
    assert client.v1.transfers.reversals.retrieve(transfer.id, part.id).amount == 300
    assert [entry.amount for entry in client.v1.transfers.reversals.list(transfer.id).data] == [
        550,
        300,
    ]


def test_reversals_beyond_the_tenth_are_on_another_page(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """A transfer shows ten of them, newest first."""
    transfer = move(client, seller, 850, source_transaction=charge)
    for amount in range(1, 13):
        client.v1.transfers.reversals.create(transfer.id, {"amount": amount})
    read = client.v1.transfers.retrieve(transfer.id)

    assert (len(read.reversals.data), read.reversals.has_more) == (10, True)
    amounts = [entry.amount for entry in read.reversals.auto_paging_iter()]
    assert amounts == list(range(12, 0, -1))


def test_reversal_cannot_exceed_what_remains(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """Nor can a transfer be reversed twice over."""
    transfer = move(client, seller, 850, source_transaction=charge)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(transfer.id, {"amount": 851})

    client.v1.transfers.reversals.create(transfer.id)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(transfer.id)


def test_reversal_needs_the_sellers_balance(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """What was paid out to the bank cannot be taken back."""
    transfer = move(client, seller, 850, source_transaction=charge)
    sandbox.pay_out(seller, 100)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.transfers.reversals.create(transfer.id)

    assert caught.value.code == "balance_insufficient"
    assert sandbox.balance_of(seller) == 750
    sandbox.assert_balanced()


def test_transfer_of_a_destination_charge_is_reversed_below_zero(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """Up to its amount, whatever the seller has."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    sandbox.pay(checkout(1000, payment_intent_data=data).id)
    sandbox.pay_out(seller)
    transfer = sandbox.objects("transfer")[0]["id"]

    client.v1.transfers.reversals.create(transfer)

    assert (sandbox.balance_of(seller), sandbox.balance_of("platform")) == (-1000, 1150)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.reversals.create(transfer, {"amount": 1})


def test_reversal_can_give_the_fee_back(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """For the transfer of a destination charge, in proportion."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    sandbox.pay(checkout(1000, payment_intent_data=data).id)
    transfer = sandbox.objects("transfer")[0]["id"]

    client.v1.transfers.reversals.create(transfer, {"amount": 500, "refund_application_fee": True})

    assert sandbox.balances()[seller]["eur"] == 850 - 500 + 75


def test_reversal_of_a_transfer_without_fee_has_none_to_give_back(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """The wish is no error."""
    transfer = move(client, seller, 850, source_transaction=charge)

    client.v1.transfers.reversals.create(
        transfer.id, {"amount": 100, "refund_application_fee": True}
    )

    assert sandbox.balance_of(seller) == 750


def test_notes_of_a_transfer_can_change(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """Metadata and description, not the money."""
    transfer = move(client, seller, 850, source_transaction=charge, metadata={"a": "1"})

    changed = client.v1.transfers.update(
        transfer.id, {"metadata": {"b": "2"}, "description": "net"}
    )

    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    assert changed.description == "net"


def test_seller_sees_the_transfer_as_a_payment(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """Balance, charges and balance transactions can be read on the seller's behalf."""
    transfer = move(client, seller, 850, source_transaction=charge)
    theirs: Any = {"stripe_account": seller}

    balance = client.v1.balance.retrieve(options=theirs)
    payment = client.v1.charges.retrieve(str(transfer.destination_payment), options=theirs)
    moves = client.v1.balance_transactions.list(options=theirs)

    assert balance.available[0].amount == 850
    assert payment.source_transfer == transfer.id
    assert [entry.type for entry in moves.data] == ["payment"]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.charges.retrieve(charge, options=theirs)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.transfers.list(options=theirs)
    with pytest.raises(stripe.PermissionError):
        client.v1.balance.retrieve(options={"stripe_account": "acct_nobody"})
    assert sandbox.balance_of("platform") == client.v1.balance.retrieve().available[0].amount


def test_processor_keeps_its_fee_where_it_is_set(client: stripe.StripeClient) -> None:
    """Basis points of each charge stay outside; the ledger still balances."""
    from packages.paysandbox.tests.arrange import connect, session_of

    with Sandbox.start(fee_basis_points=290, capture_delay=0) as dear:
        session = connect(dear).v1.checkout.sessions.create(session_of(1000))
        dear.pay(session.id)

        [move_in] = connect(dear).v1.balance_transactions.list().data
        assert (move_in.amount, move_in.fee, move_in.net) == (1000, 29, 971)
        dear.assert_balanced()
