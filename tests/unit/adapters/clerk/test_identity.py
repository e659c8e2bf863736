import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import jwt
import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.keys import FixedKey
from koda.adapters.clerk.tokens import LONGEST
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Principal
from paysandbox import Sandbox

SITE = "https://koda.example"
ADA = UserId("user_2SandboxAdaSeller")
USUAL: dict[str, Any] = {"sub": ADA, "sid": "sess_1", "azp": SITE}


@pytest.fixture
def identity(sandbox: Sandbox) -> ClerkIdentity:
    """The adapter, with the sandbox's key in its settings."""
    return ClerkIdentity(
        issuer=sandbox.clerk_url,
        keys=FixedKey.from_pem(sandbox.clerk.public_key()),
        authorized_parties=frozenset({SITE, "https://www.koda.example"}),
        admins=frozenset(),
        clock=lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC),
    )


def ask(identity: ClerkIdentity, token: str) -> Principal:
    """Who `identity` takes the bearer of a token for."""
    return identity.authenticate(Credentials(f"Bearer {token}"))


def encode(part: bytes) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def test_usual_token_holds(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """What Clerk makes of a sign-in tells the user and the session."""
    assert ask(identity, sandbox.clerk.token(USUAL)) == Principal(ADA, "sess_1")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e12},
        {"nbf": None},
        {"nbf": 4_000_000_000},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"iss": "https://clerk.evil.example"},
        {"iss": None},
        {"azp": "https://evil.example"},
        {"azp": None},
        {"azp": [SITE]},
        {"sts": "pending"},
        {"sts": 5},
        {"sid": None},
        {"sid": 5},
        {"sid": "sess 1"},
        {"sub": None},
        {"sub": 5},
        {"sub": "mch_1"},
        {"sub": "user_"},
        {"sub": "user_a\n"},
        {"o": "x"},
        {"o": None, "fea": 5},
        {"fea": ["o:x"]},
        {"act": "user_2"},
        {"act": {}},
        {"act": {"sub": 5}},
    ],
    ids=repr,
)
def test_claims_that_do_not_hold_are_refused(
    sandbox: Sandbox, identity: ClerkIdentity, claims: dict[str, Any]
) -> None:
    """A good signature does not excuse what is missing, strange or for somebody else."""
    with pytest.raises(NotAuthenticated):
        ask(identity, sandbox.clerk.token(USUAL | claims))


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "somebody"},
        {"new": {"deep": [1]}},
        {"o": {"id": "org_1", "rol": "admin"}, "fea": "o:dashboard", "pla": "u:free"},
        {"azp": "https://www.koda.example"},
        {"sts": None},
        {"role": "admin", "admin": True, "public_metadata": {"role": "admin"}},
    ],
    ids=repr,
)
def test_further_claims_change_nothing(
    sandbox: Sandbox, identity: ClerkIdentity, claims: dict[str, Any]
) -> None:
    """What Clerk adds or a person puts in their own data makes nobody anything."""
    assert ask(identity, sandbox.clerk.token(USUAL | claims)) == Principal(ADA, "sess_1")


@pytest.mark.parametrize(("ahead", "holds"), [(None, True), (-1, True), (0, True), (1, False)])
def test_session_of_before_the_last_sign_in_is_over(
    sandbox: Sandbox, identity: ClerkIdentity, *, ahead: int | None, holds: bool
) -> None:
    """A token that is still good does not outlive the sign-in that it came from."""
    token = sandbox.clerk.token(USUAL)
    issued = jwt.decode(token, options={"verify_signature": False})["iat"]
    noted = None if ahead is None else issued + ahead
    try:
        principal: Principal | None = identity.authenticate(
            Credentials(cookie=token, signed_in_at=noted)
        )
    except NotAuthenticated:
        principal = None

    assert (principal is not None) is holds


@pytest.mark.parametrize("category", ["cl_B7d4PD222AAA", "cl_B7d4PD333AAA", 5, ["x"], None])
def test_token_of_another_kind_is_refused(
    sandbox: Sandbox, identity: ClerkIdentity, category: Any
) -> None:
    """What a template or a machine's key made is signed by the same key, and is no session's."""
    with pytest.raises(NotAuthenticated):
        ask(identity, sandbox.clerk.token(USUAL, {"cat": category}))


