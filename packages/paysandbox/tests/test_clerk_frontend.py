from typing import Any

import jwt
import pytest
import requests

from paysandbox import Sandbox

ADA = "user_2SandboxAdaSeller"
SITE = "http://127.0.0.1:8000"
BACK = f"{SITE}/library?cursor=a%26b"


class Browser:
    """A browser with cookies, on a page of a site."""

    def __init__(self, sandbox: Sandbox, origin: str = SITE) -> None:
        """Begin without any cookie."""
        self.base = sandbox.clerk_url
        self.jar = requests.Session()
        self.jar.headers["Origin"] = origin

    def ask(self, method: str, path: str, **form: str) -> requests.Response:
        """What the script asks of the Frontend API."""
        sent = "GET" if method == "GET" else "POST"
        address = f"{self.base}/v1/client{path}"
        options: dict[str, Any] = {"data": form, "params": {"_method": method}, "timeout": 5}
        return self.jar.request(sent, address, **options)

    def visit(self, page: str, **form: str) -> requests.Response:
        """Send a form of the account portal."""
        options: dict[str, Any] = {"allow_redirects": False, "timeout": 5}
        return self.jar.post(f"{self.base}/{page}", form, **options)

    def handshake(self, sandbox: Sandbox, back: str = BACK) -> tuple[str, list[str]]:
        """Where a handshake leads, without its answer, and the cookies in that."""
        address = f"{self.base}/v1/client/handshake"
        sent = self.jar.get(
            address, params={"redirect_url": back}, allow_redirects=False, timeout=5
        )
        assert (sent.status_code, sent.headers["Cache-Control"]) == (307, "no-store")
        place, _, answer = sent.headers["Location"].rpartition("__clerk_handshake=")
        key = sandbox.clerk.public_key()
        claims = jwt.decode(answer, key, algorithms=["RS256"], issuer=sandbox.clerk_url)
        assert "sub" not in claims
        return place, claims["handshake"]


@pytest.fixture
def browser(sandbox: Sandbox) -> Browser:
    """A browser at the sandbox under test."""
    return Browser(sandbox)


def session_in(cookies: list[str]) -> Any:
    """The claims of the session token among some cookies."""
    token = cookies[1].removeprefix("__session=").partition(";")[0]
    return jwt.decode(token, options={"verify_signature": False})


