from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe

from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]
WITH_SELLER: dict[str, Any] = {"reverse_transfer": True, "refund_application_fee": True}


def give_back(client: stripe.StripeClient, intent: str, **more: Any) -> stripe.Refund:
    """Refund a payment intent."""
    params: Any = {"payment_intent": intent, **more}
    return client.v1.refunds.create(params)


@pytest.fixture
def intent(sandbox: Sandbox, checkout: Open, seller: str) -> str:
    """The id of a paid destination charge of 10.00 with a fee of 1.50."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    return str(sandbox.pay(checkout(1000, payment_intent_data=data).id)["payment_intent"])


def test_refund_with_reversal_leaves_everybody_at_zero(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """Buyer, seller and platform are where they were before the purchase."""
    refund = give_back(client, intent, **WITH_SELLER)

    assert refund.status == "succeeded"
    assert sandbox.balances() == {"world": {"eur": 0}, "platform": {"eur": 0}, seller: {"eur": 0}}
    charge = client.v1.charges.retrieve(str(refund.charge), {"expand": ["refunds"]})
    assert charge.refunded is True
    assert charge["refunds"]["data"][0]["id"] == refund.id


def test_plain_refund_is_at_the_platforms_cost(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """Without a reversal the seller keeps the money."""
    sandbox.top_up(2000)

    client.v1.refunds.create({"payment_intent": intent})

    assert sandbox.balance_of("platform") == 2000 + 150 - 1000
    assert sandbox.balance_of(seller) == 850


def test_partial_refunds_are_proportional_and_add_up(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """Odd parts never leave a cent behind."""
    for amount in (333, 333, 333, 1):
        give_back(client, intent, amount=amount, **WITH_SELLER)
        sandbox.assert_balanced()

    fee = sandbox.objects("application_fee")[0]
    assert (fee["amount_refunded"], fee["refunded"]) == (150, True)
    assert sandbox.balances() == {"world": {"eur": 0}, "platform": {"eur": 0}, seller: {"eur": 0}}


def test_refund_takes_its_own_share_of_the_transfer_alone(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """What the platform bore by another refund stays with the platform."""
    give_back(client, intent, amount=300)
    give_back(client, intent, amount=200, **WITH_SELLER)

    assert [made["amount"] for made in sandbox.objects("transfer_reversal")] == [200]
    assert sandbox.balance_of(seller) == 850 - 200 + 30


def test_refund_takes_its_own_share_though_another_one_failed(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """What came back for the failed one stays with the platform, which must pass it on itself."""
    failed = give_back(client, intent, amount=300, **WITH_SELLER)
    sandbox.settle_refund(failed.id, "failed")
    give_back(client, intent, amount=200, **WITH_SELLER)

    reversals = sandbox.objects("transfer_reversal")
    assert sorted(made["amount"] for made in reversals) == [200, 300]
    sandbox.assert_balanced()


def test_refund_tells_what_happened(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """Each object concerned has its event."""
    give_back(client, intent, **WITH_SELLER)

    told = {event["type"] for event in sandbox.events()}
    assert {
        "refund.created",
        "charge.refunded",
        "transfer.reversed",
        "application_fee.refunded",
    } <= told


def test_refund_takes_an_empty_account_below_zero(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str, intent: str
) -> None:
    """What was paid out is owed, and taken from what comes in."""
    sandbox.pay_out(seller)
    give_back(client, intent, **WITH_SELLER)
    owed = sandbox.balance_of(seller)

    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    sandbox.pay(checkout(1000, payment_intent_data=data).id)

    assert (owed, sandbox.balance_of(seller)) == (-850, 0)
    assert sandbox.pay_out(seller) == 0
    sandbox.assert_balanced()


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "parameter_missing"),
        ({"charge": "ch_nothing"}, "resource_missing"),
        ({"payment_intent": "pi_nothing"}, "resource_missing"),
        ({"charge": "CHARGE", "payment_intent": "INTENT"}, None),
        ({"charge": "CHARGE", "amount": 1001}, None),
        ({"charge": "CHARGE", "refund_application_fee": True}, None),
        ({"charge": "CHARGE", "reason": "bored"}, None),
    ],
)
def test_ill_formed_refunds_are_refused(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str, params: Any, code: str | None
) -> None:
    """Each with its code, and without effect."""
    charge = sandbox.objects("charge")[0]["id"]
    known = {"CHARGE": charge, "INTENT": intent}
    filled = {name: known.get(str(value), value) for name, value in params.items()}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create(filled)  # type: ignore[arg-type] # ill-formed on purpose

    assert caught.value.code == code
    assert sandbox.objects("refund") == []


def test_charge_is_refunded_only_once(client: stripe.StripeClient, intent: str) -> None:
    """The second whole refund has nothing left."""
    client.v1.refunds.create({"payment_intent": intent})

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent})

    assert caught.value.code == "charge_already_refunded"


def test_only_paid_charges_are_refunded(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Neither a declined card nor a payment under way."""
    declined = sandbox.decline(checkout(1000).id)
    charge = sandbox.objects("charge")[-1]["id"]

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": declined["payment_intent"]})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"charge": charge})

    assert caught.value.code == "payment_intent_unexpected_state"


