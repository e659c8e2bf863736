import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.entrypoints.web.api.blueprint import DOCUMENT
from koda.entrypoints.web.api.table import OPERATIONS
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of

BASE = "http://127.0.0.1:8000"
FORBIDDEN = re.compile(r"(?i)<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:")
"""Markup that the Content-Security-Policy would stop."""
SESSIONLESS = {"stripe_webhook", "stripe_connect_webhook", "clerk_webhook", "file_sent"}
"""Views whose callers prove themselves by a signature or a token in the address."""

# What each visitor gets where an id is Ada's automation: nobody, somebody else, Ada, an admin.
READING = {
    "catalogue": (200, 200, 200, 200),
    "automation": (200, 200, 200, 200),
    "basket": (200, 200, 200, 200),
    "checkout_resumed": (303, 303, 303, 303),
    "orders": (401, 200, 200, 200),
    "order": (401, 404, 404, 404),
    "ask_refund": (401, 404, 404, 404),
    "own_requests": (401, 200, 200, 200),
    "requests": (401, 403, 403, 200),
    "refuse_refund": (401, 404, 404, 404),
    "library": (401, 200, 200, 200),
    "selling": (401, 200, 200, 200),
    "onboarding_refresh": (401, 303, 303, 303),
    "onboarding_return": (401, 404, 303, 404),
    "submit": (401, 200, 200, 200),
    "describe": (401, 404, 404, 404),
    "edit": (401, 404, 200, 404),
    "release": (401, 404, 200, 404),
    "describe_release": (401, 404, 404, 404),
    "withdraw": (401, 404, 200, 404),
    "sales": (401, 200, 200, 200),
    "admin": (401, 403, 403, 200),
    "roles": (401, 403, 403, 200),
    "take_role": (401, 403, 403, 409),
    "admin_orders": (401, 403, 403, 200),
    "disputes": (401, 403, 403, 200),
    "evidence": (401, 403, 403, 404),
    "reviews": (401, 403, 403, 200),
    "review": (401, 403, 403, 404),
    "held_money": (401, 403, 403, 200),
    "seller_balances": (401, 403, 403, 200),
    "refund_list": (401, 403, 403, 200),
    "payment_events": (401, 403, 403, 200),
    "payment_event": (401, 403, 403, 404),
    "books": (401, 403, 403, 200),
    "books_check": (401, 403, 403, 200),
    "reconciliation": (401, 403, 403, 200),
    "statement": (401, 403, 403, 200),
    "statement_file": (401, 403, 403, 422),
    "own_statement": (401, 200, 200, 200),
    "own_statement_file": (401, 200, 200, 200),
    "order_history": (401, 403, 403, 404),
    "refund": (401, 404, 404, 404),
    "write_off": (401, 403, 403, 404),
    "assign_refund": (401, 403, 403, 404),
    "audit_log": (401, 403, 403, 200),
    "sandbox_sign_in": (200, 200, 200, 200),
    "preview": (404, 404, 404, 404),
    "file": (404, 404, 404, 404),
    "healthz": (200, 200, 200, 200),
    "readyz": (200, 200, 200, 200),
    "static": (404, 404, 404, 404),
}
WRITING = {
    "suspend": (401, 403, 403, 303),
    "reinstate": (401, 403, 403, 409),
    "approve": (401, 403, 403, 303),
    "reject": (401, 403, 403, 303),
    "payment_event_sent": (401, 403, 403, 404),
    "reconciliation_done": (401, 403, 403, 422),
    "roles_sent": (401, 403, 403, 422),
    "take_role_sent": (401, 403, 403, 409),
    "refund_sent": (401, 404, 404, 404),
    "ask_refund_sent": (401, 404, 404, 404),
    "withdraw_request": (401, 404, 404, 404),
    "refuse_refund_sent": (401, 404, 404, 404),
    "evidence_sent": (401, 403, 403, 404),
    "write_off_sent": (401, 403, 403, 404),
    "assign_refund_sent": (401, 403, 403, 404),
    "basket_add": (303, 303, 303, 303),
    "basket_remove": (303, 303, 303, 303),
    "checkout": (303, 422, 422, 422),
    "buy": (303, 303, 303, 303),
    "download": (401, 403, 303, 403),
    "onboarding": (401, 422, 303, 422),
    "onboarding_check": (401, 404, 303, 404),
    "payouts": (401, 404, 303, 404),
    "upload": (401, 415, 415, 415),
    "submit_sent": (401, 422, 422, 422),
    "describe_sent": (401, 404, 404, 404),
    "edit_sent": (401, 404, 422, 404),
    "release_sent": (401, 404, 422, 404),
    "describe_release_sent": (401, 404, 404, 404),
    "withdraw_sent": (401, 404, 303, 404),
    "sign_out": (303, 303, 303, 303),
    "sandbox_chosen": (404, 404, 404, 404),
    "file_sent": (404, 404, 404, 404),
    "stripe_webhook": (400, 400, 400, 400),
    "stripe_connect_webhook": (400, 400, 400, 400),
    "clerk_webhook": (400, 400, 400, 400),
}


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    """The pages' own routes by name; the API has a matrix of its own."""
    for rule in app.url_map.iter_rules():
        name = rule.endpoint.removeprefix("koda.")
        if "." not in name:
            yield name, rule


