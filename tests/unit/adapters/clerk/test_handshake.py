from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from koda.adapters.clerk.handshake import MOST, ClerkHandshake
from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.keys import FixedKey
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.people import Credentials
from koda.ports.browser_sessions import BrowserRequest, RenewalAnswer, RenewedSession
from paysandbox import Sandbox

SITE = "https://koda.example"
BACK = f"{SITE}/library?cursor=a%26b"
NOTHING = BrowserRequest({})
LEFT = ["__client_uat=0; Path=/", "__session=; Path=/; Max-Age=0"]


@pytest.fixture
def handshake(sandbox: Sandbox) -> ClerkHandshake:
    """The adapter at the sandbox, an instance for development."""
    identity = ClerkIdentity(
        issuer=sandbox.clerk_url,
        keys=FixedKey.from_pem(sandbox.clerk.public_key()),
        authorized_parties=frozenset({SITE}),
        admins=frozenset(),
        clock=lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC),
    )
    return ClerkHandshake(identity, development=True)


def read(handshake: ClerkHandshake, text: str) -> RenewedSession:
    """What the adapter reads in an answer."""
    return handshake.read(RenewalAnswer(text))


def session(sandbox: Sandbox, lifetime: int = 60, **claims: Any) -> str:
    """A session's token for the site."""
    usual = {"sub": "user_2SandboxAdaSeller", "sid": "sess_1", "azp": SITE}
    return sandbox.clerk.token(usual | claims, lifetime=lifetime)


def answer(sandbox: Sandbox, cookies: Any, claims: Any = None, **options: Any) -> str:
    """What Clerk sends along with a browser that comes back."""
    return sandbox.clerk.token({"handshake": cookies, "sts": None, **(claims or {})}, **options)


def test_browser_is_sent_to_the_frontend_api(sandbox: Sandbox, handshake: ClerkHandshake) -> None:
    """It comes back to the page that it asked for, whatever is in its address."""
    request = BrowserRequest({"__session": "x", "__clerk_db_jwt": "db&1"})
    parts = urlsplit(handshake.address(request, BACK, "state_1"))

    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == (
        f"{sandbox.clerk_url}/v1/client/handshake"
    )
    assert parse_qs(parts.query) == {
        "redirect_url": [f"{BACK}&koda_renewal=state_1"],
        "suffixed_cookies": ["false"],
        "__clerk_hs_reason": ["session-token-expired"],
        "__clerk_db_jwt": ["db&1"],
    }


def test_live_instance_is_told_no_token_of_the_browser(handshake: ClerkHandshake) -> None:
    """It knows browsers by a cookie of its own."""
    live = evolve(handshake, development=False)

    request = BrowserRequest({"__clerk_db_jwt": "db_1"}, {"__clerk_db_jwt": "db_2"})

    told = parse_qs(urlsplit(live.address(request, BACK, "state_1")).query)

    assert told["redirect_url"] == [BACK]
    assert "__clerk_db_jwt" not in told
    assert "__clerk_db_jwt" not in handshake.address(NOTHING, BACK, "state_1")


@pytest.mark.parametrize(
    ("cookies", "arguments", "reason"),
    [
        ({"__session": "x"}, {"__clerk_db_jwt": "db_1"}, "dev-browser-sync"),
        ({"__session": "x"}, {}, "session-token-expired"),
        ({"__client_uat": "1"}, {}, "client-uat-but-no-session-token"),
    ],
)
def test_reason_is_told_for_clerks_log(
    handshake: ClerkHandshake, cookies: dict[str, str], arguments: dict[str, str], reason: str
) -> None:
    """In the words of Clerk's own libraries."""
    address = handshake.address(BrowserRequest(cookies, arguments), BACK, "state_1")

    assert parse_qs(urlsplit(address).query)["__clerk_hs_reason"] == [reason]


def test_live_instance_answers_by_cookie_alone(handshake: ClerkHandshake) -> None:
    """And asks for nobody: addresses can be sent to people, cookies of the domain cannot."""
    live = evolve(handshake, development=False)
    request = BrowserRequest({}, {"__clerk_handshake": "x", "__clerk_db_jwt": "db_1"})
    by_cookie = BrowserRequest({"__clerk_handshake": "y"})

    assert (live.answer(request), live.is_due(request)) == (None, False)
    assert live.answer(by_cookie) == handshake.answer(by_cookie) == RenewalAnswer("y")
    assert handshake.answer(request) == RenewalAnswer("x", "")


