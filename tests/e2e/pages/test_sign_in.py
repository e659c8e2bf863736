from collections.abc import Callable

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.adapters.memory.browser_sessions import SESSION, SIGNED_IN_AT, MemoryBrowserSessions
from koda.domain.model.errors import InvalidValue
from koda.domain.model.people import Credentials, Principal
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.marketplace import koda_blueprint
from koda.entrypoints.web.pages.sandbox_sign_in import FORWARDED
from koda.entrypoints.wiring.container import Container
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, sandboxed, text_of
from tests.e2e.pages.team import PREFIX, team_app


def test_choosing_somebody_signs_in_and_leads_on(site: Site, market: Marketplace) -> None:
    """The cookie is out of reach of scripts, and the next page greets the person."""
    market.ready_seller("ada")
    browser = site.anybody()

    answer = browser.post(
        "/sandbox/sign-in", page="/sandbox/sign-in", user="user_ada", next="/selling"
    )
    page = browser.follow(answer)

    cookies = [cookie for cookie in answer.headers.getlist("Set-Cookie") if SESSION in cookie]
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]
    assert "Secure" not in cookies[0]
    assert page.request.path == "/selling"
    assert "Ada" in text_of(page)


def test_note_of_another_site_keeps_nobody_out(site: Site, market: Marketplace) -> None:
    """Clerk's cookie of a site on another port of the same host says that nobody is signed in."""
    market.ready_seller("ada")
    browser = site.anybody()
    browser.client.set_cookie(SIGNED_IN_AT, "0", domain="127.0.0.1")

    browser.post("/sandbox/sign-in", page="/sandbox/sign-in", user="user_ada")

    assert browser.get("/selling").status_code == 200


def test_over_https_the_cookies_are_secure() -> None:
    """Both cookies travel encrypted alone, and browsers are told to come by HTTPS."""
    market = sandboxed(Marketplace(), "https://localhost")
    browser = Site(market, create_app(market.container)).anybody()
    browser.base = "https://localhost"
    browser.get("/sandbox/sign-in")

    answer = browser.client.post(
        "/sandbox/sign-in",
        data={"csrf_token": browser.token, "user": "user_ada"},
        headers={"Referer": "https://localhost/sandbox/sign-in"},
        base_url=browser.base,
    )

    assert answer.status_code == 303
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "https://127.0.0.1:8000@evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "",
        "/" + "x" * 3000,
    ],
)
def test_nobody_is_led_away(site: Site, target: str) -> None:
    """Only paths of this site are targets, in the page and in the redirect."""
    browser = site.anybody()
    page = browser.get("/sandbox/sign-in", query_string={"next": target})

    answer = browser.post("/sandbox/sign-in", user="user_ada", next=target)

    assert '<input type="hidden" name="next" value="/">' in page.text
    assert answer.headers["Location"] == "/"


def test_a_program_gets_a_token(site: Site, market: Marketplace) -> None:
    """JSON in, token out; the token is one."""
    answer = site.app.test_client().post(
        "/sandbox/sign-in", json={"user": "user_ada"}, base_url="http://127.0.0.1:8000"
    )

    assert answer.json is not None
    token = Credentials(authorization=f"Bearer {answer.json['token']}")
    assert market.identity.authenticate(token).user_id == "user_ada"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "status"),
    [({"user": "user_x"}, 404), ({}, 422), ({"user": 1}, 422), ([], 422)],
)
def test_a_program_that_names_nobody_gets_none(site: Site, body: object, status: int) -> None:
    """Strangers and nonsense are refused as problem documents."""
    answer = site.app.test_client().post(
        "/sandbox/sign-in", json=body, base_url="http://127.0.0.1:8000"
    )

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def test_a_stranger_is_nobody(site: Site) -> None:
    """The page cannot sign in whom the sandbox does not know."""
    refused = site.anybody().post("/sandbox/sign-in", user="user_x")

    assert refused.status_code == 404
    assert not any(SESSION in cookie for cookie in refused.headers.getlist("Set-Cookie"))


def test_signing_out_forgets_the_session_and_the_basket(site: Site, market: Marketplace) -> None:
    """The next visitor of this browser finds nothing of the last."""
    browser = site.browser(market.ready_seller("ada"))
    browser.post("/basket/add", automation_id="aut_1")

    page = browser.follow(browser.post("/sign-out"))

    assert "Sign out" not in page.text
    assert browser.get("/library").status_code == 401
    assert "Nothing in here yet" in text_of(browser.get("/basket"))


def test_a_site_that_is_no_sandbox_has_no_sample_people() -> None:
    """The page is not there, and the link leads to the identity provider, if one is told."""
    market = sandboxed(Marketplace())
    settings = market.container.settings()
    market.container.settings.override(Object(evolve(settings, sandbox_url="")))
    sessions = MemoryBrowserSessions(sign_in_page="https://accounts.example/sign-in")
    market.container.browser_sessions.override(Object(sessions))
    client = create_app(market.container).test_client()

    page = client.get("/library?cursor=x", base_url="http://127.0.0.1:8000")

    assert client.get("/sandbox/sign-in", base_url="http://127.0.0.1:8000").status_code == 404
    back = "http%3A%2F%2F127.0.0.1%3A8000%2Flibrary%3Fcursor%3Dx"
    assert f"https://accounts.example/sign-in?back={back}" in page.text
    assert "no money moves" not in page.text


