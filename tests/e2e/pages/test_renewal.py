from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from attrs import define, field
from flask.testing import FlaskClient
from typed_settings.types import SecretStr
from werkzeug.test import TestResponse

from koda.entrypoints.backends.memory import MemoryRoom
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import make_container
from paysandbox import Sandbox
from tests.e2e.clerk_site import clerk_settings
from tests.e2e.pages.conftest import TOKEN, text_of
from tests.support.markets import market_of

SITE = "http://127.0.0.1:8000"
ADA = "user_2SandboxAdaSeller"
PAGE = {"Sec-Fetch-Dest": "document"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's Clerk."""
    with Sandbox.start() as running:
        yield running


@define
class Person:
    """Somebody at a browser without scripts, whom Clerk knows by a cookie of its own."""

    sandbox: Sandbox
    client: FlaskClient
    clerk: requests.Session = field(factory=requests.Session)

    def open(self, path: str, headers: Any = None) -> TestResponse:
        """Open a page, without following redirects."""
        return self.client.get(path, base_url=SITE, headers=PAGE if headers is None else headers)

    def arrive(self, path: str) -> TestResponse:
        """Open a page, and follow wherever that leads."""
        answer, ways = self.open(path), 0
        while answer.status_code in {303, 307}:
            ways += 1
            assert ways < 20, answer.headers["Location"]
            answer = self.open(self.way(answer))
        return answer

    def way(self, answer: TestResponse) -> str:
        """Where a redirect leads on this site, by way of Clerk if it goes there."""
        place = answer.headers["Location"]
        if place.startswith(self.sandbox.clerk_url):
            sent = self.clerk.get(place, allow_redirects=False, timeout=5)
            self.keep_cookies()
            place = sent.headers["Location"]
        return place.removeprefix(SITE)

    def keep_cookies(self) -> None:
        """Let the site see what Clerk set for the whole of the host."""
        for cookie in self.clerk.cookies:
            if cookie.path == "/":
                self.client.set_cookie(cookie.name, str(cookie.value), domain="127.0.0.1")

    def at_clerk(self, page: str, **form: str) -> None:
        """Send a form of Clerk's account portal."""
        address = f"{self.sandbox.clerk_url}/{page}"
        data = {"redirect_url": f"{SITE}/", **form}
        sent = self.clerk.post(address, data, allow_redirects=False, timeout=5)
        assert sent.status_code == 303, sent.text
        self.keep_cookies()

    def sign_out_here(self) -> TestResponse:
        """Press the site's own button."""
        token = TOKEN.search(self.arrive("/").text)
        assert token is not None
        form = {"csrf_token": token[1]}
        return self.client.post("/sign-out", data=form, base_url=SITE, headers=PAGE)

    def bring(self, name: str, value: str) -> None:
        """Put a cookie into the browser."""
        self.client.set_cookie(name, value, domain="127.0.0.1")

    def cookie(self, name: str) -> str | None:
        """A cookie of the site's."""
        cookie = self.client.get_cookie(name, domain="127.0.0.1")
        return None if cookie is None else cookie.value

    @property
    def signed_in(self) -> bool:
        """Whether the library opens."""
        shown = self.arrive("/library")
        return (shown.status_code, shown.request.path) == (200, "/library")

    @property
    def asked_to_sign_in(self) -> bool:
        """Whether the library leads to the page for signing in, and from there back."""
        answer = self.open("/library")
        return answer.headers.get("Location", "").startswith("/sign-in?next=/library")


@pytest.fixture
def person_at(sandbox: Sandbox) -> Callable[..., Person]:
    """Somebody at a site with settings of Clerk's changed."""

    def make(**clerk: Any) -> Person:
        settings = clerk_settings(sandbox, SITE, **clerk)
        return Person(sandbox, create_app(make_container(settings)).test_client())

    return make


@pytest.fixture
def ada(person_at: Callable[..., Person]) -> Person:
    """Ada, who signed in at Clerk a moment ago and now opens the site."""
    person = person_at()
    person.at_clerk("sign-in", person=ADA)
    return person


def expired(sandbox: Sandbox) -> str:
    """A session token of Ada's that ran out."""
    return sandbox.clerk.token({"sub": ADA, "sid": "sess_1", "azp": SITE}, lifetime=-30)


def answer_of(sandbox: Sandbox, **claims: Any) -> str:
    """An answer that signs Ada in, as Clerk signs it."""
    now = sandbox.clock.now()
    token = sandbox.clerk.token({"sub": ADA, "sid": "sess_1", "azp": SITE})
    cookies = [f"__client_uat={now}; Path=/", f"__session={token}; Path=/"]
    return sandbox.clerk.token({"handshake": cookies, "sts": None, **claims})


def test_who_signed_in_at_clerk_is_signed_in_here(ada: Person) -> None:
    """The browser is sent to Clerk once, and comes back to the address that was asked for."""
    sent = ada.open("/library?cursor=x%26y&__clerk_help=1")
    back = parse_qs(urlsplit(sent.headers["Location"]).query)["redirect_url"][0]
    returned = ada.open(ada.way(sent))

    assert sent.status_code == 307
    assert sent.headers["Cache-Control"] == "no-store"
    assert back.startswith(f"{SITE}/library?cursor=x%26y&koda_renewal=")
    assert (returned.status_code, returned.headers["Location"]) == (303, "/library?cursor=x%26y")
    assert ada.open("/library").status_code == 200
    assert ada.cookie("koda_renewals") is None


def test_session_that_ran_out_is_renewed(ada: Person, sandbox: Sandbox) -> None:
    """A page opens as though nothing had happened, and the next ones without a detour."""
    assert ada.signed_in
    for stale in (expired(sandbox), "garbage", ""):
        ada.bring("__session", stale)
        assert ada.open("/library").status_code == 307
        assert ada.signed_in
        assert ada.open("/library").status_code == 200


def test_session_of_before_the_last_sign_in_is_renewed(ada: Person, sandbox: Sandbox) -> None:
    """Whoever signed in since is who is signed in here."""
    assert ada.signed_in
    ada.bring("__client_uat", str(sandbox.clock.now() + 1))

    assert ada.open("/library").status_code == 307
    assert ada.signed_in


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Dest": "image", "Accept": "text/html"},
        {"Sec-Fetch-Dest": "iframe"},
        {"Sec-Fetch-Dest": "empty", "Accept": "application/json"},
        {"Accept": "*/*"},
        {},
    ],
    ids=repr,
)
def test_only_a_person_who_opens_a_page_is_sent(ada: Person, headers: dict[str, str]) -> None:
    """Nothing else could come back."""
    assert ada.open("/library", headers).status_code == 401


