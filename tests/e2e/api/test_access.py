from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve
from dependency_injector.providers import Object
from flask import Flask

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotAuthenticated, Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Principal
from koda.entrypoints.web.api.blueprint import Resource, root_of
from koda.entrypoints.web.api.operations import Access
from koda.entrypoints.web.api.table import OPERATIONS
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import Api, Document, code_of, json_of
from tests.e2e.api.conftest import mounted
from tests.support.bodies import announcement

OPEN = (200, 200, 200, 200)
SIGNED_IN = (401, 200, 200, 200)
_HIDDEN = (401, 404, 404, 404)
"""Of an order that is a third user's."""
READY = (401, 409, 201, 409)
"""Only a seller who can be paid."""
WHY = {"reason": "A buyer reported it."}

ROUTES: Mapping[str, tuple[str, str, Any, tuple[int, int, int, int]]] = {
    "browse_catalogue": ("GET", "/automations", None, OPEN),
    "suggest_searches": ("GET", "/suggestions", None, OPEN),
    "view_automation": ("GET", "/automations/{automation}", None, OPEN),
    "check_basket": ("POST", "/basket", {"automation_ids": ["{automation}"]}, OPEN),
    "checkout": (
        "POST",
        "/checkout",
        {"automation_ids": ["{automation}"]},
        (401, 201, 409, 201),
    ),
    "list_orders": ("GET", "/orders", None, SIGNED_IN),
    "view_order": ("GET", "/orders/{order}", None, _HIDDEN),
    "ask_for_refund": ("POST", "/orders/{order}/lines/1/refund-request", WHY, _HIDDEN),
    "withdraw_refund_request": (
        "POST",
        "/orders/{order}/lines/1/refund-request/withdraw",
        None,
        _HIDDEN,
    ),
    "view_refund_requests": ("GET", "/sales/refund-requests", None, SIGNED_IN),
    "refund_line": ("POST", "/orders/{order}/lines/1/refund", WHY, (401, 404, 409, 409)),
    "refuse_refund": (
        "POST",
        "/orders/{order}/lines/1/refund-request/refuse",
        WHY,
        (401, 404, 409, 409),
    ),
    "view_library": ("GET", "/library", None, SIGNED_IN),
    "download": ("POST", "/library/{automation}/download", None, (401, 403, 200, 403)),
    "onboard_seller": ("POST", "/seller/onboarding", {"country": "DE"}, SIGNED_IN),
    "confirm_onboarding": ("POST", "/seller/confirm", None, (401, 404, 200, 404)),
    "view_seller": ("GET", "/seller", None, SIGNED_IN),
    "open_dashboard": ("POST", "/seller/dashboard", None, (401, 404, 200, 404)),
    "view_sales": ("GET", "/sales", None, SIGNED_IN),
    "request_upload": (
        "POST",
        "/uploads",
        announcement(),
        READY,
    ),
    "inspect_upload": ("GET", "/uploads/{upload}/inspection", None, (401, 404, 200, 404)),
    "submit_automation": ("POST", "/automations", "submission", READY),
    "revise_automation": (
        "PATCH",
        "/automations/{automation}",
        {"title": "Another title"},
        (401, 404, 200, 404),
    ),
    "release_version": (
        "POST",
        "/automations/{automation}/releases",
        {"version": "2.0.0", "artifact": "{upload}"},
        (401, 404, 201, 404),
    ),
    "withdraw_automation": (
        "POST",
        "/automations/{automation}/withdraw",
        None,
        (401, 404, 200, 404),
    ),
    "view_listings": ("GET", "/seller/automations", None, SIGNED_IN),
    "suspend_automation": (
        "POST",
        "/automations/{automation}/suspend",
        WHY,
        (401, 403, 403, 200),
    ),
    "approve_automation": (
        "POST",
        "/automations/{automation}/approve",
        WHY,
        (401, 403, 403, 409),
    ),
    "reject_automation": (
        "POST",
        "/automations/{automation}/reject",
        WHY,
        (401, 403, 403, 409),
    ),
    "reinstate_automation": (
        "POST",
        "/automations/{automation}/reinstate",
        WHY,
        (401, 403, 403, 409),
    ),
}
"""Every operation: how it is called, and what a visitor, another user, the seller and an admin get.

The order is that of a third user.
"""
CALLERS = ("visitor", "other", "seller", "admin")


@pytest.fixture
def callers(api: Api, bea: Principal, ada: Principal, root: Principal) -> Mapping[str, Api]:
    """The API as each kind of caller calls it."""
    known = zip(CALLERS[1:], (bea, ada, root), strict=True)
    return {"visitor": api, **{name: api.signed_in(person) for name, person in known}}


def filled(body: Any, names: Mapping[str, str]) -> Any:
    """`body` with the ids of things that exist."""
    if isinstance(body, str):
        return body.format_map(names)
    if isinstance(body, list):
        return [filled(value, names) for value in body]
    if isinstance(body, dict):
        return {name: filled(value, names) for name, value in body.items()}
    return body


def test_the_matrix_names_every_operation() -> None:
    """An operation that is added must say who may call it."""
    assert {
        operation.name: (operation.method, operation.path.count("/")) for operation in OPERATIONS
    } == {name: (method, path.count("/")) for name, (method, path, _, _) in ROUTES.items()}


