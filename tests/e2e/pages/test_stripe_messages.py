"""Stripe's own messages over HTTP, read by the adapter that production runs."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from dependency_injector.providers import Object
from werkzeug.test import TestResponse

from koda.adapters.stripe.payment_webhooks import StripePaymentWebhooks
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.entrypoints.web.app import create_app
from koda.testing.examples import NOON
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from paysandbox.signing import sign_stripe
from tests.e2e.pages.conftest import Site, sandboxed
from tests.support.sessions import session

OLD, NEW, CONNECT = "whsec_old", "whsec_new", "whsec_connect"
SECONDS = int(NOON.timestamp())
ACCOUNT = "/webhooks/stripe-connect"


@pytest.fixture
def market() -> Marketplace:
    """A marketplace in memory to which Stripe's messages come."""
    made = sandboxed(Marketplace())
    own = StripePaymentWebhooks((NEW, OLD), made.clock, connect=False)
    connect = StripePaymentWebhooks((CONNECT,), made.clock, connect=True)
    made.container.payment_webhooks.override(Object(own))
    made.container.connect_webhooks.override(Object(connect))
    return made


@pytest.fixture
def order(market: Marketplace, seller: Principal, buyer: Principal) -> Order:
    """An order of Bo's that was paid, of which the marketplace knows nothing yet."""
    order = market.order(buyer, market.list_automation(seller))
    market.provider.pay(session(order))
    return order


def told(order: Order, **changes: Any) -> dict[str, Any]:
    """Stripe's message that the order's session was completed."""
    return {
        "id": "evt_1",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": session(order), "object": "checkout.session"}},
        **changes,
    }


