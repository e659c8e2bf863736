from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve, frozen
from dependency_injector.providers import Object
from flask import Flask, redirect, request, session
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client, TestResponse

from koda.adapters.memory.browser_sessions import MemoryBrowserSessions
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Principal
from koda.entrypoints.web.marketplace import koda_blueprint
from koda.entrypoints.wiring.container import make_container
from koda.ports.identity import Identity
from koda.testing.marketplace import Marketplace
from paysandbox import Sandbox
from tests.e2e.clerk_site import clerk_settings
from tests.e2e.pages.conftest import SANDBOX
from tests.e2e.pages.team import PAGE, PREFIX, bare_app, put_in_basket, team_app, token_of


@pytest.mark.parametrize(("script_name", "prefix"), [("", PREFIX), (PREFIX, ""), ("/a", "/b")])
@pytest.mark.parametrize("sandboxed", [True, False])
def test_signing_in_leads_back_to_the_page(
    market: Marketplace, script_name: str, prefix: str, *, sandboxed: bool
) -> None:
    """Below a prefix, below another application, or both: the address is there once."""
    place = f"{script_name}{prefix}"
    site, there = f"http://localhost{place}", SANDBOX if sandboxed else ""
    told = evolve(market.container.settings(), site_url=site, sandbox_url=there)
    market.container.settings.override(Object(told))
    sessions = MemoryBrowserSessions(sign_in_page="https://accounts.example/sign-in")
    market.container.browser_sessions.override(Object(sessions))
    app = bare_app()
    app.register_blueprint(koda_blueprint(market.container), url_prefix=prefix or None)
    mounted = DispatcherMiddleware(bare_app(), {script_name: app}) if script_name else app
    client = Client(mounted)

    sent = client.get(f"{place}/library?from=x", headers=PAGE).headers["Location"]
    late = client.post(f"{place}/sign-out", headers={"Referer": f"http://localhost{place}/sales"})

    if sandboxed:
        assert sent == f"{place}/sandbox/sign-in?next={place}/library%3Ffrom%3Dx"
        assert f"next={place}/sales" in late.text
    else:
        back = f"http%3A%2F%2Flocalhost{place}%2Flibrary%3Ffrom%3Dx".replace("/", "%2F")
        assert sent == f"https://accounts.example/sign-in?back={back}"
        assert f"localhost{place}/sales".replace("/", "%2F") in late.text


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's Clerk."""
    with Sandbox.start() as running:
        yield running


def test_clerk_brings_people_back_below_the_prefix(sandbox: Sandbox) -> None:
    """To be renewed at Clerk, to sign in there, and to this site's own page for that."""
    site = f"http://127.0.0.1:8000{PREFIX}"
    container = make_container(clerk_settings(sandbox, site))
    client = team_app(container).test_client()

    def opened(path: str) -> TestResponse:
        return client.get(f"{PREFIX}{path}", headers=PAGE, base_url="http://127.0.0.1:8000")

    signing_in = opened("/library?from=x").headers["Location"]
    form = opened(f"/sign-in?next={PREFIX}/library").text
    client.set_cookie("__client_uat", str(sandbox.clock.now()), domain="127.0.0.1")
    renewing = opened("/library?from=x").headers["Location"]

    assert signing_in == f"{PREFIX}/sign-in?next={PREFIX}/library%3Ffrom%3Dx"
    assert f'data-next="{PREFIX}/library"' in form
    assert f"redirect_url={site}/library".replace("/", "%2F").replace(":", "%3A") in form
    assert f"{site}/library%3F".replace("/", "%2F").replace(":", "%3A") in renewing
    assert f"{PREFIX}{PREFIX}".replace("/", "%2F") not in renewing


@frozen
class Members(Identity):
    """The team's own members, by the name in its session."""

    def authenticate(self, credentials: Credentials) -> Principal:
        """Whoever entered."""
        if credentials.cookie != "ann":
            raise NotAuthenticated
        return Principal(UserId("user_ann"), "session_ann")


def members_app(market: Marketplace, **login: Any) -> Flask:
    """A team's application in which members sign in by its own page."""
    market.container.identity.override(Object(Members()))
    app = bare_app()
    app.register_blueprint(koda_blueprint(market.container, **login), url_prefix=PREFIX)

    def enter() -> Any:
        session["member"] = request.args.get("name", "ann")
        return redirect(request.args["back"])

    app.add_url_rule("/enter", "enter", enter)
    return app


def member() -> Credentials:
    """What the team knows of the request at hand."""
    return Credentials(cookie=session.get("member"))


def test_people_sign_in_by_the_teams_own_login(market: Marketplace) -> None:
    """They are led there, come back, are greeted, and leave by the team's own way."""

    def leave() -> Any:
        session.pop("member")
        return redirect("/goodbye")

    app = members_app(
        market, credentials=member, sign_in_url=lambda back: f"/enter?back={back}", sign_out=leave
    )
    client = app.test_client()

    sent = client.get(f"{PREFIX}/library", headers=PAGE)
    back = client.get(sent.headers["Location"])
    page = client.get(back.headers["Location"])
    left = client.post(f"{PREFIX}/sign-out", data={"csrf_token": token_of(page)})

    assert sent.headers["Location"] == f"/enter?back={PREFIX}/library"
    assert (page.status_code, page.request.path) == (200, f"{PREFIX}/library")
    assert left.headers["Location"] == "/goodbye"
    assert f"/enter?back={PREFIX}/library" == client.get(f"{PREFIX}/library", headers=PAGE).location
    assert client.get(f"{PREFIX}/sandbox/sign-in").status_code == 404


