"""The rights that the documents grant are those that the adapter uses: no fewer, and no more."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.rules import apply_rules
from koda.adapters.system.clock import now
from koda.domain.model.uploads import UploadTicket
from koda.testing.examples import WORKFLOW, a_ticket
from tests.servers.s3 import S3Server

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "go-live.md"
NEEDED = {
    "HeadObject": {"s3:GetObject", "s3:ListBucket"},
    "GetObject": {"s3:GetObject", "s3:ListBucket"},
    "PutObject": {"s3:PutObject"},
    "CopyObject": {"s3:GetObject", "s3:PutObject"},
    "ListObjectsV2": {"s3:ListBucket"},
    "DeleteObject": {"s3:DeleteObject"},
    "DeleteObjects": {"s3:DeleteObject"},
    "GetBucketCors": {"s3:GetBucketCORS"},
    "PutBucketCors": {"s3:PutBucketCORS"},
    "GetBucketLifecycleConfiguration": {"s3:GetLifecycleConfiguration"},
    "PutBucketLifecycleConfiguration": {"s3:PutLifecycleConfiguration"},
    "GetBucketEncryption": {"s3:GetEncryptionConfiguration"},
    "PutBucketEncryption": {"s3:PutEncryptionConfiguration"},
}
"""What S3 asks for of each operation:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html."""


def granted(name: str) -> set[str]:
    """The actions of the policy that the page has under this name."""
    text = PAGE.read_text(encoding="utf-8")
    (policy,) = re.findall(rf"<!-- policy of {name} -->\s+```json\n(.*?)```", text, re.DOTALL)
    allowed: set[str] = set()
    for statement in json.loads(policy)["Statement"]:
        actions = statement["Action"]
        allowed |= {actions} if isinstance(actions, str) else set(actions)
    return allowed


@pytest.fixture
def bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """An empty bucket."""
    with s3_server.new_bucket() as bucket:
        yield bucket


@pytest.fixture
def used(bucket: Bucket) -> Iterator[set[str]]:
    """The rights that calls to the bucket need, as they are made."""
    rights: set[str] = set()

    def note(model: object, **_: object) -> None:
        rights.update(NEEDED[getattr(model, "name", "")])

    bucket.client.meta.events.register("before-call.s3", note)
    yield rights
    bucket.client.meta.events.unregister("before-call.s3", note)


def exercised(files: S3Files, ticket: UploadTicket) -> None:
    """Everything that Koda asks of the file store while it serves."""
    files.receive(ticket, WORKFLOW)
    files.stat(ticket.pending_key)
    files.keep(ticket)
    files.keep(ticket)
    files.put(WORKFLOW, "flow.json", "application/json")
    files.read(ticket.kept_key, len(WORKFLOW))
    assert list(files.kept_before(now() - timedelta(days=1))) == []
    assert files.forget(now() + timedelta(days=1)) == 1
    files.forget_pending(ticket)


def test_serving_uses_what_its_policy_grants(bucket: Bucket, used: set[str]) -> None:
    """It deletes pending uploads alone, which is all that it is allowed to delete."""
    exercised(S3Files(bucket, now), a_ticket(expires_at=now() + timedelta(minutes=1)))

    assert used == granted("serving")


def test_tidying_uses_what_its_policy_grants(bucket: Bucket, used: set[str]) -> None:
    """It looks at objects and deletes them, and writes none."""
    files, later = S3Files(bucket, now), now() + timedelta(days=1)
    file = files.put(WORKFLOW, "flow.json", "application/json")
    used.clear()

    files.forget(later)
    assert list(files.kept_before(later)) == [[file.key]]
    assert files.drop(file.key, later)
    assert used == granted("koda tidy")


def test_preparing_uses_what_its_policy_grants(bucket: Bucket, used: set[str]) -> None:
    """The bucket's rules, and no object of it."""
    list(apply_rules(bucket, "https://koda.example"))

    assert used == granted("koda init")
