from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import ACCOUNT, connect
from paysandbox import Sandbox
from paysandbox.embedded import Options
from paysandbox.errors import ApiError


def test_fresh_account_owes_everything_and_can_do_nothing(client: stripe.StripeClient) -> None:
    """Until its owner has completed it, transfers are inactive."""
    account = client.v1.accounts.create(ACCOUNT)

    assert account["capabilities"]["transfers"] == "inactive"
    assert account["requirements"]["currently_due"]
    assert account["requirements"]["disabled_reason"] == "requirements.past_due"
    assert (account.details_submitted, account.payouts_enabled) == (False, False)


def test_completed_account_can_receive_but_not_charge(
    client: stripe.StripeClient, seller: str
) -> None:
    """Without the card_payments capability charges stay disabled."""
    account = client.v1.accounts.retrieve(seller)

    assert account["capabilities"]["transfers"] == "active"
    assert (account.payouts_enabled, account.charges_enabled) == (True, False)
    assert account["requirements"]["currently_due"] == []


def test_account_keeps_working_until_a_deadline_passes(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """Requirements disable the account only when they are past due."""
    sandbox.require(seller, ["external_account"], sandbox.clock.now() + 100)
    before = client.v1.accounts.retrieve(seller)

    sandbox.clock.advance(101)
    after = client.v1.accounts.retrieve(seller)

    assert before["capabilities"]["transfers"] == "active"
    assert before["requirements"]["currently_due"] == ["external_account"]
    assert after["capabilities"]["transfers"] == "inactive"
    assert after["requirements"]["past_due"] == ["external_account"]


def test_passed_deadline_leaves_a_graver_reason_alone(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """An account that was rejected stays rejected."""
    sandbox.require(seller, ["external_account"], sandbox.clock.now() + 100)
    sandbox.restrict(seller, "rejected.fraud", sandbox.clock.now() + 100)

    sandbox.clock.advance(101)

    account = client.v1.accounts.retrieve(seller)
    assert account["requirements"]["disabled_reason"] == "rejected.fraud"


def test_restricted_account_says_why(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """A rejection shows in the disabled reason."""
    sandbox.restrict(seller, "rejected.fraud")

    account = client.v1.accounts.retrieve(seller)

    assert account["requirements"]["disabled_reason"] == "rejected.fraud"
    assert account.payouts_enabled is False


def test_changes_of_an_account_are_told_as_its_own(sandbox: Sandbox, seller: str) -> None:
    """account.updated names the account, so that it goes to Connect endpoints."""
    [event] = sandbox.events("account.updated")

    assert event["account"] == seller == event["data"]["object"]["id"]


def test_update_merges_what_is_given(client: stripe.StripeClient, seller: str) -> None:
    """Metadata and profile are merged, capabilities added."""
    client.v1.accounts.update(seller, {"metadata": {"a": "1"}, "business_profile": {"name": "N"}})

    changed = client.v1.accounts.update(
        seller,
        {
            "metadata": {"b": "2"},
            "email": "a@example.com",
            "capabilities": {"card_payments": {"requested": True}},
        },
    )

    assert changed["metadata"].to_dict() == {"a": "1", "b": "2"}
    assert changed["business_profile"]["name"] == "N"
    assert changed.charges_enabled is True


def test_update_before_onboarding_keeps_capabilities_inactive(client: stripe.StripeClient) -> None:
    """A capability asked for is not thereby given."""
    account = client.v1.accounts.create()
    change: Any = {"capabilities": {"transfers": {"requested": True}}}

    changed = client.v1.accounts.update(account.id, change)

    assert changed["capabilities"]["transfers"] == "inactive"


def test_account_types_of_old_still_open_accounts(client: stripe.StripeClient) -> None:
    """`type=express` is deprecated, and works."""
    express = client.v1.accounts.create({"type": "express"})
    custom = client.v1.accounts.create({"type": "custom"})
    plain = client.v1.accounts.create()

    dashboards = [
        account["controller"]["stripe_dashboard"]["type"] for account in (express, custom, plain)
    ]
    assert dashboards == ["express", "none", "full"]


@pytest.mark.parametrize(
    "params",
    [
        {"type": "express", "controller": {"fees": {"payer": "application"}}},
        {"controller": {"losses": {"payments": "application"}, "fees": {"payer": "account"}}},
        {"type": "fancy"},
    ],
)
def test_contradictory_accounts_are_refused(client: stripe.StripeClient, params: Any) -> None:
    """Rules between the controller's parts are kept."""
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.accounts.create(params)


def test_account_is_deleted_only_when_it_is_empty(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """A balance keeps an account open."""
    destination = {"application_fee_amount": 1, "transfer_data": {"destination": seller}}
    from packages.paysandbox.tests.arrange import session_of

    session = client.v1.checkout.sessions.create(session_of(100, payment_intent_data=destination))
    sandbox.pay(session.id)

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.accounts.delete(seller)
    sandbox.pay_out(seller)
    deleted = client.v1.accounts.delete(seller)

    assert deleted.deleted is True
    assert seller not in [account.id for account in client.v1.accounts.list().data]


def test_deauthorized_account_is_out_of_reach(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """The event names the account, and reading it is forbidden from then on."""
    sandbox.deauthorize(seller)

    with pytest.raises(stripe.PermissionError):
        client.v1.accounts.retrieve(seller)
    [event] = sandbox.events("account.application.deauthorized")
    assert event["account"] == seller
    assert event["data"]["object"]["object"] == "application"


def test_links_live_five_minutes(client: stripe.StripeClient, seller: str) -> None:
    """An account link says when it expires."""
    link = client.v1.account_links.create(
        {
            "account": seller,
            "type": "account_onboarding",
            "refresh_url": "http://shop.test/again",
            "return_url": "http://shop.test/back",
        }
    )

    assert link.expires_at - link.created == 300


@pytest.mark.parametrize(
    "change",
    [
        {"refresh_url": "javascript:alert(1)"},
        {"return_url": "//shop.test"},
        {"return_url": "http://[broken"},
        {"type": "account_update"},
        {"account": "acct_nobody"},
    ],
)
def test_ill_formed_links_are_refused(
    client: stripe.StripeClient, seller: str, change: Any
) -> None:
    """Addresses must be absolute, and updates are not for Express accounts."""
    good: Any = {
        "account": seller,
        "type": "account_onboarding",
        "refresh_url": "http://shop.test/again",
        "return_url": "http://shop.test/back",
    }

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.account_links.create(good | change)


def test_login_link_needs_an_express_account_that_is_onboarded(
    client: stripe.StripeClient, seller: str
) -> None:
    """Fresh accounts and those with a full dashboard have none."""
    fresh = client.v1.accounts.create(ACCOUNT)
    full = client.v1.accounts.create()

    assert "/dashboard/" in client.v1.accounts.login_links.create(seller).url
    for other in (fresh, full):
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.accounts.login_links.create(other.id)


@pytest.mark.parametrize(
    ("country", "currency"), [("DE", "eur"), ("GB", "gbp"), ("US", "usd"), ("IS", "eur")]
)
def test_account_is_of_its_country(
    client: stripe.StripeClient, country: str, currency: str
) -> None:
    """And is paid in what is used there."""
    account = client.v1.accounts.create({"country": country})

    assert (account.country, account.default_currency) == (country, currency)


@pytest.mark.parametrize("country", ["ZZ", "KP", "XX"])
def test_country_without_accounts_is_refused(
    sandbox: Sandbox, client: stripe.StripeClient, country: str
) -> None:
    """Nothing is opened there."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.accounts.create({"country": country})

    assert (caught.value.code, caught.value.param) == ("country_unsupported", "country")
    assert sandbox.objects("account") == []


def test_the_platforms_own_account_is_kept_in_its_currency() -> None:
    """As is its balance, before anything was charged; others' have their own."""
    with Sandbox.start(strict=True, people=(), currency="CHF") as sandbox:
        client = connect(sandbox)
        british: Any = {**ACCOUNT, "country": "GB"}
        seller = client.v1.accounts.create(british).id
        own = client.v1.accounts.retrieve_current()
        named = client.v1.accounts.retrieve_current(options={"stripe_account": seller})
        balance = client.v1.balance.retrieve()
        of_seller = client.v1.balance.retrieve(options={"stripe_account": seller})

    assert (own.object, own.default_currency, own.charges_enabled) == ("account", "chf", True)
    assert (named.id, named.default_currency) == (seller, "gbp")
    assert [amount.currency for amount in balance.available] == ["chf"]
    assert [amount.currency for amount in of_seller.available] == ["gbp"]


def test_an_unknown_currency_of_the_platform_is_refused() -> None:
    """Before anything starts."""
    with pytest.raises(ApiError, match="Invalid currency: xyz"):
        Sandbox(Options(currency="xyz"))


@pytest.mark.parametrize(
    "change",
    [
        {"email": "nobody"},
        {"business_profile": {"support_email": "support@"}},
        {"default_currency": "xyz"},
    ],
)
def test_ill_formed_details_of_an_account_are_refused(
    client: stripe.StripeClient, seller: str, change: Any
) -> None:
    """Addresses have their form, and currencies are known."""
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.accounts.create(change)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.accounts.update(seller, change)


def test_capabilities_that_change_are_told_beside_the_account(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str
) -> None:
    """Each with its account and its former status; one that stays as it is, not again."""
    both: Any = {"capabilities": {"card_payments": {"requested": True}}}
    client.v1.accounts.update(seller, both)
    client.v1.accounts.update(seller, {"metadata": {"a": "1"}})
    sandbox.restrict(seller)

    events = sandbox.events("capability.updated")
    assert {event["account"] for event in events} == {seller}
    assert [_change(event) for event in events] == [
        ("transfers", "inactive", "active"),
        ("card_payments", "unrequested", "active"),
        ("transfers", "active", "inactive"),
        ("card_payments", "active", "inactive"),
    ]
    kinds = [event["type"] for event in sandbox.events()]
    assert kinds.count("account.updated") == 4


def _change(event: Any) -> tuple[str, str, str]:
    capability = event["data"]["object"]
    return capability["id"], event["data"]["previous_attributes"]["status"], capability["status"]


def test_capabilities_are_read_one_by_one_and_listed(
    client: stripe.StripeClient, seller: str
) -> None:
    """Only those that the account asked for."""
    capabilities = client.v1.accounts.capabilities

    [listed] = capabilities.list(seller).data
    read = capabilities.retrieve(seller, "transfers")

    assert (listed.id, read.status, read.account) == ("transfers", "active", seller)
    assert set(read.to_dict()) == set(stripe.Capability.__annotations__) - {"OBJECT_NAME"}
    with pytest.raises(stripe.InvalidRequestError, match="No such capability"):
        capabilities.retrieve(seller, "card_payments")
