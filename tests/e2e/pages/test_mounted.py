import pytest
from attrs import evolve
from dependency_injector.providers import Object
from flask import Blueprint, flash, session
from flask.testing import FlaskClient
from flask_wtf.csrf import CSRFProtect

from koda.adapters.memory.browser_sessions import SESSION
from koda.domain.model.people import Principal
from koda.entrypoints.web.marketplace import koda_blueprint
from koda.testing.examples import PIXEL
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.team import PREFIX, bare_app, put_in_basket, team_app, token_of


@pytest.fixture(params=["none", "before", "after"])
def client(request: pytest.FixtureRequest, market: Marketplace) -> FlaskClient:
    """A visitor of a team's application, which guards its forms from before or after, or not."""
    return team_app(market.container, request.param).test_client()


def test_every_link_stays_under_the_prefix(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """Pages, forms, static files and the way back from signing in know where they are."""
    item = market.list_automation(seller)

    for path in ("/", f"/automations/{item.id}", "/basket", "/library"):
        page = client.get(f"{PREFIX}{path}")
        targets = page.text.split('href="')[1:] + page.text.split('action="')[1:]
        assert all(target.startswith((PREFIX, "#")) for target in targets)
    assert f"next={PREFIX}/library" in client.get(f"{PREFIX}/library").text


def test_the_basket_works_under_the_prefix(
    client: FlaskClient, market: Marketplace, seller: Principal
) -> None:
    """Forms are guarded there, too, and redirects stay."""
    item = market.list_automation(seller)

    refused = client.post(f"{PREFIX}/basket/add", data={"automation_id": item.id})
    taken = put_in_basket(client, item.id)

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
    client.set_cookie(SESSION, market.identity.sign_in(seller.user_id))

    assert client.get(f"{PREFIX}/api/v1/library").status_code == 401


@pytest.mark.parametrize(("protection", "status"), [("none", 200), ("before", 400), ("after", 400)])
def test_the_teams_own_pages_are_left_alone(
    market: Marketplace, protection: str, status: int
) -> None:
    """Neither headers nor errors reach beyond the prefix, and its protection stays as it is."""
    client = team_app(market.container, protection).test_client()

    assert "Content-Security-Policy" not in client.get("/").headers
    assert "X-Request-ID" not in client.get("/").headers
    assert "Koda" not in client.get("/nothing").text
    assert client.post("/theirs").status_code == status
    assert client.get(f"{PREFIX}/").status_code == 200
    assert client.post("/theirs").status_code == status


def test_the_teams_configuration_is_never_written(market: Marketplace, seller: Principal) -> None:
    """Neither by mounting nor by any request."""
    app = bare_app()
    before = dict(app.config)
    app.register_blueprint(koda_blueprint(market.container), url_prefix=PREFIX)

    client = app.test_client()
    put_in_basket(client, market.list_automation(seller).id)
    client.post(f"{PREFIX}/webhooks/stripe", data=b"{}")
    client.get(f"{PREFIX}/api/v1/automations")

    assert dict(app.config) == before


def test_the_teams_own_session_is_left_alone(market: Marketplace, seller: Principal) -> None:
    """Everything of the marketplace's is under one name, and signing out removes that alone."""
    app = team_app(market.container)

    def enter() -> str:
        session.update(member="ann", csrf_token="theirs", basket=["theirs"])
        flash("Welcome, Ann")
        return ""

    app.add_url_rule("/enter", "enter", enter)
    client = app.test_client()
    client.get("/enter")
    with client.session_transaction() as before:
        theirs = dict(before)

    put_in_basket(client, market.list_automation(seller).id)
    page = client.get(f"{PREFIX}/basket")
    with client.session_transaction() as visit:
        assert visit.keys() - theirs.keys() == {"koda"}
        assert not visit.permanent
    client.post(f"{PREFIX}/sign-out", data={"csrf_token": token_of(page)})

    assert "Welcome, Ann" not in page.text
    with client.session_transaction() as left:
        assert dict(left) == theirs


def test_what_holds_for_the_whole_host_is_the_teams_to_say(market: Marketplace) -> None:
    """HTTPS for ever, subdomains included, is not for a part of a site to demand."""
    settings = evolve(
        market.container.settings(), site_url="https://koda.example/market", sandbox_url=""
    )
    market.container.settings.override(Object(settings))
    client = team_app(market.container).test_client()

    page = client.get(f"{PREFIX}/", base_url="https://koda.example")

    assert "Strict-Transport-Security" not in page.headers
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_pages_under_the_prefix_carry_headers_and_errors_of_their_own(
    client: FlaskClient,
) -> None:
    """What holds for the whole site holds for the mounted one."""
    page = client.get(f"{PREFIX}/automations/nothing")

    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_prefix_like_the_apis_makes_no_programs_of_people(market: Marketplace) -> None:
    """What a view is decides who is told of an error how, not a word in its address."""
    client = team_app(market.container, prefix="/api/files").test_client()

    assert client.get("/api/files/automations/nothing").mimetype == "text/html"
    assert client.post("/api/files/webhooks/stripe").mimetype == "application/problem+json"


def test_two_marketplaces_of_one_application_do_not_meet(
    market: Marketplace, seller: Principal
) -> None:
    """Each has its own links, basket and session."""
    other = Marketplace()
    app = team_app(market.container)
    app.register_blueprint(koda_blueprint(other.container), url_prefix="/outlet", name="outlet")
    client = app.test_client()
    here = market.list_automation(seller)
    there = other.list_automation(other.ready_seller("dan"), title="Seconds")

    put_in_basket(client, here.id)
    taken = put_in_basket(client, there.id, "/outlet")
    page = client.get("/outlet/basket")

    assert taken.headers["Location"] == "/outlet/basket"
    assert "Seconds" in page.text
    assert here.listing.title not in page.text
    assert PREFIX not in page.text
    client.post("/outlet/sign-out", data={"csrf_token": token_of(page)})
    assert here.listing.title in client.get(f"{PREFIX}/basket").text


def test_one_marketplace_in_two_places_links_to_each_from_itself(market: Marketplace) -> None:
    """What is kept of a page of one place is not shown at the other."""
    app = bare_app()
    blueprint = koda_blueprint(market.container)
    app.register_blueprint(blueprint, url_prefix="/a")
    app.register_blueprint(blueprint, url_prefix="/b", name="second")
    client = app.test_client()

    assert 'href="/a/basket"' in client.get("/a/").text
    assert 'href="/b/basket"' in client.get("/b/").text
    assert 'href="/a/' not in client.get("/b/").text


def test_a_marketplace_inside_a_blueprint_of_the_teams(market: Marketplace) -> None:
    """Nested, it finds its own views."""
    app, parent = bare_app(), Blueprint("shop", "shop", url_prefix="/shop")
    parent.register_blueprint(koda_blueprint(market.container), url_prefix=PREFIX)
    app.register_blueprint(parent)
    CSRFProtect(app)
    client = app.test_client()

    page = client.get(f"/shop{PREFIX}/basket")

    assert f'href="/shop{PREFIX}/library"' in page.text
    assert client.post(f"/shop{PREFIX}/webhooks/stripe", data=b"{}").status_code == 400


def test_two_applications_of_one_process_do_not_meet(
    market: Marketplace, seller: Principal
) -> None:
    """Below other places, with other keys and other things for sale."""
    other = Marketplace()
    first, second = team_app(market.container), team_app(other.container, prefix="/outlet")
    second.secret_key = "l" * 32
    market.list_automation(seller)

    assert "Post to every network" in first.test_client().get(f"{PREFIX}/").text
    assert "Post to every network" not in second.test_client().get("/outlet/").text
    assert f'href="{PREFIX}/basket"' in first.test_client().get(f"{PREFIX}/").text


def test_pictures_have_addresses_under_any_name(market: Marketplace) -> None:
    """The API finds the pages beside which it is mounted."""
    ada = market.ready_seller("ada")
    market.list_automation(ada, preview=market.upload(ada, PIXEL, "cover.png"))
    app = bare_app()
    app.register_blueprint(koda_blueprint(market.container), url_prefix=PREFIX, name="shop")

    (item,) = app.test_client().get(f"{PREFIX}/api/v1/automations").get_json()["items"]

    assert item["preview_url"].startswith(f"{PREFIX}/previews/")


def test_what_the_application_keeps_under_the_same_name_stops_no_page(market: Marketplace) -> None:
    """It is as good as nothing."""
    client = team_app(market.container).test_client()
    with client.session_transaction() as session:
        session["koda"] = "ours"

    assert client.get(f"{PREFIX}/basket").status_code == 200
