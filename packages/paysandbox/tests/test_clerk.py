from typing import Any

import jwt
import pytest
import requests

from paysandbox import Sandbox

ADA = "user_2SandboxAdaSeller"


class Backend:
    """Clerk's Backend API by plain HTTP."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Speak with the secret key."""
        self.base = f"{sandbox.clerk_url}/v1"
        self.headers = {"Authorization": f"Bearer {sandbox.clerk_secret_key}"}

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call."""
        address = self.base + path
        return requests.request(method, address, headers=self.headers, timeout=5, **options)


@pytest.fixture
def backend(sandbox: Sandbox) -> Backend:
    """The API of the sandbox under test."""
    return Backend(sandbox)


def read(sandbox: Sandbox, token: str) -> Any:
    """The claims of a token, verified with the published keys."""
    key = jwt.PyJWKClient(f"{sandbox.clerk_url}/.well-known/jwks.json").get_signing_key_from_jwt(
        token
    )
    return jwt.decode(token, key, algorithms=["RS256"], issuer=sandbox.clerk_url)


def test_session_token_has_the_claims_of_version_two(sandbox: Sandbox, backend: Backend) -> None:
    """Made from a session, verified with the key set."""
    session = backend("POST", "/sessions", json={"user_id": ADA}).json()

    answer = backend("POST", f"/sessions/{session['id']}/tokens").json()
    claims = read(sandbox, answer["jwt"])

    assert answer["object"] == "token"
    assert (claims["sub"], claims["sid"], claims["v"]) == (ADA, session["id"], 2)
    assert claims["exp"] - claims["iat"] == 60
    assert {"fva", "iss", "jti", "nbf", "sts"} <= set(claims)


def test_token_can_live_longer(sandbox: Sandbox, backend: Backend) -> None:
    """As long as asked, within bounds."""
    session = backend("POST", "/sessions", json={"user_id": ADA}).json()["id"]
    path = f"/sessions/{session}/tokens"

    claims = read(sandbox, backend("POST", path, json={"expires_in_seconds": 600}).json()["jwt"])
    refused = [
        backend("POST", path, json={"expires_in_seconds": wish}) for wish in (29, "x", 10**9)
    ]

    assert claims["exp"] - claims["iat"] == 600
    assert [answer.status_code for answer in refused] == [422, 422, 422]


def test_revoked_session_gives_no_tokens(backend: Backend) -> None:
    """And says that it is revoked."""
    session = backend("POST", "/sessions", json={"user_id": ADA}).json()["id"]

    revoked = backend("POST", f"/sessions/{session}/revoke").json()

    assert revoked["status"] == "revoked"
    assert backend("GET", f"/sessions/{session}").json() == revoked
    assert backend("POST", f"/sessions/{session}/tokens").status_code == 404


def test_key_is_published_in_every_form(sandbox: Sandbox, backend: Backend) -> None:
    """Key sets with and without the secret key, and PEM."""
    public = requests.get(f"{sandbox.clerk_url}/.well-known/jwks.json", timeout=5).json()
    pem = requests.get(f"{sandbox.clerk_url}/.well-known/key.pem", timeout=5).text

    token = sandbox.sign_in(ADA)

    assert backend("GET", "/jwks").json() == public
    assert jwt.get_unverified_header(token)["kid"] == public["keys"][0]["kid"]
    assert pem == sandbox.clerk.public_key()
    assert jwt.decode(token, pem, algorithms=["RS256"])["sub"] == ADA


def test_secret_key_is_needed(sandbox: Sandbox) -> None:
    """Except for the public key and pictures."""
    for headers in ({}, {"Authorization": "Bearer sk_test_wrong"}, {"Authorization": "Basic x"}):
        answer = requests.get(f"{sandbox.clerk_url}/v1/users", headers=headers, timeout=5)
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["code"] == "clerk_key_invalid"


def test_person_lives_through_the_api(backend: Backend) -> None:
    """Created, read, changed and deleted."""
    given = {
        "first_name": "Zoe",
        "username": "zoe",
        "email_address": ["zoe@example.com"],
        "public_metadata": {"role": "seller"},
    }

    made = backend("POST", "/users", json={**given, "id": "user_chosen"}).json()
    changed = backend(
        "PATCH", f"/users/{made['id']}", json={"email_address": [], "last_name": "Q"}
    ).json()
    gone = backend("DELETE", f"/users/{made['id']}").json()

    assert made["id"].startswith("user_") != made["id"].endswith("chosen")
    assert made["email_addresses"][0]["id"] == made["primary_email_address_id"]
    assert (changed["first_name"], changed["last_name"]) == ("Zoe", "Q")
    assert changed["primary_email_address_id"] is None
    assert gone == {"id": made["id"], "object": "user", "deleted": True}
    assert backend("GET", f"/users/{made['id']}").status_code == 404


def test_changed_address_becomes_the_primary_one(backend: Backend) -> None:
    """A new list replaces the old one."""
    made = backend("POST", "/users", json={"first_name": "Zoe"}).json()

    changed = backend(
        "PATCH", f"/users/{made['id']}", json={"email_address": ["new@example.com"]}
    ).json()

    assert changed["email_addresses"][0]["email_address"] == "new@example.com"
    assert changed["primary_email_address_id"] == changed["email_addresses"][0]["id"]


def test_deleted_person_has_no_session_left(sandbox: Sandbox, backend: Backend) -> None:
    """Sessions end with the user."""
    session = backend("POST", "/sessions", json={"user_id": ADA}).json()["id"]

    sandbox.remove_person(ADA)

    assert backend("GET", f"/sessions/{session}").json()["status"] == "ended"
    assert backend("POST", "/sessions", json={"user_id": ADA}).status_code == 404


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"email_address": "nora@example.com"}, ["Nora"]),
        ({"user_id": ADA}, ["Ada"]),
        ({"query": "WATANA"}, ["Ken"]),
        ({"limit": "2", "offset": "1"}, ["Ken", "Nora"]),
    ],
)
def test_people_are_found(backend: Backend, query: dict[str, str], names: list[str]) -> None:
    """By address, id or part of a name, newest first."""
    found = backend("GET", "/users", params=query).json()

    assert [user["first_name"] for user in found] == names


def test_people_are_counted(backend: Backend) -> None:
    """All of them."""
    assert backend("GET", "/users/count").json()["total_count"] == 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"colour": "red"}, "form_param_unknown"),
        ({"first_name": 5}, "form_param_format_invalid"),
        ({"email_address": "a@example.com"}, "form_param_format_invalid"),
        ({"email_address": ["nonsense"]}, "form_param_format_invalid"),
        ({"public_metadata": []}, "form_param_format_invalid"),
        ({"email_address": ["ada@example.com"]}, "form_identifier_exists"),
        ({"username": "ada"}, "form_identifier_exists"),
    ],
)
def test_ill_formed_people_are_refused(backend: Backend, body: Any, code: str) -> None:
    """In Clerk's shape, with its code."""
    answer = backend("POST", "/users", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == code


@pytest.mark.parametrize(("notify", "status"), [(True, 200), (False, 200), ("no", 422)])
def test_change_may_say_whether_the_person_is_told(
    backend: Backend, notify: Any, status: int
) -> None:
    """With a truth value; nobody is written to."""
    change = {"last_name": "Q", "notify_primary_email_address_changed": notify}

    assert backend("PATCH", f"/users/{ADA}", json=change).status_code == status


@pytest.mark.parametrize("body", [b"{", b"[]", b"[" * 100_000])
def test_bodies_that_are_no_objects_are_refused(backend: Backend, body: bytes) -> None:
    """As a 400."""
    assert backend("POST", "/users", data=body).status_code == 400


def test_list_bounds_are_checked(backend: Backend) -> None:
    """From 1 to 500."""
    assert backend("GET", "/users", params={"limit": 501}).status_code == 422


def test_unknown_calls_are_not_found(backend: Backend) -> None:
    """As a 404 in Clerk's shape."""
    answer = backend("GET", "/organizations")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "resource_not_found")


