"""Answers and events have the shapes that Stripe's own OpenAPI document gives them."""

from collections.abc import Iterator

import pytest
import requests
import stripe

from packages.paysandbox.tests import openapi
from packages.paysandbox.tests.arrange import ACCOUNT, connect, open_seller, session_of
from paysandbox import Sandbox
from paysandbox.version import API_VERSION

pytestmark = pytest.mark.skipif(
    not openapi.DOCUMENT.exists(),
    reason=f"No OpenAPI document of Stripe's at {openapi.DOCUMENT}: name it in KODA_STRIPE_OPENAPI",
)


LATE = 3600
"""Seconds: the charges that are not captured by hand stay without what a capture brings."""


@pytest.fixture(scope="module")
def busy() -> Iterator[Sandbox]:
    """A sandbox in which everything has happened once."""
    with Sandbox.start(strict=True) as sandbox:
        client = connect(sandbox)
        live_through(sandbox, client)
        yield sandbox


def live_through(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    """Accounts, payments of every outcome, transfers, refunds and disputes."""
    client.v1.accounts.create(ACCOUNT)
    seller = open_seller(sandbox, client)
    split = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    create = client.v1.checkout.sessions.create
    first, second, third, fourth = (
        create(session_of(1000, 200, payment_intent_data=data))
        for data in (split, split, {"transfer_group": "g"}, {})
    )
    sandbox.pay(first.id)
    sandbox.capture(first.id)
    sandbox.refund(first.id, 100, reverse_transfer=True, refund_application_fee=True)
    for status in ("pending", "requires_action", "failed"):
        sandbox.plan_refund(status)
        sandbox.refund(first.id, 100)
    sandbox.decline(second.id)
    sandbox.pay_later(second.id)
    sandbox.settle(second.id)
    sandbox.pay(third.id)
    sandbox.dispute(third.id)
    sandbox.close_dispute(third.id, won=True)
    sandbox.dispute(third.id, amount=10, status="prevented")
    client.v1.transfers.create({"amount": 5, "currency": "eur", "destination": seller})
    sandbox.top_up(50)
    sandbox.pay_out("platform", 50)
    sandbox.pay_later(fourth.id)
    sandbox.settle(fourth.id, succeed=False)
    vouchers = [create(session_of(700)).id for _ in range(3)]
    for voucher in vouchers:
        sandbox.pay_by_voucher(voucher)
    sandbox.settle(vouchers[0])
    sandbox.settle(vouchers[1], succeed=False)
    client.v1.checkout.sessions.expire(create(session_of(500)).id)
    client.v1.webhook_endpoints.create({"url": "http://x.test/", "enabled_events": ["*"]})
    sandbox.require(seller, ["external_account"], sandbox.clock.now() + 60)
    sandbox.restrict(seller)


KINDS = [
    ("account", "account"),
    ("application_fee", "application_fee"),
    ("balance_transaction", "balance_transaction"),
    ("charge", "charge"),
    ("checkout.session", "checkout.session"),
    ("dispute", "dispute"),
    ("event", "event"),
    ("fee_refund", "fee_refund"),
    ("item", "item"),
    ("payment_intent", "payment_intent"),
    ("payout", "payout"),
    ("product", "product"),
    ("refund", "refund"),
    ("topup", "topup"),
    ("transfer", "transfer"),
    ("transfer_reversal", "transfer_reversal"),
    ("webhook_endpoint", "webhook_endpoint"),
]


@pytest.mark.parametrize(("kind", "schema"), KINDS)
def test_every_kept_object_has_its_shape(busy: Sandbox, kind: str, schema: str) -> None:
    """No required field lacks, none has a wrong type, none is made up."""
    found = busy.objects(kind)

    assert found
    assert [fault for body in found for fault in openapi.faults_of(schema, body)] == []


def test_every_event_carries_an_object_of_its_shape(busy: Sandbox) -> None:
    """What an event tells of has the shape that its `object` field names."""
    told = [event["data"]["object"] for event in busy.events()]
    # The document at hand, a part of the whole, lacks these two.
    judged = [body for body in told if body["object"] not in {"application", "capability"}]

    assert [fault for body in judged for fault in openapi.faults_of(body["object"], body)] == []


def test_answers_that_are_not_kept_have_their_shape(busy: Sandbox) -> None:
    """Links and balances are judged too."""
    client = connect(busy)
    account = client.v1.accounts.list().data[0].id
    link = client.v1.account_links.create(
        {
            "account": account,
            "type": "account_onboarding",
            "refresh_url": "http://x.test/",
            "return_url": "http://x.test/",
        }
    )
    login = client.v1.accounts.login_links.create(account)
    balance = client.v1.balance.retrieve()

    assert openapi.faults_of("account_link", link.to_dict()) == []
    assert openapi.faults_of("login_link", login.to_dict()) == []
    assert openapi.faults_of("balance", balance.to_dict()) == []


def test_errors_have_their_shape(busy: Sandbox) -> None:
    """A refusal is an error object of Stripe's."""
    client = connect(busy)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.charges.retrieve("ch_none")

    assert openapi.faults_of("error", caught.value.json_body) == []


def test_expanded_answer_has_its_shape(busy: Sandbox) -> None:
    """Expanded objects stand where their ids stood."""
    paid = busy.objects("checkout.session")[0]["id"]
    address = f"{busy.stripe_url}/v1/checkout/sessions/{paid}"
    expand = ["payment_intent.latest_charge.refunds", "line_items.data.price.product"]

    answer = requests.get(
        address, {"expand[]": expand}, auth=(busy.secret_key, ""), timeout=10
    ).json()

    assert openapi.faults_of("checkout.session", answer) == []
    assert answer["payment_intent"]["latest_charge"]["refunds"]["data"][0]["amount"] == 100
    assert answer["line_items"]["data"][0]["price"]["product"]["name"] == "Automation 0"


def test_version_is_the_one_that_the_library_pins() -> None:
    """PaymentInbox and answers name the API version of the installed library."""
    assert stripe.api_version == API_VERSION