def test_old_browser_is_sent_by_what_it_accepts(ada: Person) -> None:
    """Browsers that do not say what they want a page for ask for HTML first."""
    assert ada.open("/library", {"Accept": "text/html,*/*"}).status_code == 307


def test_forms_and_programs_are_not_sent(ada: Person) -> None:
    """A form, a look at the headers and the API get their plain refusal."""
    form = ada.client.post("/basket/add", data={}, base_url=SITE, headers=PAGE)
    look = ada.client.head("/library", base_url=SITE, headers=PAGE)

    assert (form.status_code, look.status_code) == (403, 401)
    assert ada.open("/api/v1/library").status_code == 401


def test_whoever_never_signed_in_is_sent_nowhere(person_at: Callable[..., Person]) -> None:
    """Nor is anybody whose cookie says nothing."""
    person = person_at()
    assert person.open("/").status_code == 200
    for noted in ("0", "", "soon", "-1", "1e9", "9" * 13, "٣"):
        person.bring("__client_uat", noted)
        assert person.open("/").status_code == 200


def test_nobody_is_sent_round_for_ever(ada: Person, sandbox: Sandbox) -> None:
    """After three attempts in a row the page is shown as to somebody who is not signed in."""
    ada.clerk.cookies.clear()
    answers = []
    for _ in range(6):
        answers.append(ada.open("/library"))
        ada.bring("__client_uat", str(sandbox.clock.now()))
        ada.bring("__session", expired(sandbox))

    assert [answer.status_code for answer in answers] == [307, 307, 307, 401, 401, 401]
    assert "identity.js" in answers[-1].text


def test_catalogue_of_whom_nothing_renewed_loads_the_script(ada: Person) -> None:
    """It is not the page that is kept for those who bring nothing."""
    fetched = {"Sec-Fetch-Dest": "empty"}

    assert "identity.js" in ada.open("/", fetched).text
    ada.client.delete_cookie("__client_uat", domain="127.0.0.1")
    assert "identity.js" not in ada.open("/", fetched).text


