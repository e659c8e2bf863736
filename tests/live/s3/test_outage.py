"""The S3 server is lost: how soon it is told, and that it is found again."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.rules import apply_rules
from koda.adapters.system.clock import now
from koda.domain.model.errors import Unavailable
from koda.domain.model.uploads import UploadTicket
from koda.testing.examples import a_ticket
from tests.servers.proxy import Fault, Proxy, black_hole, broken_off, garbage, passing, reset
from tests.servers.s3 import S3Server, empty

TIMEOUT = (0.5, 0.5)
"""Seconds to connect and to wait: less than production's, so that the suite need not wait."""
BOUND = 8.0
"""Seconds within which every call ends: two attempts, a pause between them, and a slow machine."""
LARGE = bytes(range(256)) * 4096

Call = Callable[[S3Files, UploadTicket], object]
CALLS: dict[str, Call] = {
    "receive": lambda files, ticket: files.receive(ticket, LARGE),
    "stat": lambda files, ticket: files.stat(ticket.pending_key),
    "read": lambda files, ticket: files.read(ticket.pending_key, len(LARGE)),
    "keep": lambda files, ticket: files.keep(ticket),
    "forget": lambda files, _: files.forget(now()),
    "rules": lambda files, _: list(apply_rules(files.bucket, "https://koda.example")),
}


@pytest.fixture
def proxy(s3_server: S3Server) -> Iterator[Proxy]:
    """A proxy before the live server."""
    if not s3_server.url.startswith("http:"):
        pytest.skip("a server with TLS cannot be stood before")
    with closing(Proxy(s3_server.url)) as proxy:
        yield proxy


@pytest.fixture
def files(s3_server: S3Server, s3_bucket: Bucket, proxy: Proxy) -> S3Files:
    """An empty store, reached through the proxy."""
    empty(s3_bucket)
    return S3Files(s3_server.bucket(s3_bucket.name, proxy.url, timeout=TIMEOUT), now)


@pytest.fixture
def ticket() -> UploadTicket:
    """A ticket for a megabyte, so that an answer can break off in its middle."""
    return a_ticket(LARGE, expires_at=now() + timedelta(minutes=10))


FAULTS: dict[str, Fault] = {
    "black hole": black_hole,
    "reset": reset,
    "garbage": garbage(b"220 mail.example ESMTP\r\n"),
}


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        *((call, fault) for call in CALLS for fault in FAULTS.values()),
        ("read", broken_off(500)),
    ],
    ids=[*(f"{call}-{name}" for call in CALLS for name in FAULTS), "read-broken off"],
)
def test_outage_is_told_soon_and_passes(
    files: S3Files, proxy: Proxy, ticket: UploadTicket, call: str, fault: Fault
) -> None:
    """Whatever becomes of the connection, the caller is told to come again, and then it works."""
    files.receive(ticket, LARGE)
    proxy.become(fault)

    began = time.monotonic()
    with pytest.raises(Unavailable) as told:
        CALLS[call](files, ticket)
    assert time.monotonic() - began < BOUND
    assert (told.value.service, told.value.code) == ("file store", "unavailable")

    proxy.become(passing)
    assert files.keep(ticket) == ticket.stored
    assert files.read(ticket.kept_key, len(LARGE)) == LARGE


def test_links_and_offers_need_no_server(
    files: S3Files, proxy: Proxy, ticket: UploadTicket
) -> None:
    """They are signed here, so that an outage does not stop them."""
    proxy.become(reset)

    assert files.offer(ticket).url.startswith(f"{proxy.url}/")
    assert files.link(ticket.stored, ticket.expires_at).url.startswith(f"{proxy.url}/")


def test_server_that_was_ended_is_unavailable(s3_server: S3Server) -> None:
    """Nothing listens any more: every call says so at once."""
    with closing(Proxy(s3_server.url)) as gone:
        address = gone.url
    bucket = s3_server.bucket("koda-test-gone", address, timeout=TIMEOUT)
    files, ticket = S3Files(bucket, now), a_ticket(LARGE)

    for call in CALLS.values():
        began = time.monotonic()
        with pytest.raises(Unavailable):
            call(files, ticket)
        assert time.monotonic() - began < BOUND


def test_nothing_is_half_done_when_the_answer_is_lost(
    files: S3Files, proxy: Proxy, ticket: UploadTicket, s3_bucket: Bucket
) -> None:
    """A repeat after an outage finds what was done, or does it: the same file either way."""
    files.receive(ticket, LARGE)
    proxy.become(reset)
    with pytest.raises(Unavailable):
        files.keep(ticket)
    proxy.become(passing)

    assert files.keep(ticket) == files.keep(ticket) == ticket.stored
    keys = [
        Content["Key"]
        for Content in s3_bucket.client.list_objects_v2(Bucket=s3_bucket.name, Prefix="artifacts/")[
            "Contents"
        ]
    ]
    assert keys == [ticket.kept_key]
