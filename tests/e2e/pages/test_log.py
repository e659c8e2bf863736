"""What is told of requests: every refusal that matters, under its id, without secrets."""

import logging

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from flask import Flask
from flask.testing import FlaskClient

from koda.adapters.memory.browser_sessions import SESSION
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.domain.model.people import Principal
from koda.entrypoints.logs import request_id
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.marketplace import koda_blueprint
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site

BASE = "http://127.0.0.1:8000"
TOKEN = "a-token-that-nobody-may-read"
GIVEN = {"X-Request-ID": "req-1"}


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, object, object, object]]:
    """Level, code, view and request id of each line of the web's."""
    return [
        (
            record.levelname,
            getattr(record, "code", None),
            getattr(record, "view", None),
            getattr(record, "request_id", None),
        )
        for record in caplog.records
        if record.name in {"koda.web", "koda.audit"}
    ]


@pytest.fixture
def client(site: Site, caplog: pytest.LogCaptureFixture) -> FlaskClient:
    """A program that asks the site, whose log is read."""
    caplog.set_level(logging.INFO, "koda")
    return site.app.test_client()


def test_request_id_is_taken_and_told(client: FlaskClient) -> None:
    """What a proxy gives goes through."""
    assert client.get("/", base_url=BASE, headers=GIVEN).headers["X-Request-ID"] == "req-1"


@pytest.mark.parametrize("given", ["", "a b", 'x"', "é", "x" * 65, "<script>"])
def test_odd_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    """Nothing that could be read as something else comes into the log."""
    answer = client.get("/nowhere", base_url=BASE, headers={"X-Request-ID": given})

    assert answer.headers["X-Request-ID"] not in {given, ""}


def test_no_id_is_left_behind(client: FlaskClient) -> None:
    """The next request of the thread has one of its own."""
    client.get("/", base_url=BASE, headers=GIVEN)

    assert request_id.get() == ""


def test_token_that_does_not_hold_is_a_warning(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """And is not repeated."""
    headers = GIVEN | {"Authorization": f"Bearer {TOKEN}"}

    client.get("/api/v1/library", base_url=BASE, headers=headers)

    assert told(caplog) == [("WARNING", "not_authenticated", "koda.api.view_library", "req-1")]
    assert TOKEN not in caplog.text


def test_visitor_who_has_to_sign_in_is_no_warning(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing was tried."""
    client.get("/library", base_url=BASE, headers=GIVEN)

    assert told(caplog) == [("INFO", "not_authenticated", "koda.library", "req-1")]


def test_what_somebody_may_not_do_is_told_with_their_id(
    market: Marketplace, client: FlaskClient, buyer: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    """Over the API, too."""
    item = market.list_automation(market.ready_seller("ada"))
    token = market.identity.sign_in(buyer.user_id)

    client.post(
        f"/api/v1/library/{item.id}/download",
        base_url=BASE,
        headers=GIVEN | {"Authorization": f"Bearer {token}"},
    )

    assert told(caplog) == [("WARNING", "not_bought", "koda.api.download", "req-1")]
    assert caplog.records[-1].user_id == buyer.user_id  # type: ignore[attr-defined]


def test_forged_form_is_told(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """It carries no token of this site's."""
    client.post("/basket/add", base_url=BASE, headers=GIVEN, data={"id": "aut_1"})

    assert [line[:2] for line in told(caplog)] == [("WARNING", "csrf")]


def test_forged_message_is_told(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever holds the secret wrong finds it here."""
    client.post("/webhooks/stripe", base_url=BASE, headers=GIVEN, data=b"{}")

    assert told(caplog) == [("WARNING", "unverified_message", "koda.stripe_webhook", "req-1")]


def test_limit_that_is_reached_is_told(
    market: Marketplace, buyer: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    """With who reached it."""
    item = market.list_automation(market.ready_seller("ada"))
    market.buy(buyer, item)
    limits = evolve(market.container.settings().limits, download="1/minute")
    market.container.rate_limiter.override(Object(MemoryRateLimiter(limits.rates)))
    browser = Site(market, create_app(market.container)).browser(buyer)
    caplog.set_level(logging.INFO, "koda")

    for _ in range(2):
        browser.post(f"/library/{item.id}/download")

    assert [line[:2] for line in told(caplog)] == [("WARNING", "too_many")]


def test_outage_is_told_once_a_request(
    market: Marketplace, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """The visitor hears when to come back, the operator what is down."""
    market.container.automations.override(Object(Failing(market.container.automations(), 1)))
    client = create_app(market.container).test_client()

    client.get("/automations/aut_1", base_url=BASE, headers=GIVEN)

    assert [line[:2] for line in told(caplog)] == [("WARNING", "unavailable")]


def test_bad_input_is_no_event(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    """Its sender is told."""
    client.get("/nowhere", base_url=BASE)
    client.get("/api/v1/automations?limit=0", base_url=BASE)

    assert told(caplog) == []


def test_admin_action_is_told(
    market: Marketplace,
    site: Site,
    seller: Principal,
    admin: Principal,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who did what to which listing."""
    item = market.list_automation(seller)
    browser = site.browser(admin)
    caplog.set_level(logging.INFO, "koda")
    browser.get(f"/automations/{item.id}")

    browser.post(f"/automations/{item.id}/suspend", reason="A buyer reported it.")

    assert suspended(caplog) == [(f"automation/{item.id}", admin.user_id, "done")]


def suspended(caplog: pytest.LogCaptureFixture) -> list[tuple[object, ...]]:
    """What each line is about, who acted, and how it ended."""
    return [
        tuple(vars(record)[name] for name in ("subject", "user_id", "outcome"))
        for record in caplog.records
        if record.name == "koda.audit"
    ]


def test_host_application_keeps_its_log(market: Marketplace) -> None:
    """Mounting the marketplace sets up no logging."""
    before = list(logging.getLogger().handlers), logging.getLogger().level
    app = Flask("host")
    app.secret_key = "s" * 32

    app.register_blueprint(koda_blueprint(market.container))

    assert (list(logging.getLogger().handlers), logging.getLogger().level) == before
    answer = app.test_client().get("/", headers=GIVEN)
    assert answer.headers["X-Request-ID"] == "req-1"


@pytest.mark.parametrize("path", ["/selling", "/api/v1/seller"])
def test_requests_in_somebody_elses_name_are_told_by_both_ids(
    market: Marketplace,
    client: FlaskClient,
    seller: Principal,
    caplog: pytest.LogCaptureFixture,
    path: str,
) -> None:
    """Pages and the API answer them; who acted for whom can be found later."""
    token = market.identity.sign_in(seller.user_id, impersonator="user_staff")
    client.set_cookie(SESSION, token, domain="127.0.0.1")

    answer = client.get(path, headers={"Authorization": f"Bearer {token}"}, base_url=BASE)

    (noted,) = [
        record for record in caplog.records if record.getMessage() == "Impersonated request"
    ]
    assert answer.status_code == 200
    assert noted.user_id == seller.user_id  # type: ignore[attr-defined]
    assert noted.impersonator == "user_staff"  # type: ignore[attr-defined]
