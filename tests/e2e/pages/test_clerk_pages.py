import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from koda.adapters.clerk.browser_sessions import script_of
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import make_container
from paysandbox import Sandbox
from tests.e2e.clerk_site import clerk_settings
from tests.e2e.pages.conftest import text_of

SITE = "http://127.0.0.1:8000"
ADA = "user_2SandboxAdaSeller"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's Clerk."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> FlaskClient:
    """A browser at a site with a publishable key."""
    return create_app(make_container(clerk_settings(sandbox, SITE))).test_client()


def policy_of(client: FlaskClient, path: str) -> dict[str, set[str]]:
    """The sources of each directive of a page's policy."""
    header = client.get(path, base_url=SITE).headers["Content-Security-Policy"]
    rows = [directive.split() for directive in header.split("; ")]
    return {name: set(sources) for name, *sources in rows}


def sign_in(sandbox: Sandbox, client: FlaskClient) -> None:
    """Put a session token into the browser."""
    token = sandbox.sign_in(ADA, origin=SITE)
    client.set_cookie("__session", token, domain="127.0.0.1")


@pytest.mark.parametrize("component", ["sign-in", "sign-up"])
def test_pages_have_a_place_for_the_form(client: FlaskClient, component: str) -> None:
    """Our own script fills it; without scripts a link leads to Clerk's page and back."""
    page = client.get(f"/{component}?next=/library", base_url=SITE)

    assert f'data-place="{component}" data-next="/library"' in page.text
    assert 'src="/koda-static/identity.js?v=' in page.text
    assert "sign-in?redirect_url=http%3A%2F%2F127.0.0.1%3A8000%2Flibrary" in page.text
    assert "Go to the sign-in page" in text_of(page)


def test_without_a_page_of_clerks_scripts_are_needed(sandbox: Sandbox) -> None:
    """The page says so to browsers that have none."""
    settings = clerk_settings(sandbox, SITE, sign_in_url="")
    page = create_app(make_container(settings)).test_client().get("/sign-in", base_url=SITE)

    assert "Signing in needs JavaScript." in text_of(page)
    assert "redirect_url" not in page.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil", ""])
def test_nobody_is_led_away_by_signing_in(
    sandbox: Sandbox, client: FlaskClient, target: str
) -> None:
    """Only paths of this site are led to, by the form and for those who are signed in already."""
    page = client.get("/sign-in", query_string={"next": target}, base_url=SITE)
    sign_in(sandbox, client)
    onward = client.get("/sign-in", query_string={"next": target}, base_url=SITE)

    assert 'data-next="/"' in page.text
    assert (onward.status_code, onward.headers["Location"]) == (303, "/")


def test_pages_without_clerk_have_the_strict_policy(sandbox: Sandbox, client: FlaskClient) -> None:
    """Those who are not signed in load nothing of anybody else's; only forms may lead to Clerk."""
    policy = policy_of(client, "/")

    assert policy["script-src"] == {"'self'"}
    assert policy["style-src"] == {"'self'"}
    assert policy["form-action"] >= {"'self'", sandbox.url}
    assert "frame-src" not in policy
    assert "identity.js" not in client.get("/", base_url=SITE).text


def test_pages_with_clerk_have_exactly_its_hosts(sandbox: Sandbox, client: FlaskClient) -> None:
    """For the form, and on every page of somebody who is signed in; no script stands in a page."""
    bots, pictures = "https://challenges.cloudflare.com", "https://img.clerk.com"
    shown = policy_of(client, "/sign-in")
    sign_in(sandbox, client)

    for policy in (shown, policy_of(client, "/"), policy_of(client, "/library")):
        assert policy["script-src"] == {"'self'", sandbox.url, bots}
        assert policy["connect-src"] == {"'self'", sandbox.url}
        assert policy["img-src"] == {"'self'", sandbox.url, pictures}
        assert policy["style-src"] == {"'self'", "'unsafe-inline'"}
        assert policy["worker-src"] == {"'self'", "blob:"}
        assert policy["frame-src"] == {bots}
        assert policy["default-src"] == {"'none'"}


def test_who_is_signed_in_has_a_user_button(sandbox: Sandbox, client: FlaskClient) -> None:
    """Beside it the name and the button to leave, for browsers without scripts."""
    sign_in(sandbox, client)
    page = client.get("/", base_url=SITE)

    assert 'data-place="user-button"' in page.text
    assert "data-signed-in" in page.text
    assert f'data-publishable-key="{sandbox.clerk_publishable_key}"' in page.text
    assert f'data-frontend-api="{sandbox.clerk_url}" data-proxied' in page.text
    assert "Sign out" in text_of(page)


def test_script_is_served_by_the_site_and_kept_by_browsers(client: FlaskClient) -> None:
    """Its address changes with its content; whoever has it is told so."""
    page = client.get("/sign-in", base_url=SITE).text
    source = re.search(r'src="(/koda-static/identity.js\?v=[0-9a-f]{12})"', page)
    assert source is not None
    script = client.get(source[1], base_url=SITE)
    again = client.get(source[1], base_url=SITE, headers={"If-None-Match": script.headers["ETag"]})

    assert (script.status_code, script.mimetype) == (200, "text/javascript")
    assert "clerk.browser.js" in script.text
    assert "max-age=31536000" in script.headers["Cache-Control"]
    assert again.status_code == 304


def test_frontend_api_of_a_real_instance_is_no_proxy() -> None:
    """It is found by the publishable key alone, so the script is told of no other address."""
    assert "proxied" not in script_of("pk_live_1", "https://clerk.koda.example").data
    assert "proxied" in script_of("pk_live_1", "https://koda.example/__clerk").data
