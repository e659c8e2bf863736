import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect

from koda.domain.model.people import Principal
from koda.entrypoints.web.marketplace import koda_blueprint
from koda.entrypoints.web.visitors import SESSION_COOKIE
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import TOKEN

PREFIX = "/market"


def team_app(market: Marketplace, *, protected: bool) -> Flask:
    """An application of another team, which has pages and perhaps form protection of its own."""
    app = Flask("team")
    app.secret_key = "k" * 32
    if protected:
        CSRFProtect(app)
    app.register_blueprint(koda_blueprint(market.container), url_prefix=PREFIX)
    app.add_url_rule("/", "home", lambda: "the team's own page")
    app.add_url_rule("/theirs", "theirs", lambda: "taken", methods=["POST"])
    return app


@pytest.fixture(params=[False, True], ids=["unprotected", "protected"])
def client(request: pytest.FixtureRequest, market: Marketplace) -> FlaskClient:
    """A visitor of a team's application."""
    return team_app(market, protected=request.param).test_client()


def test_every_link_stays_under_the_prefix(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """Pages, forms, static files and the way back from signing in know where they are."""
    item = market.list_automation(seller)

    for path in ("/", f"/automations/{item.id}", "/basket", "/library"):
        page = client.get(f"{PREFIX}{path}")
        targets = page.text.split('href="')[1:] + page.text.split('action="')[1:]
        assert all(one.startswith((PREFIX, "#")) for one in targets)
    assert f"next={PREFIX}/library" in client.get(f"{PREFIX}/library").text


def test_the_basket_works_under_the_prefix(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """Forms are guarded there, too, and redirects stay."""
    item = market.list_automation(seller)
    found = TOKEN.search(client.get(f"{PREFIX}/automations/{item.id}").text)
    assert found is not None
    form = {"automation_id": item.id}

    refused = client.post(f"{PREFIX}/basket/add", data=form)
    taken = client.post(f"{PREFIX}/basket/add", data={"csrf_token": found[1], **form})

    assert refused.status_code == 403
    assert taken.headers["Location"] == f"{PREFIX}/basket"
    assert "Post to every network" in client.get(f"{PREFIX}/basket").text


def test_the_api_and_webhooks_need_no_form_token(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """Whether or not the team protects its forms, programs get through."""
    token = market.identity.sign_in(seller.user_id)

    onboarding = client.post(
        f"{PREFIX}/api/v1/seller/onboarding", headers={"Authorization": f"Bearer {token}"}
    )
    message = client.post(f"{PREFIX}/webhooks/stripe", data=b"{}")

    assert onboarding.status_code == 200
    assert message.status_code == 400
    assert message.json is not None
    assert message.json["code"] == "unverified_message"


def test_the_api_takes_no_cookie(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """A browser that is signed in cannot be made to call the API."""
    client.set_cookie(SESSION_COOKIE, market.identity.sign_in(seller.user_id))

    assert client.get(f"{PREFIX}/api/v1/library").status_code == 401


def test_the_teams_own_pages_are_left_alone(market: Marketplace) -> None:
    """Neither headers nor errors nor form protection reach beyond the prefix."""
    client = team_app(market, protected=False).test_client()
    protected = team_app(market, protected=True).test_client()

    assert "Content-Security-Policy" not in client.get("/").headers
    assert "Koda" not in client.get("/nothing").text
    assert client.post("/theirs").text == "taken"
    assert protected.post("/theirs").status_code == 400


def test_pages_under_the_prefix_carry_headers_and_errors_of_their_own(
    client: FlaskClient,
) -> None:
    """What holds for the whole site holds for the mounted one."""
    page = client.get(f"{PREFIX}/automations/nothing")

    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