def test_charge_without_transfer_has_none_to_reverse(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """reverse_transfer is for destination charges."""
    paid = sandbox.pay(checkout(1000).id)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create(
            {"payment_intent": paid["payment_intent"], "reverse_transfer": True}
        )


def test_charge_without_fee_has_none_to_give_back(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """The wish is refused, and nothing moves."""
    data = {"transfer_data": {"destination": seller}}
    paid = sandbox.pay(checkout(1000, payment_intent_data=data).id)

    with pytest.raises(stripe.InvalidRequestError, match="no application fee"):
        give_back(client, paid["payment_intent"], **WITH_SELLER)

    assert sandbox.balance_of(seller) == 1000


def test_tiny_refund_may_reverse_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """A share that rounds down to zero moves no money of the seller's."""
    data = {"transfer_data": {"destination": seller, "amount": 100}}
    paid = sandbox.pay(checkout(1000, payment_intent_data=data).id)

    refund = give_back(client, paid["payment_intent"], amount=1, reverse_transfer=True)

    assert refund.transfer_reversal is None
    assert sandbox.balance_of(seller) == 100


def test_fee_can_be_refunded_alone(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, intent: str
) -> None:
    """In parts, up to the whole."""
    fee = client.v1.application_fees.list().data[0]

    client.v1.application_fees.refunds.create(fee.id, {"amount": 50})
    client.v1.application_fees.refunds.create(fee.id)

    assert client.v1.application_fees.retrieve(fee.id).amount_refunded == 150
    assert len(client.v1.application_fees.refunds.list(fee.id).data) == 2
    assert sandbox.balance_of(seller) == 1000
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.application_fees.refunds.create(fee.id)


def test_refunds_are_listed_and_noted(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """By payment, by charge, and one by one."""
    refund = client.v1.refunds.create({"payment_intent": intent, "amount": 10})
    charge = sandbox.objects("charge")[0]["id"]

    by_intent = client.v1.refunds.list({"payment_intent": intent}).data
    by_charge = client.v1.refunds.list({"charge": charge}).data
    address = f"{sandbox.url}/v1/charges/{charge}/refunds"
    below = requests.get(address, auth=(sandbox.secret_key, ""), timeout=5).json()["data"]
    changed = client.v1.refunds.update(refund.id, {"metadata": {"why": "asked"}})

    assert [row.id for row in by_intent] == [row.id for row in by_charge] == [refund.id]
    assert [row["id"] for row in below] == [refund.id]
    assert client.v1.refunds.retrieve(refund.id).metadata == changed.metadata


def test_notes_of_payments_can_change(
    sandbox: Sandbox, client: stripe.StripeClient, intent: str
) -> None:
    """Of the intent and of the charge."""
    charge = sandbox.objects("charge")[0]["id"]

    changed = client.v1.payment_intents.update(intent, {"metadata": {"a": "1"}, "description": "d"})
    noted = client.v1.charges.update(charge, {"metadata": {"b": "2"}})

    assert (changed.metadata.to_dict(), changed.description) == ({"a": "1"}, "d")
    assert noted.metadata.to_dict() == {"b": "2"}
