import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Event, get_ident

import jwt
import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from koda.adapters.clerk.keys import LIFETIME, RETRY, FixedKey, KeySet, read_keys
from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import InvalidValue, NotAuthenticated, Unavailable
from koda.testing.examples import NOON
from paysandbox import Sandbox
from tests.unit.adapters.answering import Reply, answering

GONE = Reply(b"gone", 500)


@pytest.fixture
def key_set(sandbox: Sandbox) -> Reply:
    """The sandbox's key set, with much around it that is no RSA key."""
    public = FixedKey.from_pem(sandbox.clerk.public_key()).key
    good = {**RSAAlgorithm.to_jwk(public, as_dict=True), "kid": "ins_1"}
    symmetric = {"kid": "odd", "kty": "oct", "k": "AA"}
    broken = [5, {"kty": "RSA"}, {"kty": "RSA", "kid": "bad"}]
    return Reply(json.dumps({"keys": [*broken, symmetric, good]}).encode())


def test_key_set_of_the_instance_is_read_once(sandbox: Sandbox) -> None:
    """Many requests, one look at the key set."""
    keys = KeySet(f"{sandbox.clerk_url}/.well-known/jwks.json", FixedClock(NOON))
    name = jwt.get_unverified_header(sandbox.clerk.token())["kid"]
    answers = [keys(name) for _ in range(3)]

    assert answers == [FixedKey.from_pem(sandbox.clerk.public_key()).key] * 3
    assert len(sandbox.requests) == 1


def test_forged_tokens_cause_no_request(key_set: Reply) -> None:
    """The set is read once a while, whatever keys tokens name, and no sooner for their sake."""
    clock = FixedClock(NOON)
    with answering(key_set) as server:
        keys = KeySet(server.url, clock)
        keys("ins_1")
        for step in (timedelta(0), LIFETIME - timedelta(milliseconds=1)):
            clock.advance(step)
            for name in (None, "bad", "odd", *(f"forged_{number}" for number in range(50))):
                with pytest.raises(NotAuthenticated):
                    keys(name)
        assert len(server.asked) == 1

        clock.advance(timedelta(milliseconds=1))
        assert keys("ins_1") == keys("ins_1")
        assert len(server.asked) == 2


def test_new_key_is_found_and_the_old_one_forgotten_in_time(key_set: Reply) -> None:
    """When Clerk changes the key, that is known after five minutes at the latest."""
    clock = FixedClock(NOON)
    renamed = Reply(key_set.body.replace(b"ins_1", b"ins_2"))
    with answering(key_set, renamed) as server:
        keys = KeySet(server.url, clock)
        keys("ins_1")
        with pytest.raises(NotAuthenticated):
            keys("ins_2")
        clock.advance(LIFETIME)

        assert keys("ins_2") == keys("ins_2")
        with pytest.raises(NotAuthenticated):
            keys("ins_1")


@pytest.mark.parametrize(
    "trouble",
    [
        GONE,
        Reply(b"no JSON"),
        Reply(b"[]"),
        Reply(b'{"keys": 5}'),
        Reply(b'{"keys": []}'),
        Reply(b"[" * 100_000),
        Reply(b"{}", 404),
        Reply(b"", 302, {"Location": "https://evil.example"}),
    ],
    ids=lambda reply: repr((reply.status, reply.body[:20])),
)
def test_unreadable_key_set_is_unavailable_and_asked_for_again(
    key_set: Reply, trouble: Reply
) -> None:
    """At first nobody can be known; a few seconds later it is tried again."""
    clock = FixedClock(NOON)
    with answering(trouble, key_set) as server:
        keys = KeySet(server.url, clock)
        for _ in range(3):
            with pytest.raises(Unavailable):
                keys("ins_1")
        assert len(server.asked) == 1
        clock.advance(RETRY)

        assert keys("ins_1") == keys("ins_1")


def test_next_try_waits_for_the_end_of_the_last_one(key_set: Reply) -> None:
    """However long that took: else those who wait for it would all try in turn, each so long."""
    clock = FixedClock(NOON)
    late = evolve(GONE, before=lambda: clock.advance(RETRY * 2))
    with answering(late, key_set) as server:
        keys = KeySet(server.url, clock)
        for _ in range(3):
            with pytest.raises(Unavailable):
                keys("ins_1")
        assert len(server.asked) == 1


def test_known_keys_outlive_an_outage(key_set: Reply) -> None:
    """Those who are signed in stay so while the key set cannot be read."""
    clock = FixedClock(NOON)
    with answering(key_set, GONE) as server:
        keys = KeySet(server.url, clock)
        first = keys("ins_1")
        clock.advance(LIFETIME * 3)

        assert first == keys("ins_1")
        assert len(server.asked) == 2


def test_many_at_once_make_one_request(key_set: Reply) -> None:
    """At the start all wait for one answer, which comes once all have looked for the key."""
    callers: set[int] = set()
    all_ask = Event()

    def clock() -> datetime:
        callers.add(get_ident())
        if len(callers) == 8:
            all_ask.set()
        return NOON

    slow = evolve(key_set, before=lambda: all_ask.wait(10))
    with answering(slow) as server, ThreadPoolExecutor(8) as pool:
        keys = KeySet(server.url, clock)
        answers = list(pool.map(keys, ["ins_1"] * 8))

        assert answers == [keys("ins_1")] * 8
        assert len(server.asked) == 1


def test_known_keys_wait_for_nobody(key_set: Reply) -> None:
    """While one request asks for a fresh key set, the others go on with what is known."""
    begun, released = Event(), Event()

    def hesitate() -> None:
        begun.set()
        released.wait(10)

    slow = evolve(key_set, before=hesitate)
    clock = FixedClock(NOON)
    with answering(key_set, slow) as server, ThreadPoolExecutor(1) as pool:
        keys = KeySet(server.url, clock)
        first = keys("ins_1")
        clock.advance(LIFETIME)
        waiting = pool.submit(keys, "ins_1")
        assert begun.wait(10)
        meanwhile = keys("ins_1"), waiting.done()
        released.set()

        assert meanwhile == (first, False)
        assert waiting.result(10) == first


def test_pem_may_stand_in_one_line(sandbox: Sandbox) -> None:
    r"""Settings often hold a key with `\n` written out."""
    pem = sandbox.clerk.public_key()

    assert FixedKey.from_pem(pem.replace("\n", "\\n")) == FixedKey.from_pem(pem)


@pytest.mark.parametrize(
    "pem", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----"]
)
def test_what_is_no_key_is_refused(pem: str) -> None:
    """A wrong setting is found at the start."""
    with pytest.raises(InvalidValue):
        FixedKey.from_pem(pem)


def test_key_of_another_kind_is_refused() -> None:
    """Clerk signs with RSA."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    with pytest.raises(InvalidValue, match="RSA"):
        FixedKey.from_pem(pem)


@pytest.mark.parametrize(
    "reply", [Reply(b"{}"), Reply(b'{"keys": []}'), Reply(b"{}", 404), Reply(b"<p>", 404)]
)
def test_what_is_no_key_set_is_told_from_an_outage(reply: Reply) -> None:
    """So that an operator learns of a wrong address, and nobody waits for it."""
    with answering(reply) as server, pytest.raises(InvalidValue, match="no set of public keys"):
        read_keys(server.url)
    for outage in (GONE, Reply(b"<p>")):
        with answering(outage) as server, pytest.raises(Unavailable):
            read_keys(server.url)
