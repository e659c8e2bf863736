import json
from datetime import timedelta
from typing import Any

import pytest

from koda.adapters.clerk.people_webhooks import LARGEST, ClerkPeopleWebhooks
from koda.domain.model.errors import InvalidValue, Unverified
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import (
    Person,
    PersonChanged,
    PersonEvent,
    PersonRemoved,
    Unfollowed,
)
from koda.testing.examples import NOON
from paysandbox.signing import sign_svix

OLD, NEW, THIRD = (f"whsec_{letter * 32}" for letter in "abc")
EVENTS = ClerkPeopleWebhooks((NEW,), lambda: NOON)
SECONDS = int(NOON.timestamp())
LATE = SECONDS * 1000 + 835


def a_user(**changes: Any) -> dict[str, Any]:
    """A user as Clerk's messages have them."""
    return {
        "id": "user_29w83sxmDNGwOuEthce5gg56FcC",
        "object": "user",
        "first_name": "Zoë",
        "last_name": "Lind",
        "username": None,
        "email_addresses": [
            {"id": "idn_1", "email_address": "old@example.org"},
            {"id": "idn_2", "email_address": "zoe@example.org"},
        ],
        "primary_email_address_id": "idn_2",
        "image_url": "https://img.clerk.com/xxxxxx",
        "created_at": LATE - 1000,
        "updated_at": LATE,
        **changes,
    }


def a_body(name: str, data: Any, **changes: Any) -> dict[str, Any]:
    """A message of Clerk's."""
    return {
        "data": data,
        "instance_id": "ins_123",
        "object": "event",
        "timestamp": LATE,
        "type": name,
        **changes,
    }


def deleted(**changes: Any) -> dict[str, Any]:
    """The message that a user was deleted."""
    gone = {"deleted": True, "id": "user_29w83sxmDNGwOuEthce5gg56FcC", "object": "user"}
    return a_body("user.deleted", gone, **changes)


CHANGED = a_body("user.updated", a_user())


def signed(
    body: Any, signers: tuple[str, ...] = (NEW,), seconds: int = SECONDS
) -> tuple[bytes, dict[str, str]]:
    """A body and the headers that sign it."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return payload, sign_svix(payload, list(signers), seconds, "msg_1")


def read(
    body: Any, webhooks: ClerkPeopleWebhooks = EVENTS, signers: tuple[str, ...] = (NEW,)
) -> PersonEvent:
    """What `webhooks` reads in a body that `signers` signed now."""
    return webhooks.verify(*signed(body, signers))


@pytest.mark.parametrize("name", ["user.created", "user.updated"])
def test_messages_about_a_user_tell_all_that_koda_keeps(name: str) -> None:
    """The name, the primary address, the picture, and when that was so."""
    assert read(a_body(name, a_user())) == PersonChanged(
        Person(
            UserId("user_29w83sxmDNGwOuEthce5gg56FcC"),
            "Zoë Lind",
            "zoe@example.org",
            "https://img.clerk.com/xxxxxx",
            NOON + timedelta(milliseconds=835),
        )
    )


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"first_name": "  ", "last_name": ""}, None),
        ({"first_name": None, "last_name": None, "username": "\u202e"}, None),
        ({"first_name": None, "last_name": None, "username": "zoe"}, "zoe"),
        ({"first_name": "Zo\u202eë\0", "last_name": "L\ud800ind"}, "Zoë Lind"),
        ({"first_name": "\u202e", "last_name": None, "username": "zoe"}, "zoe"),
        ({"first_name": "Z" * 300}, "Z" * 200),
    ],
)
def test_no_name_is_refused(changes: dict[str, Any], name: str | None) -> None:
    """Names are chosen freely; what cannot be shown is left out, and no id takes its place."""
    event = read(a_body("user.updated", a_user(**changes)))

    assert isinstance(event, PersonChanged)
    assert event.person.name == name


def test_user_without_addresses_and_picture_has_none() -> None:
    """Some sign in by telephone."""
    bare = a_user(email_addresses=[], primary_email_address_id=None, image_url="")
    event = read(a_body("user.created", bare))

    assert isinstance(event, PersonChanged)
    assert (event.person.email, event.person.avatar_url) == (None, None)


@pytest.mark.parametrize(
    ("changes", "milliseconds"),
    [({}, 835), ({"timestamp": SECONDS}, 0), ({"timestamp": LATE - 60_000}, 0)],
    ids=["of the message", "in seconds", "before it was signed"],
)
def test_end_of_a_user_has_the_later_time(changes: dict[str, int], milliseconds: int) -> None:
    """The message's own, unless that is before it was signed."""
    at = NOON + timedelta(milliseconds=milliseconds)

    assert read(deleted(**changes)) == PersonRemoved(UserId("user_29w83sxmDNGwOuEthce5gg56FcC"), at)


def test_end_of_a_user_without_a_time_is_when_it_was_signed() -> None:
    """A deletion must count, even if the message does not say when it was."""
    body = deleted()
    del body["timestamp"]

    event = read(body)

    assert isinstance(event, PersonRemoved)
    assert event.at == NOON


@pytest.mark.parametrize(
    "body",
    [
        a_body("session.created", {"id": "sess_1"}),
        a_body("user.frozen", None),
        {"type": "something.new", "novelty": [None]},
    ],
)
def test_other_messages_are_accepted(body: dict[str, Any]) -> None:
    """Unknown types and fields are nobody's fault."""
    assert read(body) == Unfollowed(body["type"])


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), (OLD, NEW), (THIRD, OLD)])
def test_rolled_secret_holds_beside_the_new_one(signers: tuple[str, ...]) -> None:
    """While a secret is rolled, either may sign, and both may at once."""
    webhooks = ClerkPeopleWebhooks((NEW, OLD), lambda: NOON)

    assert isinstance(read(CHANGED, webhooks, signers), PersonChanged)