def test_answer_tells_cookies_and_session(sandbox: Sandbox, handshake: ClerkHandshake) -> None:
    """What to set, and what the browser will bring from then on."""
    token = session(sandbox)
    now = sandbox.clock.now()
    cookies = [f"__client_uat={now}; Path=/; Domain=koda.example", f"__session={token}; Path=/"]

    renewed = read(handshake, answer(sandbox, cookies))

    assert renewed.cookies == tuple(cookies)
    assert renewed.credentials == Credentials(cookie=token, signed_in_at=now)


def test_answer_may_tell_that_nobody_is_signed_in(
    sandbox: Sandbox, handshake: ClerkHandshake
) -> None:
    """Then there is no session to judge."""
    renewed = read(handshake, answer(sandbox, LEFT))

    assert renewed.cookies == tuple(LEFT)
    assert renewed.credentials == Credentials(cookie="", signed_in_at=0)
    assert read(handshake, answer(sandbox, [])).credentials == Credentials()


def test_only_cookies_of_clerks_own_are_taken(sandbox: Sandbox, handshake: ClerkHandshake) -> None:
    """Neither the site's cookies nor headers can be set by what an answer says."""
    good = [
        "__session_AbC12-_x=; Path=/",
        "__client_uat_AbC12-_x=0; Path=/",
        "__refresh_AbC12-_x=r; Path=/; HttpOnly",
        "__clerk_db_jwt=d; Path=/",
        "__clerk_handshake=; Max-Age=0",
    ]
    bad = [
        "koda=stolen; Path=/",
        "__Host-koda=stolen; Path=/; Secure",
        "__sessions=x",
        "__session_short=x",
        "__session",
        "__session=a\r\nLocation: https://evil.example",
        "__client_uat=0; Path=/\nX: y",
        "__client_uat=é",
        ' __session="x"',
        5,
        None,
        ["__session=x"],
    ]

    assert read(handshake, answer(sandbox, [*bad, *good])).cookies == tuple(good)


@pytest.mark.parametrize("cookies", [None, "__session=x", {}, 5, ["__client_uat=0"] * (MOST + 1)])
def test_answer_that_is_none_is_refused(
    sandbox: Sandbox, handshake: ClerkHandshake, cookies: Any
) -> None:
    """A list of a few cookies is expected."""
    with pytest.raises(NotAuthenticated):
        read(handshake, answer(sandbox, cookies))


def test_forged_and_foreign_answers_are_refused(
    sandbox: Sandbox, handshake: ClerkHandshake
) -> None:
    """Only the instance's own signature counts, on a token made for this."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    template = {"cat": "cl_B7d4PD222AAA"}
    for wrong in (
        answer(sandbox, LEFT, key=pem),
        answer(sandbox, LEFT, key="", algorithm="none"),
        answer(sandbox, LEFT, key="x" * 32, algorithm="HS256"),
        answer(sandbox, LEFT, headers=template),
        answer(sandbox, LEFT, headers={"cat": ["cl_B7d4PD111AAA"]}),
        answer(sandbox, LEFT, {"iss": "https://clerk.evil.example"}),
        answer(sandbox, LEFT, {"exp": "soon"}),
        answer(sandbox, LEFT, lifetime=-6),
        "garbage",
        "",
    ):
        with pytest.raises(NotAuthenticated):
            read(handshake, wrong)
    assert read(handshake, answer(sandbox, LEFT, headers={"cat": "cl_I7d4PD111III"})).cookies
    assert read(handshake, answer(sandbox, LEFT, {"exp": None, "iss": None})).cookies


def test_session_in_an_answer_must_hold(sandbox: Sandbox, handshake: ClerkHandshake) -> None:
    """A stale answer, or one for another site, changes nothing."""
    ahead = sandbox.clock.now() + 30
    for cookies in (
        [f"__session={session(sandbox, -10)}"],
        [f"__session={session(sandbox, azp='https://evil.example')}"],
        ["__session=garbage"],
        [f"__session={session(sandbox)}", f"__client_uat={ahead}"],
        [f"__session={session(sandbox)}", "__client_uat=0"],
    ):
        with pytest.raises(NotAuthenticated):
            read(handshake, answer(sandbox, cookies))


def test_answer_runs_out(sandbox: Sandbox, handshake: ClerkHandshake) -> None:
    """An answer that is shown again later is none."""
    later = handshake.identity.clock() + timedelta(seconds=66)
    cookies = answer(sandbox, LEFT)

    assert read(handshake, cookies).cookies
    with pytest.raises(NotAuthenticated, match="expired"):
        read(evolve(handshake, identity=evolve(handshake.identity, clock=lambda: later)), cookies)
