from typing import Any

import pytest
from flask import Flask

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.domain.model.automations import Automation
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.entrypoints.web.api.operations import Access
from koda.entrypoints.web.api.table import OPERATIONS
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import PREFIX, Api, Document, code_of
from tests.e2e.api.conftest import mounted

LIMITED = [
    operation
    for operation in OPERATIONS
    if operation.limit and operation.access is not Access.PUBLIC
]
RATES = {operation.limit: "1/hour" for operation in LIMITED if operation.limit}


@pytest.fixture
def marketplace() -> Marketplace:
    """A marketplace in which everybody may do everything once an hour."""
    return Marketplace(rate_limiter=MemoryRateLimiter(RATES))


def call(api: Api, operation: Any, **options: Any) -> Any:
    """Call an operation with too little, which counts all the same."""
    path = operation.path.format(automation_id="aut_1")
    return api.call(operation.method, path, **options)


def test_what_costs_something_elsewhere_is_limited() -> None:
    """Searches, checkout, downloads, uploads, files and the provider's links."""
    assert {operation.name: operation.limit for operation in OPERATIONS if operation.limit} == {
        "browse_catalogue": "search",
        "suggest_searches": "suggest",
        "checkout": "checkout",
        "download": "download",
        "onboard_seller": "onboarding",
        "confirm_onboarding": "onboarding",
        "open_dashboard": "onboarding",
        "request_upload": "upload",
        "submit_automation": "submit",
        "revise_automation": "submit",
        "release_version": "submit",
    }


@pytest.mark.parametrize("operation", LIMITED, ids=lambda operation: operation.name)
def test_a_user_who_comes_too_often_waits(operation: Any, buying: Api, moderating: Api) -> None:
    """By user, with the seconds to wait; others are not held up."""
    assert call(buying, operation).status_code != 429
    refused = call(buying, operation)
    assert (refused.status_code, code_of(refused)) == (429, "too_many")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert call(moderating, operation).status_code != 429


@pytest.mark.parametrize("operation", LIMITED, ids=lambda operation: operation.name)
def test_a_visitor_who_comes_too_often_waits(operation: Any, api: Api) -> None:
    """By address, which no header of the visitor's own changes."""
    assert call(api, operation).status_code == 401
    spoofed = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    assert call(api, operation, headers=spoofed).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert call(api, operation, environ_overrides=elsewhere).status_code == 401


def test_a_visitor_who_searches_too_often_waits(document: Document) -> None:
    """For what the cache does not hold, whatever their token, which is not read."""
    limiter = MemoryRateLimiter({"search": "1/hour"})
    market = Marketplace(rate_limiter=limiter)
    api = Api(mounted(market).test_client(), market, document)
    assert [api.get("/automations", q=q).status_code for q in ("a", "a", "b")] == [200, 200, 429]
    refused = api.signed_in(market.person("bea")).get("/automations", q="b")
    assert (refused.status_code, code_of(refused)) == (429, "too_many")
    elsewhere = {"REMOTE_ADDR": "203.0.113.7"}
    assert (
        api.call(
            "GET", "/automations", query_string={"q": "b"}, environ_overrides=elsewhere
        ).status_code
        == 200
    )


def test_a_visitor_who_types_too_fast_has_no_suggestions(document: Document) -> None:
    """They may search all the same."""
    market = Marketplace(rate_limiter=MemoryRateLimiter({"suggest": "2/hour"}))
    api = Api(mounted(market).test_client(), market, document)
    asked = [api.get("/suggestions", q=q) for q in ("a", "ab", "abc")]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert asked[-1].headers["Cache-Control"] == "no-store"
    assert api.get("/automations", q="abc").status_code == 200


def test_what_is_not_limited_goes_on(api: Api, automation: Automation) -> None:
    """Looking around is free."""
    assert {api.get("/automations").status_code for _ in range(5)} == {200}


def test_pages_and_api_count_together(buying: Api, document: Document) -> None:
    """Two mounts of one marketplace share a user's limit."""
    app = Flask("second")
    app.register_blueprint(api_blueprint(buying.marketplace.container), url_prefix=PREFIX)
    second = Api(app.test_client(), buying.marketplace, document, buying.token)
    assert buying.post("/seller/onboarding", {"country": "DE"}).status_code == 200
    assert second.post("/seller/onboarding").status_code == 429