def test_names_of_the_standard_hold() -> None:
    """Svix has headers of its own; the standard's are beside them or instead of them."""
    payload, headers = signed(CHANGED)
    standard = {name.replace("svix-", "Webhook-"): value for name, value in headers.items()}

    assert isinstance(EVENTS.verify(payload, standard), PersonChanged)
    assert isinstance(EVENTS.verify(payload, standard | {"svix-id": "msg_1"}), PersonChanged)


def test_without_a_secret_everything_is_refused() -> None:
    """An endpoint that has no secret trusts nobody."""
    with pytest.raises(Unverified):
        read(CHANGED, ClerkPeopleWebhooks((), lambda: NOON))


@pytest.mark.parametrize(
    "secret",
    [
        *("", " ", "whsec_", "whsec_é", NEW.removeprefix("whsec_"), f"{NEW}\n", f"{NEW} "),
        "sk_test_" + "A" * 32,
        "whsec_" + "A" * 31,
        "whsec_" + "A" * 33,
        "whsec_" + "!" * 32,
    ],
)
def test_what_is_no_secret_is_told_at_the_start(secret: str) -> None:
    """Anybody could sign with nothing, and nobody with what cannot be read."""
    with pytest.raises(InvalidValue, match="whsec_"):
        ClerkPeopleWebhooks((NEW, secret), lambda: NOON)


@pytest.mark.parametrize(
    "body",
    [
        a_body("user.updated", None),
        a_body("user.updated", []),
        a_body("user.updated", {}),
        a_body("user.updated", a_user(id="../users")),
        a_body("user.updated", a_user(id=5)),
        a_body("user.updated", a_user(first_name=5)),
        a_body("user.updated", a_user(username=["zoe"], first_name="", last_name="")),
        a_body("user.updated", a_user(email_addresses=None)),
        a_body("user.updated", a_user(email_addresses={"idn_1": "x"})),
        a_body("user.updated", a_user(email_addresses=[{"id": "idn_2", "email_address": 5}])),
        a_body("user.updated", a_user(email_addresses=[{"id": [], "email_address": "x"}])),
        a_body("user.updated", a_user(primary_email_address_id={})),
        a_body("user.updated", a_user(image_url={})),
        *(a_body("user.updated", a_user(updated_at=at)) for at in (None, "1", 1.5, True, 10**18)),
        a_body("user.deleted", {"id": None}),
        a_body("user.deleted", {"deleted": True}),
        *(deleted(timestamp=at) for at in (None, "1", 1.5, 10**18)),
        a_body("x" * 101, {}),
        a_body(None, {}),  # type: ignore[arg-type] # what is not a name is what is tried
        b'{"type": "session.created", "data": NaN}',
        json.dumps(CHANGED).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(CHANGED).encode(),
        b'{"type": ' + b"9" * 5000 + b"}",
        b'{"type": "user.updated", "data": ' + b"[" * 100_000,
    ],
)
def test_signed_message_without_sense_is_refused(body: Any) -> None:
    """What is followed must say of whom it speaks, in plain UTF-8 JSON."""
    with pytest.raises(Unverified):
        read(body)


def test_large_message_is_refused_before_anything_else() -> None:
    """Nobody makes the marketplace hash megabytes."""
    largest = json.dumps(CHANGED).encode().ljust(LARGEST)

    assert isinstance(read(largest), PersonChanged)
    with pytest.raises(Unverified, match="too large"):
        read(largest + b" ")


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("svix-signature", "v1a,AAAA"),
        ("svix-signature", "v1"),
        ("svix-signature", "v1,é"),
        ("svix-signature", f"v1,{'A' * 43}="),
        ("svix-signature", "v1,AAA"),
        ("svix-id", "msg\u00e9"),
        ("svix-id", "\udcff"),
        ("svix-id", ""),
        ("svix-id", "m" * 257),
        ("svix-timestamp", "garbage"),
        ("svix-timestamp", f"{SECONDS}.5"),
        ("svix-timestamp", "١٢٣"),
        ("svix-timestamp", "999999999999"),
        ("svix-timestamp", ""),
    ],
)
def test_no_header_breaks_anything(header: str, value: str) -> None:
    """Whatever a stranger writes there is refused."""
    payload, headers = signed(CHANGED)
    with pytest.raises(Unverified):
        EVENTS.verify(payload, headers | {header: value})


def test_only_v1_signatures_count() -> None:
    """The standard's other schemes are not verified by this secret."""
    payload, headers = signed(CHANGED)
    other = headers["svix-signature"].replace("v1,", "v1a,")

    with pytest.raises(Unverified):
        EVENTS.verify(payload, headers | {"svix-signature": other})
    both = f"{other} garbage {headers['svix-signature']}"
    assert isinstance(EVENTS.verify(payload, headers | {"svix-signature": both}), PersonChanged)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_time_of_signing_is_judged_both_ways(seconds: int, *, holds: bool) -> None:
    """Five minutes ago and five minutes from now are the last that hold."""
    message = signed(CHANGED, seconds=SECONDS + seconds)
    try:
        event: PersonEvent | None = EVENTS.verify(*message)
    except Unverified:
        event = None

    assert (event is not None) is holds


def test_secrets_are_not_shown() -> None:
    """A logged adapter gives nothing away."""
    assert NEW.removeprefix("whsec_") not in repr(EVENTS)
