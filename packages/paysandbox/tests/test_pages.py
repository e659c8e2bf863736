from collections.abc import Callable
from typing import Any

import pytest
import requests
import stripe

from packages.paysandbox.tests.arrange import ACCOUNT
from packages.paysandbox.tests.receiver import Receiver
from paysandbox import Sandbox

Open = Callable[..., stripe.checkout.Session]


def press(address: str | None, action: str, **more: str) -> requests.Response:
    """Press a button of a page, without following where it leads."""
    form = {"action": action, **more}
    return requests.post(str(address), data=form, allow_redirects=False, timeout=15)


def look(address: str | None) -> requests.Response:
    """Open a page, without following where it leads."""
    return requests.get(str(address), allow_redirects=False, timeout=5)


def onboarding(client: stripe.StripeClient, account: str) -> str:
    """A fresh onboarding page."""
    return client.v1.account_links.create(
        {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": "http://shop.test/again",
            "return_url": "http://shop.test/back",
        }
    ).url


def test_checkout_page_lists_lines_and_total(checkout: Open) -> None:
    """And says that no money moves."""
    page = look(checkout(1000, 2499).url)

    assert page.status_code == 200
    assert all(text in page.text for text in ("10.00 EUR", "24.99 EUR", "34.99 EUR"))
    assert "Sandbox: no money moves" in page.text