@pytest.mark.parametrize("count", ["0", "4", "x", "-1", ""])
def test_strange_count_is_none(ada: Person, count: str) -> None:
    """A cookie of somebody else's making neither stops nor prolongs the attempts."""
    ada.bring("koda_renewals", count)

    assert ada.open("/library").status_code == 307
    assert str(ada.cookie("koda_renewals")).startswith("1.")


def test_answer_that_nobody_asked_for_is_ignored(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """A link of somebody else's signs nobody in, however well it is signed."""
    person = person_at()
    returned = person.open(f"/library?a=1&__clerk_handshake={answer_of(sandbox)}&b=2")

    assert (returned.status_code, returned.headers["Location"]) == (303, "/library?a=1&b=2")
    assert returned.headers.getlist("Set-Cookie") == []
    person.bring("__clerk_handshake", answer_of(sandbox))
    assert not person.signed_in


@pytest.mark.parametrize("mark", ["", "&koda_renewal=", "&koda_renewal=x", "&koda_renewal=%ff"])
def test_answer_to_another_browser_is_ignored(
    person_at: Callable[..., Person], sandbox: Sandbox, mark: str
) -> None:
    """Two links of somebody else's sign nobody in either: the first only sends the browser away."""
    person = person_at()
    assert person.open("/?__clerk_db_jwt=db_1").status_code == 307

    returned = person.open(f"/?__clerk_handshake={answer_of(sandbox)}{mark}")

    assert (returned.status_code, returned.headers["Location"]) == (303, "/")
    assert returned.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("claims", [{"exp": 1}, {"iss": "https://evil.example"}, {"handshake": 5}])
def test_answer_that_does_not_hold_is_ignored(
    person_at: Callable[..., Person], sandbox: Sandbox, claims: dict[str, Any]
) -> None:
    """The browser is led to the clean address, with nothing set."""
    person = person_at()
    person.bring("koda_renewals", "1.mark")

    for wrong in (answer_of(sandbox, **claims), "garbage"):
        returned = person.open(f"/?koda_renewal=mark&__clerk_handshake={wrong}")
        assert (returned.status_code, returned.headers["Location"]) == (303, "/")
        assert returned.headers.getlist("Set-Cookie") == []


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example", "/%0d%0aX:y"])
def test_answers_lead_nobody_away(
    person_at: Callable[..., Person], sandbox: Sandbox, path: str
) -> None:
    """Only paths of this site are led to."""
    person = person_at()
    person.bring("koda_renewals", "1.mark")
    returned = person.client.get(
        f"{path}?koda_renewal=mark&__clerk_handshake={answer_of(sandbox)}",
        base_url=SITE,
        headers=PAGE,
    )

    place = urlsplit(returned.headers.get("Location", "/"))
    assert place.netloc in {"", "127.0.0.1:8000"}


def test_host_of_a_request_decides_nothing(ada: Person) -> None:
    """The way back is the configured site's, whatever host or header a request names."""
    headers = {**PAGE, "X-Forwarded-Host": "evil.example"}
    sent = ada.client.get("/library", base_url=SITE, headers=headers)

    assert "evil" not in sent.headers["Location"]


def live(sandbox: Sandbox) -> dict[str, Any]:
    """Settings of an instance for production, which answers by cookie."""
    return {"publishable_key": sandbox.clerk_publishable_key.replace("pk_test_", "pk_live_")}


def test_live_instance_answers_by_cookie(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """The page opens at once with the session in the answer, which is set with it."""
    person = person_at(**live(sandbox))
    person.bring("__client_uat", str(sandbox.clock.now()))
    assert person.open("/library").status_code == 307
    person.bring("__clerk_handshake", answer_of(sandbox))

    assert person.open("/library").status_code == 200
    assert person.cookie("koda_renewals") is None
    assert str(person.cookie("__session")).count(".") == 2
    assert person.open("/library").status_code == 200


def test_live_instance_may_answer_that_nobody_is_signed_in(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """Then that holds at once, and nobody is sent again."""
    person = person_at(**live(sandbox))
    person.bring("__client_uat", str(sandbox.clock.now()))
    person.bring("__session", expired(sandbox))
    assert person.open("/library").status_code == 307
    gone = ["__client_uat=0; Path=/", "__session=; Path=/; Max-Age=0"]
    person.bring("__clerk_handshake", answer_of(sandbox, handshake=gone))

    assert person.asked_to_sign_in
    assert (person.cookie("__client_uat"), person.cookie("__session")) == ("0", None)


def test_live_instance_does_not_answer_in_the_address(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """Addresses can be sent to people; cookies of the domain cannot."""
    person = person_at(**live(sandbox))
    person.bring("koda_renewals", "1")

    answer = person.open(f"/library?__clerk_handshake={answer_of(sandbox)}")
    assert answer.headers["Location"].startswith("/sign-in?next=/library")
    assert person.open("/?__clerk_db_jwt=db_1").status_code == 200


def test_stale_answer_that_lingers_is_asked_for_anew(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """A cookie that the site cannot delete does no harm."""
    person = person_at(**live(sandbox))
    person.bring("__client_uat", str(sandbox.clock.now()))
    person.bring("koda_renewals", "1")
    person.bring("__clerk_handshake", answer_of(sandbox, exp=1))

    assert person.open("/library").status_code == 307


def test_instance_for_development_tells_browsers_apart(ada: Person) -> None:
    """What its pages put into the address goes back to it, and out of the address."""
    sent = ada.open("/library?__clerk_db_jwt=db_1&q=x")
    told = parse_qs(urlsplit(sent.headers["Location"]).query)

    assert told["__clerk_db_jwt"] == ["db_1"]
    assert told["redirect_url"][0].startswith(f"{SITE}/library?q=x&koda_renewal=")


def test_signing_out_at_clerk_ends_the_session_here(ada: Person) -> None:
    """At once, though the token still holds; the basket of this browser goes, too."""
    assert ada.signed_in
    with ada.client.session_transaction(base_url=SITE) as session:
        session["koda"] = {**session.get("koda", {}), "basket": ["aut_1"]}
    held = str(ada.cookie("__session"))

    ada.at_clerk("sign-out")
    ada.bring("__session", held)

    assert ada.asked_to_sign_in
    assert "Sign in" in text_of(ada.open("/"))
    with ada.client.session_transaction(base_url=SITE) as session:
        assert "koda" not in session
        session["koda"] = {"basket": ["aut_2"]}
    ada.open("/")
    with ada.client.session_transaction(base_url=SITE) as session:
        assert session["koda"]["basket"] == ["aut_2"]


def test_basket_of_a_visitor_who_has_yet_to_sign_in_stays(person_at: Callable[..., Person]) -> None:
    """Clerk's script notes that nobody is signed in; what was chosen so far is not lost by that."""
    person = person_at()
    with person.client.session_transaction(base_url=SITE) as session:
        session["koda"] = {**session.get("koda", {}), "basket": ["aut_1"]}

    person.bring("__client_uat", "0")
    person.open("/sign-up")
    person.at_clerk("sign-in", person=ADA)
    assert person.signed_in

    with person.client.session_transaction(base_url=SITE) as session:
        assert session["koda"]["basket"] == ["aut_1"]


def test_session_revoked_at_clerk_ends_with_its_token(ada: Person, sandbox: Sandbox) -> None:
    """What an administrator ends in Clerk's dashboard is not renewed."""
    assert ada.signed_in
    headers = {"Authorization": f"Bearer {sandbox.clerk_secret_key}"}
    for session in sandbox.objects("session"):
        address = f"{sandbox.clerk_url}/v1/sessions/{session['id']}/revoke"
        assert requests.post(address, headers=headers, timeout=5).ok
    ada.bring("__session", expired(sandbox))

    assert not ada.signed_in
    assert ada.cookie("__client_uat") == "0"


def test_signing_out_here_stays_so_without_scripts(ada: Person) -> None:
    """Clerk's own session lives on unless told, and does not bring the one here back."""
    assert ada.signed_in
    assert ada.sign_out_here().status_code == 303

    assert ada.cookie("__client_uat") != "0"
    assert ada.open("/library").status_code == 401
    assert "identity.js" not in ada.open("/").text


def test_signing_out_here_ends_the_session_at_clerk(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """With a key for Clerk's Backend API; and whoever signs in anew is in."""
    person = person_at(secret_key=SecretStr(sandbox.clerk_secret_key))
    person.at_clerk("sign-in", person=ADA)
    assert person.signed_in

    person.sign_out_here()

    assert sandbox.objects("session")[-1]["status"] == "revoked"
    assert not person.signed_in
    sandbox.clock.fix(sandbox.clock.now() + 1)
    try:
        person.at_clerk("sign-in", person=ADA)
        assert person.signed_in
    finally:
        sandbox.clock.fix(None)
    with person.client.session_transaction(base_url=SITE) as session:
        assert "left" not in session["koda"]


@pytest.mark.parametrize("status", [500, 404])
def test_signing_out_needs_no_clerk(
    person_at: Callable[..., Person], sandbox: Sandbox, status: int
) -> None:
    """If it does not answer, or knows of no such session, the session here ends all the same."""
    person = person_at(secret_key=SecretStr("sk_test_wrong"))
    person.at_clerk("sign-in", person=ADA)
    assert person.signed_in
    sandbox.faults.next("POST /clerk/v1/sessions*", f"status={status}")

    assert person.sign_out_here().status_code == 303
    assert person.open("/library").status_code == 401
    sandbox.faults.clear()


def test_form_that_came_too_late_leads_back_to_its_page(ada: Person, sandbox: Sandbox) -> None:
    """Signing in again leads to the page of the form; another site's address leads nowhere."""
    assert ada.signed_in
    token = TOKEN.search(ada.open("/selling").text)
    assert token is not None
    ada.bring("__session", expired(sandbox))
    for sender, target in (
        (f"{SITE}/selling/new", "/selling/new"),
        (f"{SITE}//evil.example", "/basket"),
        (f"{SITE}.evil.example/x", "/basket"),
    ):
        refused = ada.client.post(
            "/selling/onboarding",
            data={"csrf_token": token[1]},
            base_url=SITE,
            headers={**PAGE, "Referer": sender},
        )
        assert refused.status_code == 401
        assert f"/sign-in?next={target}" in refused.text
    assert ada.arrive("/sign-in?next=/selling/new").request.path == "/selling/new"


def test_keys_that_cannot_be_read_send_nobody(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """While nothing can be checked, an answer could not be, either."""
    person = person_at(public_key="", jwks_url=f"{sandbox.clerk_url}/.well-known/jwks.json")
    sandbox.faults.next("GET /clerk/.well-known*", "status=500")
    person.bring("__client_uat", str(sandbox.clock.now()))
    person.bring("__session", expired(sandbox))

    assert person.open("/").status_code == 200


def test_without_a_publishable_key_people_sign_in_at_clerk(
    person_at: Callable[..., Person], sandbox: Sandbox
) -> None:
    """The link leads to Clerk's page, the answer comes by cookie, and no script is loaded."""
    person = person_at(publishable_key="")
    there = f"{sandbox.clerk_url}/sign-in?redirect_url="

    assert there in person.open("/").text
    assert person.open("/library").headers["Location"].startswith(there)
    assert person.open("/sign-in").status_code == 404
    person.at_clerk("sign-in", person=ADA)
    assert person.open("/library").status_code == 307
    person.bring("__clerk_handshake", answer_of(sandbox))
    page = person.open("/library")
    assert page.status_code == 200
    assert "identity.js" not in page.text


def test_whoever_signs_in_to_pay_goes_on_to_the_payment(sandbox: Sandbox) -> None:
    """By the site's page for signing in and by Clerk, with nothing pressed a second time."""
    container = make_container(clerk_settings(sandbox, SITE))
    market = market_of(container)
    market.provider = container.rooms().of(MemoryRoom).provider
    item = market.list_automation(market.ready_seller("dan"))
    person = Person(sandbox, create_app(container).test_client())
    token = TOKEN.search(person.open(f"/automations/{item.id}").text)
    assert token is not None

    form = {"csrf_token": token[1], "expected_total": "1250"}
    asked = person.client.post(
        f"/automations/{item.id}/buy", data=form, base_url=SITE, headers=PAGE
    )
    sent = person.open(asked.headers["Location"])
    person.at_clerk("sign-in", person=ADA)
    back = person.open(person.way(person.open("/checkout")))
    paying = person.open(back.headers["Location"])

    assert sent.headers["Location"] == "/sign-in?next=/checkout"
    assert back.headers["Location"] == "/checkout"
    assert paying.headers["Location"].startswith("https://pay.example/checkout/")