@pytest.mark.parametrize("position", range(4), ids=CALLERS)
@pytest.mark.parametrize("name", ROUTES)
def test_each_caller_gets_what_is_theirs(
    name: str, position: int, callers: Mapping[str, Api], automation: Automation
) -> None:
    """Every operation called by a visitor, another user, the seller and an admin."""
    method, path, body, expected = ROUTES[name]
    caller, seller = callers[CALLERS[position]], callers["seller"]
    market = seller.marketplace
    names = {
        "automation": automation.id,
        "order": market.order(market.person("cleo"), automation).id,
        "upload": seller.upload(),
    }
    sent = seller.submission() if body == "submission" else filled(body, names)
    options = {} if sent is None else {"json": sent}
    answer = caller.call(method, path.format_map(names), **options)
    assert answer.status_code == expected[position], answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_a_token_that_does_not_hold_is_refused(operation: Any, api: Api) -> None:
    """Wherever a token is read, also where none is needed."""
    path = operation.path.format(
        automation_id="aut_1", order_id="ord_1", line="1", upload_id="upl_1"
    )
    headers = {"Authorization": "Bearer forged"}
    answer = api.call(operation.method, path, headers=headers)
    if operation.access is Access.PUBLIC:
        assert answer.status_code == 200
    else:
        assert (answer.status_code, code_of(answer)) == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_visitor_is_asked_for_a_bearer_token(api: Api) -> None:
    """The challenge says of what kind, and blames no token where there was none."""
    refused = api.get("/library")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "header",
    [
        "Basic YTpi",
        "Bearer",
        "Bearer ",
        "",
        "Token x",
        "Bearer a b",
        "\xe9",
        "Bearer " + "x" * 200_000,
    ],
    ids=["basic", "no token", "blank", "empty", "scheme", "two", "latin", "200 kB"],
)
def test_other_credentials_are_refused(header: str, api: Api) -> None:
    """Never a 500, whatever stands in the header."""
    refused = api.call("GET", "/library", headers={"Authorization": header})
    assert (refused.status_code, code_of(refused)) == (401, "not_authenticated")


def test_the_scheme_is_read_without_case(buying: Api) -> None:
    """`bearer` is as good as `Bearer` (RFC 9110, 11.1)."""
    headers = {"Authorization": f"bearer {buying.token}"}
    answer = buying.http.get("/api/v1/library", headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["__session", "koda", "session", "__Host-koda"])
def test_a_cookie_is_no_credential(name: str, buying: Api, api: Api) -> None:
    """What a browser sends by itself opens nothing, so no form can be forged."""
    assert buying.token is not None
    api.http.set_cookie(name, buying.token)
    assert api.get("/library").status_code == 401


@pytest.mark.parametrize("cookie", ['x={"a":1, b}', "__session=a; __session=b", "\xff", "=;;="])
def test_a_malformed_cookie_is_not_even_read(cookie: str, buying: Api) -> None:
    """A bearer token holds beside any cookie."""
    answer = buying.call("GET", "/library", headers={"Cookie": cookie})
    assert answer.status_code == 200


def test_a_session_that_ended_is_refused(buying: Api) -> None:
    """Signing out is at once."""
    json_of(buying.get("/library"))
    assert buying.token is not None
    buying.marketplace.identity._principals.pop(buying.token)
    assert buying.get("/library").status_code == 401


def test_an_admin_is_one_by_the_identity_alone(buying: Api, automation: Automation) -> None:
    """A role that a client claims is none."""
    headers = {"X-Admin": "true", "X-Role": "admin"}
    path = f"/automations/{automation.id}/suspend"
    refused = buying.call("POST", path, headers=headers, json=WHY, query_string={"admin": "true"})
    assert refused.status_code == 422
    assert code_of(buying.call("POST", path, headers=headers, json=WHY)) == "forbidden"


def test_an_operation_that_needs_a_caller_never_runs_without(api: Api) -> None:
    """Even if its entry in the table forgot to ask for one."""
    listed = next(operation for operation in OPERATIONS if operation.name == "view_library")
    forgetful = evolve(listed, access=Access.PUBLIC)
    resource = Resource(root_of(api.marketplace.container), {"GET": forgetful})
    app = Flask("forgetful")
    with app.test_request_context("/library"), pytest.raises(NotAuthenticated):
        resource()


class DownPeople:
    """What is known of users cannot be read."""

    def find(self, user_id: object) -> None:
        """Fail as the store does."""
        raise Unavailable("store")


def test_without_the_store_nobody_is_let_in(
    marketplace: Marketplace, bea: Principal, document: Document
) -> None:
    """Whether the caller was deleted cannot be told now: come again."""
    marketplace.container.people.override(Object(DownPeople()))
    api = Api(mounted(marketplace).test_client(), marketplace, document)
    answer = api.signed_in(bea).get("/library")

    assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_deleted_user_is_refused(buying: Api) -> None:
    """However good the token still is."""
    assert buying.get("/library").status_code == 200
    buying.marketplace.people.remove(UserId("user_bea"), NOON)
    answer = buying.get("/library")

    assert (answer.status_code, code_of(answer)) == (401, "not_authenticated")
