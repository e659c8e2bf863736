"""People sign in by Clerk's script in a real browser; the script is the sandbox's stand-in."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from typed_settings.types import SecretStr

from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import make_container
from paysandbox import Sandbox
from tests.e2e.clerk_site import clerk_settings
from tests.e2e.flows.serving import Site, listening
from tests.e2e.flows.visitor import Visitor

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
SIGN_IN = re.compile("/sign-in")
ADA = "user_2SandboxAdaSeller"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's Clerk."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="module")
def site(sandbox: Sandbox) -> Iterator[Site]:
    """A marketplace whose settings name the sandbox's publishable key."""
    with listening() as server:
        url = f"http://127.0.0.1:{server.server_port}"
        secret = SecretStr(sandbox.clerk_secret_key)
        server.app = create_app(make_container(clerk_settings(sandbox, url, secret_key=secret)))
        yield Site(url, sandbox)


def sign_in(visitor: Visitor, name: str, path: str = "/library") -> None:
    """Ask for a page, sign in for it, and arrive there."""
    visitor.go(path)
    visitor.page.get_by_label("E-mail address or username").fill(name)
    visitor.press("Continue")
    visitor.page.wait_for_url(f"**{path}")
    user_button_shows(visitor)


def user_button_shows(visitor: Visitor) -> None:
    """Wait until Clerk's script has put its button into the header."""
    expect(visitor.page.get_by_label("Open user menu")).to_be_visible()


def bring(visitor: Visitor, name: str, value: str) -> None:
    """Put a cookie into the browser."""
    cookie: Any = {"name": name, "value": value, "url": visitor.site.url}
    visitor.page.context.add_cookies([cookie])


def let_expire(visitor: Visitor, sandbox: Sandbox) -> None:
    """Let the token in the browser be one that has run out, as after a minute's sleep."""
    claims = {"sub": ADA, "sid": "sess_1", "azp": visitor.site.url}
    bring(visitor, "__session", sandbox.clerk.token(claims, lifetime=-30))


def says_signed_out(visitor: Visitor) -> None:
    """Expect the header to offer signing in."""
    link = visitor.page.get_by_role("banner").get_by_role("link", name="Sign in")
    expect(link).to_be_visible()


def test_somebody_signs_up_and_finds_a_user_button(arrive: Arrive, sandbox: Sandbox) -> None:
    """From a page that needs it to the form, to the new account, and back to that page."""
    visitor = arrive()
    visitor.go("/library")
    visitor.follow("Sign up")
    page = visitor.page
    page.get_by_label("First name").fill("Zoe")
    page.get_by_label("Last name").fill("Quist")
    page.get_by_label("E-mail address").fill("zoe@example.com")
    visitor.press("Continue")
    page.wait_for_url("**/library")

    page.get_by_label("Open user menu").click()
    expect(page.get_by_role("banner")).to_contain_text("Zoe Quist")
    assert sandbox.objects("user")[-1]["first_name"] == "Zoe"


def test_wrong_name_is_told_in_the_form(arrive: Arrive) -> None:
    """And nobody is signed in."""
    visitor = arrive()
    visitor.go("/sign-in")
    visitor.page.get_by_label("E-mail address or username").fill("nobody@example.com")
    visitor.press("Continue")

    visitor.says("Couldn't find your account.")


def test_token_that_ran_out_is_renewed_unnoticed(arrive: Arrive, sandbox: Sandbox) -> None:
    """The next page is the one that was asked for, at its own address."""
    visitor = arrive()
    sign_in(visitor, "ada")
    let_expire(visitor, sandbox)
    visitor.go("/sales?cursor=")

    assert visitor.page.url == f"{visitor.site.url}/sales?cursor="
    visitor.says("Sales")
    user_button_shows(visitor)


def test_search_finds_although_the_token_ran_out(arrive: Arrive, sandbox: Sandbox) -> None:
    """The detour of a form that leads to a page is let through by the page's policy."""
    visitor = arrive()
    sign_in(visitor, "ada")
    let_expire(visitor, sandbox)
    visitor.page.get_by_label("Search automations").fill("nothing like it")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/?q=nothing+like+it")

    user_button_shows(visitor)