def test_pages_run_no_script_and_cannot_be_framed(checkout: Open) -> None:
    """The policy allows the one stylesheet and nothing else."""
    page = look(checkout(1000).url)

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "<script" not in page.text
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_text_of_the_platform_is_shown_as_text(client: stripe.StripeClient) -> None:
    """A line called <script> is not one."""
    from packages.paysandbox.tests.arrange import session_of

    params = session_of(1000)
    params["line_items"][0]["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"

    page = look(client.v1.checkout.sessions.create(params).url)

    assert "&lt;script&gt;" in page.text


def test_paying_leads_to_the_success_page_with_the_sessions_id(
    sandbox: Sandbox, checkout: Open
) -> None:
    """The template in success_url is filled."""
    session = checkout(1000)

    answer = press(session.url, "pay")

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://shop.test/done?session={session.id}"
    assert sandbox.balance_of("platform") == 1000


def test_buyer_is_sent_back_after_the_webhook_was_answered(
    sandbox: Sandbox, checkout: Open
) -> None:
    """The message has arrived when the redirect does."""
    with Receiver() as receiver:
        sandbox.webhooks.endpoint(receiver.url)
        press(checkout(1000).url, "pay")

        assert b"checkout.session.completed" in receiver.received[-1].body


def test_declined_card_is_said_on_the_page(sandbox: Sandbox, checkout: Open) -> None:
    """The page can be used again."""
    session = checkout(1000)

    declined = press(session.url, "decline")
    paid = press(session.url, "pay")

    assert "Your card was declined" in declined.text
    assert paid.status_code == 303


@pytest.mark.parametrize(("action", "status"), [("arrive", "paid"), ("fail", "unpaid")])
def test_paying_later_is_decided_on_a_second_page(
    sandbox: Sandbox, checkout: Open, action: str, status: str
) -> None:
    """Which can be opened again until then."""
    session = checkout(1000)
    press(session.url, "later")
    page = look(session.url)

    answer = press(session.url, action)

    assert "under way" in page.text
    assert answer.headers["Location"].endswith(session.id)
    assert sandbox.objects("checkout.session")[0]["payment_status"] == status


def test_cancelling_leads_back_and_leaves_the_session_open(
    sandbox: Sandbox, checkout: Open
) -> None:
    """To cancel_url, or to the same page if there is none."""
    with_address = checkout(1000, cancel_url="http://shop.test/basket")
    without = checkout(1000)

    assert press(with_address.url, "cancel").headers["Location"] == "http://shop.test/basket"
    assert press(without.url, "cancel").headers["Location"] == without.url
    assert {row["status"] for row in sandbox.objects("checkout.session")} == {"open"}


def test_page_of_a_finished_session_says_so(sandbox: Sandbox, checkout: Open) -> None:
    """Paid or expired: nothing can be pressed twice."""
    paid, expired = checkout(1000), checkout(1000)
    sandbox.pay(paid.id)
    sandbox.expire(expired.id)

    assert look(paid.url).status_code == 410
    assert press(paid.url, "pay").status_code == 410
    assert "has expired" in look(expired.url).text
    assert sandbox.balance_of("platform") == 1000


def test_page_says_why_a_payment_is_impossible(
    sandbox: Sandbox, checkout: Open, seller: str
) -> None:
    """A seller who was restricted since cannot be paid."""
    session = checkout(1000, payment_intent_data={"transfer_data": {"destination": seller}})
    sandbox.restrict(seller)

    page = press(session.url, "pay")

    assert "Your destination account needs" in page.text


@pytest.mark.parametrize(
    "path",
    ["/pay/cs_x", "/onboarding/lnk_x", "/dashboard/lnk_x", "/nothing"],
)
def test_unknown_pages_are_not_found(sandbox: Sandbox, path: str) -> None:
    """Said on a page, for buttons too."""
    assert look(sandbox.url + path).status_code == 404
    assert press(sandbox.url + path, "pay").status_code == 404


def test_front_page_says_what_this_is(sandbox: Sandbox) -> None:
    """For whoever opens the address."""
    assert f"{sandbox.url}/v1/" in look(sandbox.url).text


@pytest.mark.parametrize(
    ("action", "due", "reason", "transfers"),
    [
        ("complete", [], None, "active"),
        ("partly", ["external_account"], "requirements.past_due", "inactive"),
        ("reject", None, "rejected.other", "inactive"),
        ("leave", None, "requirements.past_due", "inactive"),
    ],
)
def test_onboarding_page_decides_the_accounts_state(
    client: stripe.StripeClient,
    action: str,
    due: list[str] | None,
    reason: str | None,
    transfers: str,
) -> None:
    """And leads to return_url whatever the outcome."""
    account = client.v1.accounts.create(ACCOUNT)
    page = onboarding(client, account.id)
    assert look(page).status_code == 200

    answer = press(page, action)
    after: Any = client.v1.accounts.retrieve(account.id)

    assert answer.headers["Location"] == "http://shop.test/back"
    assert due is None or after["requirements"]["currently_due"] == due
    assert after["requirements"]["disabled_reason"] == reason
    assert after["capabilities"]["transfers"] == transfers


def test_onboarding_link_opens_once(client: stripe.StripeClient) -> None:
    """Afterwards it leads to refresh_url, and so does a form that was never opened."""
    account = client.v1.accounts.create(ACCOUNT).id
    opened, unopened = onboarding(client, account), onboarding(client, account)
    look(opened)

    assert look(opened).headers["Location"] == "http://shop.test/again"
    assert press(unopened, "complete").headers["Location"] == "http://shop.test/again"
    assert client.v1.accounts.retrieve(account).details_submitted is False


def test_onboarding_link_expires(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """After five minutes."""
    link = onboarding(client, client.v1.accounts.create(ACCOUNT).id)

    sandbox.clock.advance(300)

    assert look(link).headers["Location"] == "http://shop.test/again"


def test_dashboard_shows_the_balance_once(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open, seller: str
) -> None:
    """With what changed it; a used link says so, and is no onboarding link."""
    empty = client.v1.accounts.login_links.create(seller).url
    assert "Nothing was paid" in look(empty).text
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    sandbox.pay(checkout(1000, payment_intent_data=data).id)
    link = client.v1.accounts.login_links.create(seller).url

    assert "8.50 EUR" in look(link).text
    assert look(link).status_code == 410
    assert look(link.replace("/dashboard/", "/onboarding/")).status_code == 404
