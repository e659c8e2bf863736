import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect

from koda.domain.model.people import Principal
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.entrypoints.web.app import create_app
from koda.testing.examples import PIXEL
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import PREFIX, PROBLEM

HOST = "http://127.0.0.1:8000"
HOME = {"country": "DE"}


@pytest.fixture
def site(marketplace: Marketplace) -> FlaskClient:
    """The whole site, pages and API."""
    return create_app(marketplace.container).test_client()


@pytest.fixture
def bearer(marketplace: Marketplace, bea: Principal) -> dict[str, str]:
    """What a program of Bea's sends."""
    return {"Authorization": f"Bearer {marketplace.identity.sign_in(bea.user_id)}"}


def test_programs_need_no_form_token(site: FlaskClient, bearer: dict[str, str]) -> None:
    """The protection of the pages' forms leaves bearer calls alone."""
    answer = site.post(f"{PREFIX}/seller/onboarding", base_url=HOST, headers=bearer, json=HOME)
    assert answer.status_code == 200


def test_the_protection_of_another_application_can_leave_the_api_alone(
    marketplace: Marketplace, bearer: dict[str, str]
) -> None:
    """A team that guards all of its forms exempts the blueprint."""
    app = Flask("another")
    app.secret_key = "x" * 32
    api = api_blueprint(marketplace.container)
    CSRFProtect(app).exempt(api)
    app.register_blueprint(api, url_prefix="/shop")
    client = app.test_client()
    assert client.post("/shop/seller/onboarding", headers=bearer, json=HOME).status_code == 200


def test_a_session_cookie_of_the_site_opens_no_api(
    site: FlaskClient, marketplace: Marketplace, bea: Principal
) -> None:
    """Another site's page cannot act in a visitor's name."""
    site.set_cookie("__session", marketplace.identity.sign_in(bea.user_id), domain="127.0.0.1")
    for path in ("/seller/onboarding", "/checkout", "/uploads"):
        answer = site.post(f"{PREFIX}{path}", base_url=HOST, json={})
        assert (answer.status_code, answer.mimetype) == (401, PROBLEM)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/library", 401),
        ("DELETE", "/automations", 405),
        ("BREW", "/automations", 405),
        ("POST", "/basket", 415),
        ("GET", "/automations?limit=0", 422),
    ],
)
def test_every_failure_below_the_prefix_is_a_problem(
    method: str, path: str, status: int, site: FlaskClient
) -> None:
    """Though the site answers people with pages, and with a method that nobody knows, too."""
    answer = site.open(
        f"{PREFIX}{path}", method=method, base_url=HOST, data=b"x" * (method == "POST")
    )
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)


def test_a_host_that_is_not_ours_is_refused(site: FlaskClient) -> None:
    """Before anything is read."""
    answer = site.get(f"{PREFIX}/automations", base_url="http://evil.example")
    assert answer.status_code == 400


def test_the_api_adds_its_seal_to_the_headers_of_the_site(site: FlaskClient) -> None:
    """The stricter one holds."""
    headers = site.get(f"{PREFIX}/automations", base_url=HOST).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; frame-ancestors")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert headers.getlist("Cache-Control") == ["no-store"]


def test_a_preview_of_the_api_opens_on_the_site(
    site: FlaskClient, marketplace: Marketplace, ada: Principal
) -> None:
    """The link of a listing leads to the very picture."""
    marketplace.list_automation(ada, preview=marketplace.upload(ada, PIXEL, "cover.png"))
    [item] = site.get(f"{PREFIX}/automations", base_url=HOST).get_json()["items"]
    picture = site.get(item["preview_url"], base_url=HOST)
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