def post(
    site: Site,
    body: Any,
    *signers: str,
    seconds: int = SECONDS,
    headers: Mapping[str, str] | None = None,
    path: str = "/webhooks/stripe",
) -> TestResponse:
    """Deliver a body as Stripe does: signed, by default with the new secret."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    signed = sign_stripe(payload, list(signers or (NEW,)), seconds)
    return site.app.test_client().post(
        path,
        data=payload,
        headers=signed if headers is None else dict(headers),
        content_type="application/json; charset=utf-8",
        base_url="http://127.0.0.1:8000",
    )


def untouched(market: Marketplace, order: Order) -> bool:
    """Whether nothing came of anything."""
    return market.orders.get(order.id) == order and market.payment_inbox.pending(10) == ()


@pytest.fixture
def opened(market: Marketplace, order: Order) -> Order:
    """The order as the store has it before any message."""
    return market.orders.get(order.id)


@pytest.mark.parametrize(
    "header",
    [None, "", "garbage", "t=1", f"t={SECONDS}", f"t={SECONDS},v0={'a' * 64}", "t=1,v1=\xe9"],
)
def test_header_that_is_no_signature_writes_nothing(
    site: Site, market: Marketplace, opened: Order, header: str | None
) -> None:
    """400, whatever stands there."""
    headers = {} if header is None else {"Stripe-Signature": header}

    assert post(site, told(opened), headers=headers).status_code == 400
    assert untouched(market, opened)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{}", b'"x"', b"no JSON", b"[" * 100_000, b"\xff\xfe", b'{"id": NaN}'],
    ids=lambda body: body[:8].decode("latin-1"),
)
def test_signed_nonsense_is_refused(
    site: Site, market: Marketplace, opened: Order, body: bytes
) -> None:
    """400 and never 500, though the signature is right."""
    assert post(site, body).status_code == 400
    assert untouched(market, opened)


@pytest.mark.parametrize(("seconds", "status"), [(-301, 400), (-300, 200), (300, 200), (301, 400)])
def test_time_of_signing_counts_both_ways(
    site: Site, order: Order, seconds: int, status: int
) -> None:
    """Five minutes in the past or in the future are the most."""
    assert post(site, told(order), seconds=SECONDS + seconds).status_code == status


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), (OLD, NEW), ("whsec_third", OLD)])
def test_either_secret_holds_while_one_is_rolled(
    site: Site, market: Marketplace, buyer: Principal, order: Order, signers: tuple[str, ...]
) -> None:
    """The purchase is made by a message under the old secret, the new one or both."""
    assert post(site, told(order), *signers).status_code == 200
    assert len(market.view_library(buyer).items) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"livemode": True},
        {"type": "invoice.paid"},
        {"type": "something.new", "api_version": "2031-01-01.future", "novelty": {"a": [None]}},
        {"type": "checkout.session.imagined"},
    ],
    ids=["livemode", "type", "version", "session"],
)
def test_what_is_nothing_to_koda_is_taken_and_forgotten(
    site: Site, market: Marketplace, opened: Order, changes: dict[str, Any]
) -> None:
    """200, so that it is not sent again, and nothing comes of it."""
    assert post(site, told(opened, **changes)).status_code == 200
    assert untouched(market, opened)


def test_new_fields_and_versions_hinder_nothing(
    site: Site, market: Marketplace, buyer: Principal, order: Order
) -> None:
    """Only the ids are read, which every version has."""
    message = told(order, api_version="2031-01-01.future", novelty={"deep": [1]})

    assert post(site, message).status_code == 200
    assert len(market.view_library(buyer).items) == 1


def test_each_address_refuses_what_belongs_to_the_other(
    site: Site, market: Marketplace, opened: Order
) -> None:
    """A connected account's message at the platform's address, and the reverse; either secret."""
    connected = told(opened, account="acct_ada")
    for secret in (NEW, CONNECT):
        assert post(site, connected, secret).status_code == 400
        assert post(site, told(opened), secret, path=ACCOUNT).status_code == 400
    assert untouched(market, opened)


@pytest.mark.parametrize("numbers", [("evt_1", "evt_1", "evt_1"), ("evt_1", "evt_2", "evt_3")])
def test_message_that_comes_again_makes_one_purchase(
    site: Site, market: Marketplace, buyer: Principal, order: Order, numbers: tuple[str, ...]
) -> None:
    """The same message or others about the same payment: 200 each time."""
    answers = [post(site, told(order, id=number)).status_code for number in numbers]

    assert answers == [200, 200, 200]
    assert len(market.view_library(buyer).items) == 1
    assert len(market.notices.sent) == 2


def test_message_about_nobody_s_session_is_kept_for_a_look(
    site: Site, market: Marketplace, opened: Order
) -> None:
    """200, since repeating helps nobody; no access, and the inbox shows it."""
    unknown = told(opened, data={"object": {"id": "cs_test_unknown"}})

    assert post(site, unknown).status_code == 200
    assert [entry.event_id for entry in market.payment_inbox.pending(10)] == ["evt_1"]
    assert market.orders.get(opened.id) == opened


def test_old_messages_about_an_account_change_nothing(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """What counts is the account as the provider has it now."""
    account = market.provider.open_account(seller.user_id)
    ready = {
        "id": "evt_late",
        "object": "event",
        "type": "account.updated",
        "livemode": False,
        "account": account,
        "data": {"object": {"id": account, "charges_enabled": True, "payouts_enabled": True}},
    }
    market.provider.restrict(account, Restricted(sentence("rejected")))

    assert post(site, ready, CONNECT, path=ACCOUNT).status_code == 200
    known = market.view_seller(seller)
    assert known is not None
    assert known.status == Restricted(sentence("rejected"))


@pytest.mark.parametrize(
    ("name", "nth"),
    [("payment_inbox", 1), ("payment_inbox", 2), ("orders", 1), ("orders", 2), ("purchases", 1)],
)
def test_store_that_is_down_makes_stripe_come_again(
    market: Marketplace, buyer: Principal, order: Order, name: str, nth: int
) -> None:
    """503 for now; up again, the repeat makes the one purchase."""
    working = getattr(market, name)
    provider = getattr(market.container, name)
    provider.override(Object(Failing(working, nth)))
    broken = post(Site(market, create_app(market.container)), told(order))
    provider.override(Object(working))

    again = post(Site(market, create_app(market.container)), told(order))

    assert broken.status_code == 503
    assert int(broken.headers["Retry-After"]) > 0
    assert again.status_code == 200
    assert len(market.view_library(buyer).items) == 1
    assert market.payment_inbox.pending(10) == ()


def test_live_marketplace_leaves_test_messages_alone(market: Marketplace, opened: Order) -> None:
    """The mode is that of the key in the settings."""
    live = StripePaymentWebhooks((NEW,), market.clock, live=True)
    market.container.payment_webhooks.override(Object(live))
    site = Site(market, create_app(market.container))

    assert post(site, told(opened)).status_code == 200
    assert untouched(market, opened)
    assert post(site, told(opened, livemode=True)).status_code == 200
    assert market.orders.get(opened.id).settled