def address(rule: Rule, automation: Automation) -> str:
    """An address of a route, about `automation` where it is about any."""
    place = rule.rule.replace("<automation_id>", automation.id)
    return re.sub(r"<[^>]+>", "made-up", place)


@pytest.fixture
def visitors(site: Site, seller: Principal, buyer: Principal, admin: Principal) -> list[Browser]:
    """Nobody, somebody else, Ada and an admin."""
    return [site.anybody(), site.browser(buyer), site.browser(seller), site.browser(admin)]


def test_every_page_is_open_to_whom_it_should(
    site: Site, visitors: list[Browser], automation: Automation
) -> None:
    """Each route that reads answers nobody, another, the seller and an admin as the table says."""
    statuses = {
        name: tuple(visitor.get(address(rule, automation)).status_code for visitor in visitors)
        for name, rule in rules(site.app)
        if "GET" in (rule.methods or ())
    }

    assert statuses == READING


@pytest.mark.parametrize("name", WRITING)
def test_every_form_is_open_to_whom_it_should(
    site: Site, market: Marketplace, visitors: list[Browser], automation: Automation, name: str
) -> None:
    """Each route that changes something answers the four as the table says."""
    rule = dict(rules(site.app))[name]
    statuses = [
        visitor.post(address(rule, automation), reason="A buyer reported it.").status_code
        for visitor in visitors
    ]

    assert tuple(statuses) == WRITING[name]


def test_no_route_is_left_out_of_the_tables(site: Site) -> None:
    """A new route has a line in the tables, or this fails."""
    assert {name for name, _ in rules(site.app)} == {*READING, *WRITING}


def test_no_form_is_taken_without_the_token_of_its_session(
    site: Site, market: Marketplace, visitors: list[Browser], automation: Automation
) -> None:
    """Every route that changes something refuses a form from elsewhere, and changes nothing."""
    for name, rule in rules(site.app):
        if "POST" not in (rule.methods or ()) or name in SESSIONLESS:
            continue
        for visitor in visitors:
            for data in ({}, {"csrf_token": "forged"}):
                refused = visitor.client.post(address(rule, automation), data=data, base_url=BASE)
                assert refused.status_code == 403, name
                assert "csrf" in refused.text
    assert market.automations.get(automation.id) == automation


