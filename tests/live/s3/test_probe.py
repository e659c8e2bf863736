"""The bucket as browsers find it, on a live server."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import StoreRefused
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.probe import admits, fetch
from koda.adapters.s3.rules import apply_rules, rules_of
from koda.adapters.system.clock import now
from koda.domain.model.errors import Unavailable
from koda.testing.examples import WORKFLOW, a_ticket
from tests.servers.s3 import S3Server
from tests.unit.adapters.answering import Reply, answering

SITE = "https://koda.example"


@pytest.fixture
def bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """A bucket without rules."""
    with s3_server.new_bucket() as bucket:
        yield bucket


def link_in(bucket: Bucket) -> str:
    """A download link of a kept file."""
    files, ticket = S3Files(bucket, now), a_ticket(expires_at=now() + timedelta(minutes=1))
    files.receive(ticket, WORKFLOW)
    return files.link(files.keep(ticket), now() + timedelta(minutes=1)).url


def test_a_link_gives_the_bytes(bucket: Bucket) -> None:
    """To whoever holds it; one that was changed gives nothing."""
    link = link_in(bucket)

    assert fetch(link) == WORKFLOW
    with pytest.raises(StoreRefused, match="answered with 403"):
        fetch(f"{link}0")


def test_pages_are_admitted_by_the_rules_alone(bucket: Bucket) -> None:
    """Of the site that they name, and of no other; looking changes nothing."""
    before, seen = admits(bucket, SITE), list(rules_of(bucket, SITE))
    still = admits(bucket, SITE)
    list(apply_rules(bucket, SITE))

    assert not before
    assert not still
    assert [rule.existed for rule in seen] == [False] * 3
    assert admits(bucket, SITE)
    assert not admits(bucket, "https://evil.example")
    assert [rule.existed for rule in rules_of(bucket, SITE)] == [True] * 3


@pytest.mark.parametrize(
    ("headers", "admitted"),
    [
        ({}, False),
        ({"Access-Control-Allow-Origin": "https://evil.example"}, False),
        ({"Access-Control-Allow-Origin": SITE}, True),
        ({"Access-Control-Allow-Origin": "*"}, True),
    ],
)
def test_an_answer_must_name_the_site(
    bucket: Bucket, headers: dict[str, str], *, admitted: bool
) -> None:
    """As a browser goes by it, whatever else the answer says."""
    with answering(Reply(b"", headers=headers)) as server:
        assert admits(evolve(bucket, url=server.url), SITE) is admitted


def test_a_store_that_is_down_is_unavailable(bucket: Bucket) -> None:
    """Nobody there, or an error of its own."""
    with pytest.raises(Unavailable):
        fetch("http://127.0.0.1:1/nothing")
    with answering(Reply(b"<Error/>", 503)) as server, pytest.raises(Unavailable):
        admits(evolve(bucket, url=server.url), SITE)