def test_person_has_a_picture(sandbox: Sandbox) -> None:
    """Initials; served to everybody."""
    address = next(row["image_url"] for row in sandbox.objects("user") if row["id"] == ADA)

    picture = requests.get(address, timeout=5)

    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert ">AO</text>" in picture.text


def test_wrong_tokens_can_be_made(sandbox: Sandbox) -> None:
    """Other claims, other keys, no signature, expired: for tests of verifiers."""
    pem = sandbox.clerk.public_key()
    told = {"sub": 5, "iss": "http://evil.test", "sid": None, "exp": None}
    names = {"kid": "x", "jku": "http://evil.test"}

    claims = peek(sandbox.clerk.token(told))
    confused = sandbox.clerk.token({"sub": ADA}, names, key=pem, algorithm="HS256")
    bare = sandbox.clerk.token({"sub": ADA}, algorithm="none")

    assert (claims["sub"], claims["iss"]) == (5, "http://evil.test")
    assert not {"sid", "exp"} & set(claims)
    assert jwt.get_unverified_header(confused)["jku"] == "http://evil.test"
    assert (peek(confused)["sub"], peek(bare)["sub"]) == (ADA, ADA)
    assert jwt.get_unverified_header(bare)["alg"] == "none"
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(sandbox.sign_in(ADA, -5), pem, algorithms=["RS256"])


def peek(token: str) -> Any:
    """The claims of a token, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def test_token_can_be_signed_with_another_key(sandbox: Sandbox) -> None:
    """Of another instance, under the same key id."""
    with Sandbox.start() as other:
        other.sign_in(ADA)
        stranger = other.world.state.get("meta", "signing_key")
        assert stranger is not None
        foreign = sandbox.clerk.token({"sub": ADA}, key=stranger["pem"])

        assert jwt.decode(foreign, other.clerk.public_key(), algorithms=["RS256"])["sub"] == ADA
    with pytest.raises(jwt.InvalidSignatureError):
        read(sandbox, foreign)


def test_token_names_the_site_and_further_claims(sandbox: Sandbox) -> None:
    """`azp` and what a test adds."""
    token = sandbox.sign_in(ADA, origin="http://shop.test", claims={"sts": "pending"})

    claims = read(sandbox, token)

    assert (claims["azp"], claims["sts"], claims["sub"]) == ("http://shop.test", "pending", ADA)


def test_person_can_be_given_an_id(sandbox: Sandbox) -> None:
    """By the sandbox's owner, once."""
    from paysandbox.errors import ClerkError

    assert sandbox.add_person(id="user_mine", username="me")["id"] == "user_mine"
    with pytest.raises(ClerkError):
        sandbox.add_person(id="user_mine")
    assert sandbox.change_person("user_mine", username="you")["username"] == "you"
