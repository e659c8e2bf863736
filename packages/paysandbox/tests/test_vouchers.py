from collections.abc import Callable

import pytest
import stripe

from packages.paysandbox.tests.arrange import session_of
from packages.paysandbox.tests.test_pages import look, press
from paysandbox import Sandbox
from paysandbox.errors import ApiError
from paysandbox.resources.vouchers import LIFETIME

Open = Callable[..., stripe.checkout.Session]


def types(sandbox: Sandbox) -> list[str]:
    """The types of the events, oldest first."""
    return [event["type"] for event in sandbox.events()]


def test_voucher_leaves_the_session_complete_and_unpaid(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Without a charge; the intent says what the buyer has to do."""
    session = sandbox.pay_by_voucher(checkout(1000).id)

    intent = client.v1.payment_intents.retrieve(session["payment_intent"])
    assert (session["status"], session["payment_status"]) == ("complete", "unpaid")
    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.next_action is not None
    assert intent.next_action["multibanco_display_details"]["hosted_voucher_url"].endswith(
        f"/pay/{session['id']}"
    )
    assert sandbox.objects("charge") == []
    assert types(sandbox) == ["payment_intent.requires_action", "checkout.session.completed"]


def test_paid_voucher_makes_the_charge(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """Of the voucher's method, and its money goes where it was destined."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    session = sandbox.pay_by_voucher(checkout(1000, payment_intent_data=data).id)

    settled = sandbox.settle(session["id"])

    intent = client.v1.payment_intents.retrieve(
        session["payment_intent"], {"expand": ["latest_charge"]}
    )
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.payment_method_details is not None
    assert intent.latest_charge.payment_method_details.type == "multibanco"
    assert (settled["payment_status"], intent.status, intent.next_action) == (
        "paid",
        "succeeded",
        None,
    )
    assert sandbox.balance_of(seller) == 850
    assert types(sandbox)[-1] == "checkout.session.async_payment_succeeded"
    sandbox.assert_balanced()


def test_voucher_can_be_let_expire(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """There was never a charge, and no money."""
    session = sandbox.pay_by_voucher(checkout(1000).id)

    settled = sandbox.settle(session["id"], succeed=False)

    intent = client.v1.payment_intents.retrieve(session["payment_intent"])
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "payment_intent_payment_attempt_expired"
    assert (settled["payment_status"], intent.status) == ("unpaid", "requires_payment_method")
    assert types(sandbox)[-2:] == [
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ]
    with pytest.raises(ApiError):
        sandbox.settle(session["id"])


def test_voucher_expires_by_itself(sandbox: Sandbox, checkout: Open) -> None:
    """After seven days."""
    sandbox.clock.fix(1_800_000_000)
    sandbox.pay_by_voucher(checkout(1000).id)

    sandbox.clock.advance(LIFETIME - 1)
    before = types(sandbox)[-1]
    sandbox.clock.advance(1)

    assert before == "checkout.session.completed"
    assert types(sandbox)[-1] == "checkout.session.async_payment_failed"


def test_vouchers_are_for_euros(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """In another currency the page has no such button, and the session stays open."""
    params = session_of(1000)
    params["line_items"][0]["price_data"]["currency"] = "usd"
    session = client.v1.checkout.sessions.create(params)

    with pytest.raises(ApiError, match="usd"):
        sandbox.pay_by_voucher(session.id)

    assert "voucher" not in look(session.url).text
    assert sandbox.objects("checkout.session")[0]["status"] == "open"


def test_voucher_is_taken_and_decided_on_the_pages(sandbox: Sandbox, checkout: Open) -> None:
    """The second page shows its number."""
    session = checkout(1000)

    shown = press(session.url, "voucher")
    answer = press(session.url, "arrive")

    assert "123456789" in shown.text
    assert answer.headers["Location"].endswith(session.id)
    assert sandbox.objects("checkout.session")[0]["payment_status"] == "paid"
