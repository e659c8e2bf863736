from collections.abc import Callable

import stripe

from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]


def test_destination_charge_pays_the_seller_less_the_fee(
    sandbox: Sandbox, checkout: Open, seller: str
) -> None:
    """Of 10.00 with a fee of 1.50 the seller gets 8.50, and the platform keeps the fee."""
    destination = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    session = checkout(1000, payment_intent_data=destination)

    sandbox.pay(session.id)

    assert sandbox.balances() == {
        "world": {"eur": -1000},
        "platform": {"eur": 150},
        seller: {"eur": 850},
    }
    sandbox.assert_balanced()


def test_paid_session_can_be_read_with_its_charge_and_lines(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Expansion gives the whole charge and the lines in their order."""
    session = checkout(1000, 250)
    sandbox.pay(session.id)

    read = client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge", "line_items"]}
    )

    assert read.payment_status == "paid"
    assert read["payment_intent"]["latest_charge"]["amount"] == 1250
    assert [line["amount_total"] for line in read["line_items"]["data"]] == [1000, 250]