def test_impersonator_is_told(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """Staff who act in a person's name are known as such."""
    claims = USUAL | {"act": {"iss": "https://dashboard.clerk.com", "sub": "user_staff"}}

    assert ask(identity, sandbox.clerk.token(claims)).impersonator == "user_staff"


@pytest.mark.parametrize(("late", "holds"), [(-4, True), (4, True), (6, False)])
def test_clocks_may_differ_by_five_seconds(
    sandbox: Sandbox, identity: ClerkIdentity, *, late: int, holds: bool
) -> None:
    """A token is good until shortly after it expires, by Koda's clock."""
    expires = datetime.fromtimestamp(sandbox.clock.now() + 60, UTC)
    token = sandbox.clerk.token(USUAL | {"exp": int(expires.timestamp())})
    later = evolve(identity, clock=lambda: expires + timedelta(seconds=late))
    try:
        principal: Principal | None = ask(later, token)
    except NotAuthenticated:
        principal = None

    assert (principal is not None) is holds


def test_token_of_the_future_is_refused(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """What begins in six seconds is not good yet."""
    begins = sandbox.clock.now() + 6
    early = evolve(identity, clock=lambda: datetime.fromtimestamp(begins - 6, UTC))

    with pytest.raises(NotAuthenticated):
        ask(early, sandbox.clerk.token(USUAL | {"nbf": begins}))


def test_party_may_be_left_out_where_it_is_not_required(
    sandbox: Sandbox, identity: ClerkIdentity
) -> None:
    """Tokens made without a browser name no site; another site is refused all the same."""
    lenient = evolve(identity, party_required=False)
    token, foreign = (
        sandbox.clerk.token(USUAL | {"azp": azp}) for azp in (None, "https://evil.example")
    )

    assert ask(lenient, token).user_id == ADA
    with pytest.raises(NotAuthenticated):
        ask(lenient, foreign)


def test_without_parties_any_site_passes(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """A marketplace that names no origins cannot compare them."""
    anywhere = evolve(identity, authorized_parties=frozenset())

    assert ask(anywhere, sandbox.clerk.token(USUAL | {"azp": "https://a.example"})).user_id == ADA


def test_other_key_is_refused(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """Another instance's signature proves nothing, whatever key its header names or brings."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    numbers = key.public_key().public_numbers()
    own_key = {"kty": "RSA", "n": str(numbers.n), "e": "AQAB"}
    for headers in ({}, {"jku": "https://evil.example/jwks"}, {"jwk": own_key}, {"kid": "x"}):
        with pytest.raises(NotAuthenticated):
            ask(identity, sandbox.clerk.token(USUAL, headers, key=pem))
    assert sandbox.requests == []


def test_what_cannot_be_a_session_token_asks_for_no_key(
    sandbox: Sandbox, identity: ClerkIdentity
) -> None:
    """API keys, machine tokens and other algorithms are refused before any key is looked for."""

    def no_key(key_id: str | None) -> NoReturn:
        pytest.fail(f"asked for the key {key_id}")

    keyless = evolve(identity, keys=no_key)
    unsigned = sandbox.clerk.token(USUAL, key="", algorithm="none")
    shared = sandbox.clerk.token(USUAL, key="x" * 32, algorithm="HS256")
    for token in ("ak_live_1", "mt_1", "m2m_1", "oat_1", "a.b.c", unsigned, shared):
        with pytest.raises(NotAuthenticated):
            ask(keyless, token)


def test_unsigned_token_is_refused(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """`none` is no signature."""
    with pytest.raises(NotAuthenticated):
        ask(identity, sandbox.clerk.token(USUAL, key="", algorithm="none"))


@pytest.mark.parametrize("algorithm", ["HS256", "RS256"])
def test_public_key_is_no_secret(sandbox: Sandbox, identity: ClerkIdentity, algorithm: str) -> None:
    """A signature that anybody can make with the public key is refused, whatever it is called."""
    header = json.dumps({"alg": algorithm, "typ": "JWT"}).encode()
    claims = sandbox.clerk.token(USUAL).split(".")[1]
    signed = f"{encode(header)}.{claims}"
    pem = sandbox.clerk.public_key().encode()
    mark = hmac.new(pem, signed.encode(), hashlib.sha256).digest()

    with pytest.raises(NotAuthenticated):
        ask(identity, f"{signed}.{encode(mark)}")


@pytest.mark.parametrize(
    "header",
    [b"[" * 5000, b"[]", b"null", b'{"alg": 5}', b'{"alg": "RS256", "kid": 5}', b"\xff", b"{"],
)
def test_header_that_is_none_is_refused(
    sandbox: Sandbox, identity: ClerkIdentity, header: bytes
) -> None:
    """Whatever the unsigned part of a token holds, it breaks nothing."""
    _, claims, mark = sandbox.clerk.token(USUAL).split(".")

    with pytest.raises(NotAuthenticated):
        ask(identity, f"{encode(header)}.{claims}.{mark}")


def test_changed_claims_are_refused(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """The signature is over the claims."""
    header, _, mark = sandbox.clerk.token(USUAL).split(".")
    _, claims, _ = sandbox.clerk.token(USUAL | {"sub": "user_other"}).split(".")

    with pytest.raises(NotAuthenticated):
        ask(identity, f"{header}.{claims}.{mark}")


def test_oversized_token_is_not_read(sandbox: Sandbox, identity: ClerkIdentity) -> None:
    """A token beyond any that Clerk makes costs nothing, even with a good signature."""
    with pytest.raises(NotAuthenticated, match="no session token"):
        ask(identity, sandbox.clerk.token(USUAL | {"pad": "x" * LONGEST}))