def test_a_token_of_another_session_is_refused(
    site: Site, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """A token is good for the session that it was made for."""
    ada, bo = site.browser(seller), site.browser(buyer)

    refused = ada.client.post(
        f"/selling/{automation.id}/withdraw", data={"csrf_token": bo.token}, base_url=BASE
    )

    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": BASE}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:9000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[evil"}, 403),
        ({"Origin": BASE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_form_of_another_site_is_refused_even_with_the_token(
    site: Site, headers: dict[str, str], status: int
) -> None:
    """Whoever can plant a cookie knows its token; the browser says which page sent the form."""
    browser = site.anybody()
    browser.get("/")
    form = {"csrf_token": browser.token}

    answer = browser.client.post("/sign-out", data=form, headers=headers, base_url=BASE)

    assert answer.status_code == status


def test_every_other_route_is_one_of_the_api(site: Site) -> None:
    """Whatever the site answers is in the tables here or in the table of the API."""
    pages = {rule.endpoint for _, rule in rules(site.app)}
    rest = {rule.rule for rule in site.app.url_map.iter_rules() if rule.endpoint not in pages}
    described = {operation.path.replace("{", "<").replace("}", ">") for operation in OPERATIONS}
    nowhere = {"/", "/<path:rest>"}
    assert rest == {f"/api/v1{path}" for path in (*described, DOCUMENT, *nowhere)}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_are_refused(site: Site, method: str) -> None:
    """The answer names the methods that there are."""
    for path in ("/", "/basket/add", "/checkout", "/library", "/webhooks/stripe"):
        answer = site.app.test_client().open(path, method=method, base_url=BASE)
        assert answer.status_code == 405
        assert answer.headers["Allow"]


@pytest.mark.parametrize(
    "path", ["/basket/add", "/sign-out", "/automations/a/suspend", "/selling/uploads"]
)
def test_nothing_changes_by_reading(site: Site, path: str) -> None:
    """Addresses of forms cannot be opened."""
    assert site.anybody().get(path).status_code in {404, 405}


@pytest.mark.parametrize(
    "path",
    ["/", "/basket", "/library", "/nothing", "/healthz", "/sandbox/sign-in", "/webhooks/stripe"],
)
def test_every_answer_carries_the_security_headers(site: Site, path: str) -> None:
    """Pages, errors and answers to programs alike."""
    headers = site.anybody().get(path).headers
    policy = headers["Content-Security-Policy"]

    for directive in (
        "default-src 'none'",
        "script-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self' https://pay.example",
    ):
        assert directive in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Access-Control-Allow-Origin" not in headers


def test_pages_hold_nothing_that_the_policy_forbids(
    site: Site, market: Marketplace, visitors: list[Browser], automation: Automation
) -> None:
    """No inline script, no style attribute, no event attribute, on any page for anybody."""
    for name, rule in rules(site.app):
        if "GET" in (rule.methods or ()):
            for visitor in visitors:
                page = visitor.get(address(rule, automation)).text
                assert not FORBIDDEN.search(page), name


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:8000.evil.example"]
)
def test_no_other_origin_may_read(site: Site, origin: str) -> None:
    """There is no CORS on the pages."""
    headers = site.anybody().get("/", headers={"Origin": origin}).headers

    assert not [name for name, _ in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost", "a b"])
def test_other_hosts_are_refused(site: Site, host: str) -> None:
    """The answer says where the site is, in plain text."""
    answer = site.app.test_client().get("/", headers={"Host": host}, base_url=BASE)

    assert answer.status_code == 400
    assert answer.mimetype == "text/plain"
    assert BASE in answer.text
    assert host not in answer.text


def test_forwarded_headers_are_not_believed(site: Site) -> None:
    """Nobody says by a header that they came from elsewhere, or to elsewhere."""
    spoofed = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }

    page = site.app.test_client().get("/library", headers=spoofed, base_url=BASE)

    assert "evil.example" not in page.text


def test_too_large_a_form_is_refused(site: Site, seller: Principal) -> None:
    """More than a form with both of its files is read by nobody."""
    browser = site.browser(seller)
    most: int = site.app.config["MAX_CONTENT_LENGTH"]

    refused = browser.client.post(
        "/selling/new",
        environ_overrides={
            "CONTENT_LENGTH": str(most + 1),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
        base_url=BASE,
    )

    assert refused.status_code == 413
    assert "too_large" in refused.text


def test_an_unforeseen_error_tells_nothing_of_itself(market: Marketplace, site: Site) -> None:
    """The page is a page, with a code and no trace."""
    site.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken() -> str:
        raise RuntimeError("secret sk_test_123")

    site.app.add_url_rule("/broken", view_func=broken)
    page = site.anybody().get("/broken")

    assert page.status_code == 500
    assert "internal_error" in page.text
    assert "sk_test" not in page.text
    assert "Something broke on our side" in text_of(page)


def test_the_log_of_an_unforeseen_error_holds_no_address(
    market: Marketplace, site: Site, automation: Automation, caplog: pytest.LogCaptureFixture
) -> None:
    """It names the view; the address of a file is the permission to read it."""
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    link = market.authorize_download(market.person("ada"), automation.id).url
    market.files.__dict__.clear()

    page = site.anybody().get(link)

    assert page.status_code == 500
    assert "GET of koda.file failed" in caplog.text
    assert link.rpartition("/")[2] not in caplog.text


def test_errors_are_pages_for_people_and_problems_for_programs(site: Site) -> None:
    """The same missing thing, told twice."""
    client = site.app.test_client()

    page = client.get("/nothing", base_url=BASE)
    problem = client.get("/api/nothing", base_url=BASE)

    assert page.mimetype == "text/html"
    assert "Browse automations" in page.text
    assert problem.mimetype == "application/problem+json"
    assert problem.json is not None
    assert problem.json["code"] == "not_found"


def test_pages_of_a_person_are_kept_by_no_cache(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Who is signed in leaves nothing behind; others' pages are asked for anew."""
    assert site.browser(seller).get("/").headers["Cache-Control"] == "no-store"
    assert site.app.test_client().get("/", base_url=BASE).headers["Cache-Control"] == (
        "private, no-cache"
    )


def test_a_visitor_without_a_form_gets_no_cookie(
    site: Site, market: Marketplace, automation: Automation
) -> None:
    """Looking around leaves no trace; only a page with a form begins a session."""
    client = site.app.test_client()

    assert "Set-Cookie" not in client.get("/", base_url=BASE).headers
    cookie = client.get(f"/automations/{automation.id}", base_url=BASE).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_static_files_are_kept_as_long_as_they_are_the_same(site: Site) -> None:
    """Their addresses carry their content's fingerprint, so browsers need not ask again."""
    page = site.anybody().get("/")
    sheet = re.search(r'href="(/koda-static/koda.css\?v=[0-9a-f]{12})"', page.text)
    assert sheet is not None

    style = site.anybody().get(sheet[1])

    assert style.mimetype == "text/css"
    assert "max-age=31536000" in style.headers["Cache-Control"]
    style.close()