def test_form_whose_token_ran_out_is_sent_all_the_same(arrive: Arrive, sandbox: Sandbox) -> None:
    """The token is renewed first, and the form goes on as it was filled in, once."""
    visitor = arrive()
    sign_in(visitor, "ada", "/selling")
    let_expire(visitor, sandbox)
    visitor.page.get_by_label("Your country").select_option("FR")
    visitor.press("Set up payouts")

    visitor.page.wait_for_url(f"{sandbox.url}/onboarding/**")
    (account,) = sandbox.objects("account")
    assert account["country"] == "FR"


def test_signing_out_in_the_user_menu_ends_the_session_here(
    arrive: Arrive, sandbox: Sandbox
) -> None:
    """In this window, and in one that shows another page."""
    visitor = arrive()
    sign_in(visitor, "ada")
    visitor.page.get_by_label("Open user menu").click()
    visitor.page.get_by_role("button", name="Sign out").last.click()
    says_signed_out(visitor)

    visitor.go("/library")
    expect(visitor.page).to_have_url(SIGN_IN)
    assert sandbox.objects("session")[-1]["status"] == "revoked"


def test_signing_out_at_clerk_ends_the_session_here(arrive: Arrive, sandbox: Sandbox) -> None:
    """The page that is opened next shows nobody's name, whatever token the browser still holds."""
    visitor = arrive()
    sign_in(visitor, "ada")
    held = visitor.page.evaluate("document.cookie.match(/__session=([^;]+)/)[1]")
    page = visitor.page
    page.goto(f"{sandbox.clerk_url}/sign-out?redirect_url={visitor.site.url}/library")
    bring(visitor, "__session", held)
    page.get_by_role("button", name="Sign out").click()

    expect(visitor.page).to_have_url(SIGN_IN)
    visitor.go("/")
    says_signed_out(visitor)


def test_site_without_user_button_signs_out_everywhere(arrive: Arrive, sandbox: Sandbox) -> None:
    """The site's own button, which stands there until the script is loaded, ends both sessions."""
    visitor = arrive()
    sign_in(visitor, "ada")
    visitor.page.evaluate("document.querySelector('form.sign-out').requestSubmit()")
    says_signed_out(visitor)

    assert sandbox.objects("session")[-1]["status"] == "revoked"
    visitor.go("/library")
    expect(visitor.page).to_have_url(SIGN_IN)


def test_without_scripts_people_sign_in_and_out_by_pages(arrive: Arrive, sandbox: Sandbox) -> None:
    """On Clerk's own page and back, renewed in between, and out at both."""
    visitor = arrive(java_script_enabled=False)
    visitor.go("/library")
    visitor.follow("Go to the sign-in page")
    visitor.press("Nora Lind")
    visitor.says("Everything you bought")
    let_expire(visitor, sandbox)
    visitor.go("/library")
    visitor.says("Everything you bought")

    visitor.press("Sign out")
    says_signed_out(visitor)
    visitor.go("/library")
    visitor.says("Sign in first")
    assert sandbox.objects("session")[-1]["status"] == "revoked"


def test_script_that_does_not_load_leaves_a_way(arrive: Arrive, sandbox: Sandbox) -> None:
    """The page says so, and leads to Clerk's own."""
    visitor = arrive()
    visitor.page.route(f"{sandbox.clerk_url}/npm/**", lambda route: route.abort())
    visitor.go("/sign-in")

    visitor.says("The form cannot be loaded at the moment.")
    visitor.follow("Use the sign-in page")
    visitor.page.get_by_role("button", name="Ada Okafor").click()
    visitor.page.wait_for_url(f"{visitor.site.url}/")


@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_with_clerk_is_wider_than_the_screen(arrive: Arrive, width: int) -> None:
    """On a phone and on a desktop."""
    visitor = arrive(viewport={"width": width, "height": 780})
    for path in ("/sign-in", "/sign-up"):
        visitor.go(path)
        expect(visitor.page.get_by_role("button", name="Continue")).to_be_visible()
        assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
    sign_in(visitor, "ada")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= width