@pytest.mark.parametrize(
    "cookie", ["garbage", "a.b.c", "", "x" * 5000, '"quoted"', "é", 'x={"a":1, b}']
)
def test_a_broken_cookie_is_nobody(site: Site, cookie: str) -> None:
    """Whatever stands in the cookie, public pages open and others ask to sign in."""
    client = site.app.test_client(use_cookies=False)
    headers = {"Cookie": f"{SESSION}={cookie}"}

    for path, status in (("/", 200), ("/library", 401)):
        answer = client.get(path, headers=headers, base_url="http://127.0.0.1:8000")
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("cookies", "status"),
    [
        ('x={"a":1, b}; session_token={good}', 200),
        ("session_token={good}; session_token=forged", 200),
        ("session_token=forged; session_token={good}", 401),
        ("session_token_x=forged; session_token={good}", 200),
        ("session_token=; session_token={good}", 401),
        (";=; =x;;\xff=\xe9; session_token={good}", 200),
    ],
)
def test_of_several_cookies_the_first_of_the_name_counts(
    site: Site, market: Marketplace, buyer: Principal, cookies: str, status: int
) -> None:
    """Whatever a neighbour puts before or beside it, nobody is anybody else."""
    good = market.identity.sign_in(buyer.user_id)
    client = site.app.test_client(use_cookies=False)
    headers = {"Cookie": cookies.replace("{good}", good)}

    answer = client.get("/library", headers=headers, base_url="http://127.0.0.1:8000")

    assert answer.status_code == status


def test_a_bearer_token_opens_no_page(site: Site, market: Marketplace) -> None:
    """Pages read the cookie alone, so that no header can bring a visitor's basket to another."""
    token = market.identity.sign_in(market.person("bo").user_id)
    client = site.app.test_client()

    answer = client.get(
        "/library",
        headers={"Authorization": f"Bearer {token}"},
        base_url="http://127.0.0.1:8000",
    )

    assert answer.status_code == 401


def test_signing_in_is_limited(site: Site) -> None:
    """After thirty tries in a minute the next is refused."""
    client = site.app.test_client()
    statuses = [
        client.post(
            "/sandbox/sign-in", json={"user": "user_x"}, base_url="http://127.0.0.1:8000"
        ).status_code
        for _ in range(31)
    ]

    assert statuses[-2:] == [404, 429]


@pytest.mark.parametrize("make", [create_app, koda_blueprint])
def test_sandboxed_site_for_everybody_is_not_built(make: Callable[[Container], object]) -> None:
    """Whatever serves it: at a public address anybody would be an admin."""
    market = sandboxed(Marketplace(), "https://koda.example")

    with pytest.raises(InvalidValue, match="KODA_SITE_URL: is no address of this machine"):
        make(market.container)


@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::1", ""])
def test_people_of_other_machines_do_not_sign_in_at_the_sandbox(
    site: Site, market: Marketplace, address: str
) -> None:
    """Another server than `koda serve` may listen everywhere; they are refused there as well."""
    market.ready_seller("ada")
    browser = site.anybody()
    asked = {"base_url": browser.base, "environ_overrides": {"REMOTE_ADDR": address}}

    page = browser.client.get("/sandbox/sign-in", **asked)
    form = {"csrf_token": browser.token, "user": "user_ada"}
    chosen = browser.client.post("/sandbox/sign-in", data=form, **asked)
    program = browser.client.post("/sandbox/sign-in", json={"user": "user_ada"}, **asked)

    assert [answered.status_code for answered in (page, chosen, program)] == [403, 403, 403]
    assert program.json is not None
    assert program.json["code"] == "forbidden"
    assert browser.get("/selling").status_code == 401


@pytest.mark.parametrize("name", FORWARDED)
@pytest.mark.parametrize("proxies", [0, 1])
def test_people_whom_an_unknown_proxy_brings_do_not_sign_in(name: str, proxies: int) -> None:
    """A proxy on this machine speaks from loopback; only one of the settings is believed."""
    market = sandboxed(Marketplace())
    settings = evolve(market.container.settings(), proxies=proxies)
    market.container.settings.override(Object(settings))
    browser = Site(market, create_app(market.container)).anybody()

    headers = {name: "for=127.0.0.1" if name == "Forwarded" else "127.0.0.1"}
    page = browser.client.get("/sandbox/sign-in", base_url=browser.base, headers=headers)

    assert page.status_code == (200 if proxies else 403)


def test_page_elsewhere_whose_name_leads_here_signs_nobody_in(market: Marketplace) -> None:
    """An application that the blueprint is mounted in answers under any name (DNS rebinding)."""
    client = team_app(sandboxed(market).container).test_client()
    address = f"{PREFIX}/sandbox/sign-in"

    here = client.get(address, base_url="http://127.0.0.1:5000")
    page = client.get(address, base_url="http://evil.example:5000")
    program = client.post(address, base_url="http://evil.example", json={"user": "user_ada"})

    assert [answer.status_code for answer in (here, page, program)] == [200, 403, 403]