def test_somebody_signs_in_from_a_script(sandbox: Sandbox, browser: Browser) -> None:
    """By an address, a username or an id; the answer tells the session and its first token."""
    entered = [
        browser.ask("POST", "/sign_ins", identifier=identifier).json()
        for identifier in ("ada@example.com", " ADA ")
    ]
    for answer in entered:
        (session,) = answer["client"]["sessions"]
        token = session["last_active_token"]["jwt"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert answer["response"]["status"] == "complete"
        assert answer["response"]["created_session_id"] == session["id"]
        assert session["user"]["id"] == ADA
        assert (claims["azp"], claims["exp"] - claims["iat"]) == (SITE, 60)
    (shown,) = browser.ask("GET", "").json()["response"]["sessions"]

    assert shown["id"] == entered[1]["response"]["created_session_id"]
    assert [session["status"] for session in sandbox.objects("session")] == ["revoked", "active"]
    assert browser.jar.cookies.get("__client", path="/clerk")
    assert int(browser.jar.cookies["__client_uat"]) > 0


def test_stranger_cannot_sign_in(browser: Browser) -> None:
    """As Clerk says it."""
    answer = browser.ask("POST", "/sign_ins", identifier="nobody@example.com")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "form_identifier_not_found"


def test_somebody_signs_up_from_a_script(sandbox: Sandbox, browser: Browser) -> None:
    """They are known from then on, and signed in; an address can be had once."""
    form = {"first_name": "Zoe", "last_name": "", "email_address": "zoe@example.com"}
    answer = browser.ask("POST", "/sign_ups", **form).json()
    again = browser.ask("POST", "/sign_ups", **form)

    assert sandbox.objects("user")[-1]["first_name"] == "Zoe"
    assert answer["client"]["sessions"][0]["user"]["first_name"] == "Zoe"
    assert again.status_code == 422


def test_token_is_renewed_for_its_own_browser_alone(sandbox: Sandbox, browser: Browser) -> None:
    """While the session lives."""
    told = browser.ask("POST", "/sign_ins", identifier="ada").json()
    path = f"/sessions/{told['response']['created_session_id']}/tokens"

    assert browser.ask("POST", path).json()["jwt"].count(".") == 2
    assert Browser(sandbox).ask("POST", path).status_code == 404
    assert browser.ask("POST", "/sessions/sess_other/tokens").status_code == 404
    left = browser.ask("DELETE", "/sessions").json()
    assert left["response"]["sessions"] == []
    assert browser.jar.cookies["__client_uat"] == "0"
    assert browser.ask("POST", path).status_code == 404


def test_browser_that_nobody_signed_in_with_is_nobody(browser: Browser) -> None:
    """To sign out, then, changes nothing; nor does a cookie that cannot be read."""
    assert browser.ask("GET", "").json() == {"response": None, "client": None}
    assert browser.ask("DELETE", "/sessions").json()["response"] is None
    browser.jar.headers["Cookie"] = '{"a": 1}; a@b=c; ;__client; __client=x'
    assert browser.ask("GET", "").json()["response"] is None


def test_handshake_brings_the_session_back(sandbox: Sandbox, browser: Browser) -> None:
    """For the site that asked, on the address that it named."""
    browser.ask("POST", "/sign_ins", identifier="ada")
    place, cookies = browser.handshake(sandbox)

    assert place == f"{BACK}&"
    assert cookies[0] == f"__client_uat={browser.jar.cookies['__client_uat']}; Path=/; SameSite=Lax"
    assert session_in(cookies)["sub"] == ADA
    assert session_in(cookies)["azp"] == SITE


def test_handshake_of_nobody_clears_the_session(sandbox: Sandbox, browser: Browser) -> None:
    """Whether nobody ever signed in, or the person is gone since."""
    nobody = browser.handshake(sandbox, SITE)
    browser.ask("POST", "/sign_ins", identifier="ada")
    sandbox.remove_person(ADA)

    for place, cookies in (nobody, browser.handshake(sandbox, SITE)):
        assert place == f"{SITE}?"
        assert cookies[0].startswith("__client_uat=0;")
        assert cookies[1].startswith("__session=; ")


def test_handshake_needs_an_address(browser: Browser) -> None:
    """To go back to."""
    for back in ("", "javascript:1", "//x"):
        address = f"{browser.base}/v1/client/handshake"
        answer = requests.get(
            address, params={"redirect_url": back}, allow_redirects=False, timeout=5
        )
        assert answer.status_code == 400


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://[::1]:80", SITE])
def test_scripts_of_this_machine_may_read_answers(sandbox: Sandbox, origin: str) -> None:
    """With their cookies, and after having asked for leave."""
    address = f"{sandbox.clerk_url}/v1/client"
    for method in ("GET", "OPTIONS"):
        headers = requests.request(method, address, headers={"Origin": origin}, timeout=5).headers
        assert headers["Access-Control-Allow-Origin"] == origin
        assert headers["Access-Control-Allow-Credentials"] == "true"


def test_scripts_of_other_sites_may_not(sandbox: Sandbox) -> None:
    """A page on the internet learns nothing from a sandbox."""
    address = f"{sandbox.clerk_url}/v1/client"
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        answer = requests.get(address, headers=headers, timeout=5)
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert requests.put(address, timeout=5).status_code == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_forms_of_other_sites_change_nothing(sandbox: Sandbox, origin: str) -> None:
    """Or a page on the internet would sign a developer out."""
    address, headers = f"{sandbox.clerk_url}/v1/client/sign_ins", {"Origin": origin}
    answer = requests.post(address, {"identifier": "ada"}, headers=headers, timeout=5)

    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_script_is_served_where_clerk_has_it(sandbox: Sandbox) -> None:
    """At the address that pages make from the publishable key."""
    address = f"{sandbox.clerk_url}/npm/@clerk/clerk-js@5/dist/clerk.browser.js"
    answer = requests.get(address, timeout=5)

    assert answer.headers["Content-Type"] == "text/javascript"
    assert "stand-in" in answer.text
    assert sandbox.clerk_publishable_key.startswith("pk_test_")


def test_somebody_signs_in_on_a_page(sandbox: Sandbox, browser: Browser) -> None:
    """Chosen from the people there are; the site finds out by a handshake."""
    page = browser.jar.get(f"{browser.base}/sign-in", params={"redirect_url": BACK}, timeout=5)
    answer = browser.visit("sign-in", person=ADA, redirect_url=BACK)

    assert "Ada Okafor" in page.text
    assert (answer.status_code, answer.headers["Location"]) == (303, BACK)
    assert session_in(browser.handshake(sandbox)[1])["sub"] == ADA


def test_somebody_signs_up_and_out_on_pages(sandbox: Sandbox, browser: Browser) -> None:
    """And is gone after that."""
    for page in ("sign-up", "sign-out"):
        shown = browser.jar.get(f"{browser.base}/{page}", params={"redirect_url": BACK}, timeout=5)
        assert f'value="{BACK}"' in shown.text
    form = {"first_name": "Zoe", "last_name": "Q", "email_address": "zoe@example.com"}

    assert browser.visit("sign-up", redirect_url=BACK, **form).status_code == 303
    assert session_in(browser.handshake(sandbox)[1])["sub"] == sandbox.objects("user")[-1]["id"]
    assert browser.visit("sign-up", redirect_url=BACK, **form).status_code == 400
    for _ in range(2):
        assert browser.visit("sign-out", redirect_url=BACK).status_code == 303
        assert browser.jar.cookies["__client_uat"] == "0"
    assert Browser(sandbox).visit("sign-out", redirect_url=BACK).status_code == 303


@pytest.mark.parametrize(
    "form",
    [
        {"person": "user_nobody", "redirect_url": "http://127.0.0.1/"},
        {"person": ADA, "redirect_url": "javascript:1"},
        {"person": ADA},
    ],
)
def test_impossible_sign_in_is_refused(browser: Browser, form: dict[str, str]) -> None:
    """Nobody, or to no address."""
    answer = browser.visit("sign-in", **form)

    assert answer.status_code == 400
    assert not answer.cookies


def test_other_methods_find_nothing(sandbox: Sandbox) -> None:
    """Addresses take what Clerk's take."""
    for method, path in (("DELETE", "/v1/client/handshake"), ("PUT", "/v1/client/sign_ins")):
        answer = requests.request(method, sandbox.clerk_url + path, timeout=5)
        assert answer.json()["errors"][0]["code"] == "resource_not_found"
