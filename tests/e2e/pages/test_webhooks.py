import json
from collections.abc import Mapping
from io import BytesIO

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from typed_settings.types import SecretStr
from werkzeug.test import TestResponse, create_environ, run_wsgi_app

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.automations import Automation
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Ready
from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.pages.webhooks import LONGEST_MESSAGE
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site

PATHS = ["/webhooks/stripe", "/webhooks/stripe-connect"]
BOTH = pytest.mark.parametrize("path", PATHS)
EVERY = pytest.mark.parametrize("path", [*PATHS, "/webhooks/clerk"])
SECRETS = (SecretStr("whsec_1"),)


PAYMENT_PORTS = ("payments", "payout_accounts", "payment_webhooks", "connect_webhooks")


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


@pytest.fixture
def order(market: Marketplace, buyer: Principal, automation: Automation) -> Order:
    """An order of Bo's that was paid at the provider's."""
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.pay(order.checkout.id)
    return order


def message(market: Marketplace, order: Order) -> tuple[bytes, Mapping[str, str]]:
    """The provider's message that the order's session was paid."""
    assert order.checkout is not None
    return market.provider.event_of(order.checkout.id)


def deliver(
    site: Site, payload: bytes, headers: Mapping[str, str], path: str = "/webhooks/stripe"
) -> TestResponse:
    """Send a message as the provider does."""
    return site.app.test_client().post(
        path, data=payload, headers=dict(headers), base_url="http://127.0.0.1:8000"
    )


def test_a_signed_message_makes_the_purchase_once(
    site: Site, market: Marketplace, buyer: Principal, order: Order
) -> None:
    """However often it comes, it is answered 200 and there is one purchase."""
    answers = [deliver(site, *message(market, order)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert market.orders.get(order.id).state is OrderState.PAID
    assert len(market.view_library(buyer).items) == 1
    assert "Set-Cookie" not in answers[0].headers


def test_an_account_message_makes_the_seller_ready(site: Site, market: Marketplace) -> None:
    """The Connect address takes what concerns payout accounts."""
    dan = market.person("dan")
    account = market.onboard_seller(dan, HOME).seller.account_id
    market.provider.complete_onboarding(account)

    answer = deliver(site, *market.provider.account_event(account), "/webhooks/stripe-connect")

    assert answer.status_code == 200
    seller = market.view_seller(dan)
    assert seller is not None
    assert seller.status == Ready()


def bad_signatures(headers: Mapping[str, str]) -> list[dict[str, str]]:
    """Headers that prove nothing."""
    (name,) = headers
    return [{}, {name: ""}, {name: "t=1"}, {name: "v0=abc"}, {name: "t=1,v1=é"}]


@BOTH
def test_unproven_messages_are_refused(
    site: Site, market: Marketplace, order: Order, path: str
) -> None:
    """Missing, empty and garbled signatures change nothing."""
    payload, headers = message(market, order)

    for forged in bad_signatures(headers):
        answer = deliver(site, payload, forged, path)
        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
        assert answer.json is not None
        assert answer.json["code"] == "unverified_message"
    assert market.orders.get(order.id).state is OrderState.OPEN


def test_a_changed_message_is_refused(site: Site, market: Marketplace, order: Order) -> None:
    """One byte more, or the same object written anew, is another message."""
    payload, headers = message(market, order)
    anew = json.dumps(json.loads(payload), indent=1).encode()

    for changed in (payload + b" ", anew, b"", b"\xff\xfe", b"[" * 100_000):
        assert deliver(site, changed, headers).status_code == 400
    assert market.orders.get(order.id).state is OrderState.OPEN


def test_a_stale_message_is_refused(site: Site, market: Marketplace, order: Order) -> None:
    """Five minutes are enough."""
    payload, headers = message(market, order)
    market.pass_time(minutes=6)

    assert deliver(site, payload, headers).status_code == 400


@EVERY
def test_what_is_too_large_is_not_even_looked_at(site: Site, path: str) -> None:
    """256 KiB are the most, whether or not the length is announced."""
    large = b"x" * (LONGEST_MESSAGE + 1)
    environ = create_environ(path, "http://127.0.0.1:8000", method="POST")
    environ |= {"wsgi.input": BytesIO(large), "wsgi.input_terminated": True}

    announced = deliver(site, large, {}, path)
    _, chunked, _ = run_wsgi_app(site.app, environ)

    assert announced.status_code == 413
    assert chunked.startswith("413 ")


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_encoded_messages_are_refused(
    site: Site, market: Marketplace, order: Order, encoding: str
) -> None:
    """The bytes are signed as they are; nobody encodes them."""
    payload, headers = message(market, order)

    assert deliver(site, payload, {**headers, "Content-Encoding": encoding}).status_code == 415
    assert deliver(site, payload, {**headers, "Content-Encoding": "identity"}).status_code == 200


@EVERY
def test_messages_are_only_posted(site: Site, path: str) -> None:
    """GET is no way, and nothing redirects."""
    answer = site.anybody().get(path)

    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.mimetype == "application/problem+json"


def test_a_provider_that_is_down_makes_the_message_come_again(
    site: Site, market: Marketplace, buyer: Principal, order: Order
) -> None:
    """503 with Retry-After now, and one purchase once it is up again."""
    payload, headers = message(market, order)
    with market.provider.outage():
        refused = deliver(site, payload, headers)

    again = deliver(site, payload, headers)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert again.status_code == 200
    assert len(market.view_library(buyer).items) == 1


@EVERY
def test_without_a_secret_there_is_no_such_address(market: Marketplace, path: str) -> None:
    """An unconfigured endpoint verifies nothing, so it takes nothing."""
    told = evolve(
        market.container.settings(),
        payments="stripe",
        identity="clerk",
    )
    for port in (*PAYMENT_PORTS, "identity", "people_webhooks"):
        getattr(market.container, port).override(Object(getattr(market, port, None)))
    market.container.settings.override(Object(told))
    site = Site(market, create_app(market.container))

    answer = deliver(site, b"{}", {"Stripe-Signature": "t=1,v1=x"}, path)

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("secrets", "statuses"),
    [
        (StripeSettings(webhook_secrets=(), connect_webhook_secrets=SECRETS), [404, 400]),
        (StripeSettings(webhook_secrets=SECRETS, connect_webhook_secrets=()), [400, 404]),
        (StripeSettings(webhook_secrets=(), connect_webhook_secrets=()), [404, 404]),
    ],
)
def test_endpoint_that_is_switched_off_leaves_the_other_alone(
    market: Marketplace, secrets: StripeSettings, statuses: list[int]
) -> None:
    """One takes nothing, the other goes on."""
    told = evolve(market.container.settings(), payments="stripe").having(secrets)
    for port in ("payments", "payout_accounts", "payment_webhooks"):
        getattr(market.container, port).override(Object(getattr(market, port)))
    market.container.connect_webhooks.override(Object(market.payment_webhooks))
    market.container.settings.override(Object(told))
    site = Site(market, create_app(market.container))

    forged = {"Stripe-Signature": "t=1,v1=x"}
    assert statuses == [deliver(site, b"{}", forged, path).status_code for path in PATHS]