def test_leaving_asks_nothing_of_an_identity_provider(market: Marketplace) -> None:
    """The session is the team's, which nobody else knows."""
    revoked = list[str]()

    class Watched(MemoryBrowserSessions):
        """Sessions that tell which of them are revoked."""

        def revoke(self, session_id: str) -> None:
            """Tell."""
            revoked.append(session_id)

    market.container.browser_sessions.override(Object(Watched()))
    app = members_app(market, credentials=member, sign_out=lambda: None)
    client = app.test_client()
    client.get("/enter?back=/")
    token = token_of(client.get(f"{PREFIX}/basket"))

    left = client.post(f"{PREFIX}/sign-out", data={"csrf_token": token})

    assert (left.status_code, revoked) == (303, [])


def test_leaving_needs_no_way_of_the_teams(market: Marketplace) -> None:
    """Without one, here is no button, and who sends the form all the same leaves the basket."""
    client = members_app(market, credentials=member, sign_in_url=lambda _: "/enter").test_client()
    client.get("/enter?back=/")
    page = client.get(f"{PREFIX}/basket")
    assert "Sign out" not in page.text
    put_in_basket(client, market.list_automation(market.ready_seller("ada")).id)
    with client.session_transaction() as session_before:
        token = session_before["koda"]["csrf"]

    left = client.post(f"{PREFIX}/sign-out", data={"csrf_token": token})

    assert left.headers["Location"] == f"{PREFIX}/"
    with client.session_transaction() as session:
        assert dict(session) == {"member": "ann"}


def test_whom_the_marketplace_refuses_is_not_sent_round_for_ever(market: Marketplace) -> None:
    """The team's login would lead straight back somebody of whom it has no doubt."""
    client = members_app(market, credentials=member, sign_in_url=lambda _: "/enter").test_client()
    client.get("/enter?back=/&name=bob")

    assert client.get(f"{PREFIX}/library", headers=PAGE).status_code == 401


@frozen
class ByHeader(Identity):
    """People whom a proxy of the team's names."""

    def authenticate(self, credentials: Credentials) -> Principal:
        """Whoever the header names."""
        assert credentials is not None
        if "X-Member" not in request.headers:
            raise NotAuthenticated
        return Principal(UserId("user_ann"), "session_ann")


def test_an_identity_is_asked_whatever_cookies_there_are(market: Marketplace) -> None:
    """It may look at something else, and the catalogue then greets people, too."""
    market.container.identity.override(Object(ByHeader()))
    client = team_app(market.container).test_client()

    assert "Sign out" not in client.get(f"{PREFIX}/").text
    assert client.get(f"{PREFIX}/library", headers={"X-Member": "ann"}).status_code == 200
    assert "Sign out" in client.get(f"{PREFIX}/", headers={"X-Member": "ann"}).text
    assert "Sign out" not in client.get(f"{PREFIX}/").text


def test_a_form_may_lead_to_a_login_elsewhere(market: Marketplace) -> None:
    """Browsers follow a form only where the page's policy lets them."""
    there = "https://login.example/in"
    app = members_app(market, credentials=member, sign_in_url=lambda back: f"{there}?back={back}")

    policy = app.test_client().get(f"{PREFIX}/basket").headers["Content-Security-Policy"]

    assert "form-action 'self' https://login.example " in policy


@frozen
class Gate(Identity):
    """Believes in whom the team's single sign-on let in, whatever else a request brings."""

    user_id: UserId

    def authenticate(self, credentials: Credentials) -> Principal:
        """Always the same one."""
        return Principal(self.user_id, "session")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "https://evil.example", "Authorization": "Bearer x"}, 200),
    ],
)
def test_form_elsewhere_does_not_reach_the_api_through_the_teams_gate(
    market: Marketplace, headers: dict[str, str], status: int
) -> None:
    """Their gate lets a browser in by its cookie; a bearer token is sent by no foreign form."""
    ada = market.ready_seller("ada")
    item = market.list_automation(ada)
    market.container.identity.override(Object(Gate(ada.user_id)))
    client = team_app(market.container).test_client()

    answer = client.post(f"{PREFIX}/api/v1/automations/{item.id}/withdraw", headers=headers)

    assert answer.status_code == status
    assert ("page of another site" in answer.text) == (status == 403)
    assert market.automations.get(item.id).for_sale == (status != 200)


def test_path_to_come_back_to_stays_quoted(market: Marketplace) -> None:
    """No character of it ends an address or a header of the team's."""
    app = members_app(market, credentials=member, sign_in_url=lambda back: f"/enter?back={back}")

    sent = app.test_client().get(f"{PREFIX}/orders/%0d%0aX-Injected:%20y%3Fz?a=%26b", headers=PAGE)

    assert sent.headers["Location"] == (
        f"/enter?back={PREFIX}/orders/%0D%0AX-Injected:%20y%3Fz?a=%26b"
    )


@frozen
class Broken(Identity):
    """A login that fails in its own way."""

    def authenticate(self, credentials: Credentials) -> Principal:
        """Nobody."""
        raise RuntimeError(credentials)


def test_login_that_fails_in_its_own_way_is_answered_with_a_page(market: Marketplace) -> None:
    """The error page does not ask it again."""
    market.container.identity.override(Object(Broken()))
    app = team_app(market.container)
    app.config["PROPAGATE_EXCEPTIONS"] = False

    answer = app.test_client().get(f"{PREFIX}/library")

    assert answer.status_code == 500
