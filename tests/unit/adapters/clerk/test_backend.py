from datetime import UTC, datetime

import pytest

from koda.adapters.clerk.backend import ClerkBackend
from koda.adapters.clerk.http import LARGEST
from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.keys import FixedKey
from koda.adapters.clerk.users import person_of
from koda.domain.model.errors import NotFound, Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from paysandbox import Sandbox
from tests.unit.adapters.answering import Reply, answering

ADA = UserId("user_2SandboxAdaSeller")
NOBODY = UserId("user_nobody")


@pytest.fixture
def backend(sandbox: Sandbox) -> ClerkBackend:
    """The adapter at the sandbox."""
    return ClerkBackend(sandbox.clerk_secret_key, sandbox.clerk_url)


@pytest.fixture
def identity(sandbox: Sandbox) -> ClerkIdentity:
    """What checks the tokens that it makes."""
    return ClerkIdentity(
        issuer=sandbox.clerk_url,
        keys=FixedKey.from_pem(sandbox.clerk.public_key()),
        authorized_parties=frozenset(),
        admins=frozenset(),
        clock=lambda: datetime.fromtimestamp(sandbox.clock.now(), UTC),
    )


def test_signed_in_person_is_known(backend: ClerkBackend, identity: ClerkIdentity) -> None:
    """The token that sign-in gives is one that the site accepts."""
    token = backend.sign_in(ADA, 3600)

    assert identity.authenticate(Credentials(cookie=token)).user_id == ADA


def test_session_is_ended(backend: ClerkBackend, identity: ClerkIdentity, sandbox: Sandbox) -> None:
    """Signing out revokes the session."""
    principal = identity.authenticate(Credentials(cookie=backend.sign_in(ADA, 3600)))
    backend.sign_out(principal.session_id)
    [ended] = [
        session for session in sandbox.objects("session") if session["id"] == principal.session_id
    ]

    assert ended["status"] == "revoked"


def test_unknown_people_and_sessions_are_not_found(backend: ClerkBackend) -> None:
    """Who is not there cannot sign in, nor out, nor be shown."""
    for call in (
        lambda: backend.sign_in(NOBODY, 60),
        lambda: backend.person(NOBODY),
        lambda: backend.person(UserId("../sessions")),
        lambda: backend.sign_out("sess_nobody"),
    ):
        with pytest.raises(NotFound):
            call()


def test_person_has_name_and_addresses(backend: ClerkBackend) -> None:
    """A person is as Clerk knows them."""
    ada = backend.person(ADA)

    assert (ada.id, ada.name, ada.email) == (ADA, "Ada Okafor", "ada@example.com")
    assert ada.avatar_url is not None


def test_all_people_are_read_page_by_page(backend: ClerkBackend, sandbox: Sandbox) -> None:
    """More people than Clerk lists at once are all there, once each."""
    for number in range(101):
        sandbox.add_person(first_name=f"Person {number}")
    people = backend.people()

    assert len(people) == len({person.id for person in people}) == len(sandbox.objects("user"))
    assert backend.person(ADA) in people


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("Ada", "Okafor", "ada"), "Ada Okafor"),
        ((None, "Okafor", "ada"), "Okafor"),
        ((None, "", "ada"), "ada"),
        (("\u200b", "\u3164", "ada"), "ada"),
        ((None, None, None), None),
    ],
)
def test_a_person_has_a_name_if_they_gave_one(
    names: tuple[str | None, ...], expected: str | None
) -> None:
    """Without a first and last name it is the user name, and never the id."""
    first, last, user = names
    person = person_of(
        {
            "id": "user_1",
            "first_name": first,
            "last_name": last,
            "username": user,
            "email_addresses": [],
            "primary_email_address_id": None,
            "image_url": "",
            "updated_at": 1_800_000_000_123,
        }
    )

    assert (person.name, person.email, person.avatar_url) == (expected, None, None)
    assert person.updated_at == datetime(2027, 1, 15, 8, 0, 0, 123_000, UTC)


def test_wrong_key_is_unavailable(sandbox: Sandbox) -> None:
    """With a wrong key nobody can be signed in for now."""
    with pytest.raises(Unavailable):
        ClerkBackend("sk_test_wrong", sandbox.clerk_url).person(ADA)


@pytest.mark.parametrize("kind", ["status=500", "status=429", "html", "truncated", "reset"])
def test_trouble_is_unavailable(sandbox: Sandbox, backend: ClerkBackend, kind: str) -> None:
    """Whatever goes wrong, it is Koda's error, and the next try succeeds."""
    sandbox.faults.next("* /clerk/*", kind)
    with pytest.raises(Unavailable):
        backend.person(ADA)

    assert backend.person(ADA).id == ADA


def test_endless_answer_is_cut_short() -> None:
    """Nobody makes the marketplace read for ever."""
    with answering(Reply(b" " * (LARGEST + 1))) as server, pytest.raises(Unavailable):
        ClerkBackend("sk_test_1", server.url).people()


def test_secret_key_is_not_shown() -> None:
    """A logged adapter gives nothing away."""
    assert "sk_test_1" not in repr(ClerkBackend("sk_test_1", "https://api.clerk.com"))
