"""Answers that a live server gives only at the wrong moment, by botocore's own stub."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from attrs import evolve, frozen
from botocore.exceptions import BotoCoreError, CredentialRetrievalError, NoCredentialsError
from botocore.stub import Stubber

from koda.adapters.s3.client import Bucket, open_bucket
from koda.adapters.s3.errors import StoreRefused
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.objects import as_checksum
from koda.adapters.s3.rules import ENCRYPTION, apply_rules, cors_rule
from koda.adapters.system.clock import now
from koda.domain.model.errors import KodaError, NotFound, Unavailable
from koda.domain.model.uploads import made_file
from koda.testing.examples import WORKFLOW, a_ticket, digest

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HEAD = {
    "ContentLength": len(WORKFLOW),
    "ContentType": "application/json",
    "ChecksumSHA256": as_checksum(digest(WORKFLOW)),
    "ETag": '"tag"',
    "LastModified": LONG_AGO,
}
SITE = "https://koda.example"


@pytest.fixture
def bucket() -> Bucket:
    """A bucket that is never asked."""
    return open_bucket("koda-files", "eu-west-1", access_key="key", secret_key="secret")


@pytest.fixture
def stub(bucket: Bucket) -> Iterator[Stubber]:
    """Answers instead of S3, in the order in which it is told."""
    with Stubber(bucket.client) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def files(bucket: Bucket) -> S3Files:
    """Files in the bucket."""
    return S3Files(bucket, now)


def refuse(stub: Stubber, operation: str, code: str, status: int) -> None:
    """The next answer is an error of S3's."""
    stub.add_client_error(operation, service_error_code=code, http_status_code=status)


@pytest.mark.parametrize("status", [409, 412])
def test_somebody_kept_it_first(stub: Stubber, files: S3Files, status: int) -> None:
    """The copy is refused since the content lies there by now: that is what was wanted."""
    refuse(stub, "head_object", "404", 404)
    stub.add_response("head_object", HEAD)
    refuse(stub, "copy_object", "PreconditionFailed", status)
    stub.add_response("head_object", HEAD)

    assert files.keep(a_ticket()) == a_ticket().stored


def test_pending_bytes_were_replaced_while_they_were_kept(stub: Stubber, files: S3Files) -> None:
    """What was looked at is not what would be copied: nothing is kept, and a repeat looks again."""
    refuse(stub, "head_object", "404", 404)
    stub.add_response("head_object", HEAD)
    refuse(stub, "copy_object", "PreconditionFailed", 412)
    refuse(stub, "head_object", "404", 404)

    with pytest.raises(Unavailable):
        files.keep(a_ticket())


def test_pending_bytes_went_while_they_were_kept(stub: Stubber, files: S3Files) -> None:
    """They are not found, as if they had gone before."""
    refuse(stub, "head_object", "404", 404)
    stub.add_response("head_object", HEAD)
    refuse(stub, "copy_object", "NoSuchKey", 404)

    with pytest.raises(NotFound):
        files.keep(a_ticket())


def test_copy_names_what_it_must_find(stub: Stubber, files: S3Files) -> None:
    """The very bytes that were looked at, to a key where nothing lies."""
    ticket = a_ticket()
    refuse(stub, "head_object", "404", 404)
    stub.add_response("head_object", HEAD)
    expected = {
        "Bucket": "koda-files",
        "Key": ticket.kept_key,
        "CopySource": {"Bucket": "koda-files", "Key": f"{ticket.pending_key}.upload"},
        "CopySourceIfMatch": '"tag"',
        "IfNoneMatch": "*",
        "ChecksumAlgorithm": "SHA256",
    }
    stub.add_response("copy_object", {}, expected)

    assert files.keep(ticket) == ticket.stored


@pytest.mark.parametrize("status", [409, 412])
def test_somebody_put_it_first(stub: Stubber, files: S3Files, status: int) -> None:
    """What Koda made lies there by now, by another process: that is what was wanted."""
    refuse(stub, "head_object", "404", 404)
    refuse(stub, "put_object", "PreconditionFailed", status)
    stub.add_response("head_object", HEAD)

    file = files.put(WORKFLOW, "flow.json", "application/json")

    assert file == made_file(WORKFLOW, "flow.json", "application/json")


def test_another_process_failed_to_put_it(stub: Stubber, files: S3Files) -> None:
    """S3 refuses two at once, and the other one came to nothing: a repeat puts it."""
    refuse(stub, "head_object", "404", 404)
    refuse(stub, "put_object", "ConditionalRequestConflict", 409)
    refuse(stub, "head_object", "404", 404)

    with pytest.raises(Unavailable):
        files.put(WORKFLOW, "flow.json", "application/json")


def test_what_is_made_is_put_only_where_nothing_lies(stub: Stubber, files: S3Files) -> None:
    """A refusal of another kind is told as what it is."""
    refuse(stub, "head_object", "404", 404)
    refuse(stub, "put_object", "AccessDenied", 403)

    with pytest.raises(StoreRefused):
        files.put(WORKFLOW, "flow.json", "application/json")


def test_what_is_dropped_while_it_is_kept_again_is_put_again(stub: Stubber, files: S3Files) -> None:
    """It was there, and is gone when S3 shall copy it."""
    stub.add_response("head_object", HEAD)
    refuse(stub, "copy_object", "NoSuchKey", 404)
    stub.add_response("put_object", {})

    file = files.put(WORKFLOW, "flow.json", "application/json")

    assert file == made_file(WORKFLOW, "flow.json", "application/json")


def test_only_keys_of_kept_content_are_listed(stub: Stubber, files: S3Files) -> None:
    """What somebody else put in the bucket is left alone, and pages of it are passed over."""
    key = f"made/{digest(WORKFLOW)}"
    pages = {"artifacts/": ["artifacts/read.me"], "previews/": [], "made/": ["made/0", key]}
    for prefix, keys in pages.items():
        objects = [{"Key": key, "LastModified": LONG_AGO} for key in keys]
        expected = {"Bucket": "koda-files", "Prefix": prefix}
        stub.add_response("list_objects_v2", {"Contents": objects}, expected)

    assert list(files.kept_before(now())) == [[key]]


def test_object_that_cannot_be_deleted_is_told(stub: Stubber, files: S3Files) -> None:
    """S3 answers well and names what it did not delete."""
    objects = [{"Key": "pending/a.upload", "LastModified": LONG_AGO}]
    stub.add_response("list_objects_v2", {"Contents": objects})
    stub.add_response("delete_objects", {"Errors": [{"Key": "pending/a.upload"}]})

    with pytest.raises(Unavailable):
        files.forget(now())


@pytest.mark.parametrize(
    ("code", "status", "error", "retry_after"),
    [
        ("SlowDown", 503, Unavailable, 5),
        ("InternalError", 500, Unavailable, 5),
        ("RequestTimeout", 400, Unavailable, 5),
        ("TooManyRequests", 429, Unavailable, 5),
        ("AccessDenied", 403, StoreRefused, 300),
        ("InvalidAccessKeyId", 403, StoreRefused, 300),
        ("ExpiredToken", 400, StoreRefused, 300),
        ("NoSuchBucket", 404, StoreRefused, 300),
        ("PermanentRedirect", 301, StoreRefused, 300),
    ],
)
def test_what_s3_says_is_told_in_our_words(
    stub: Stubber, files: S3Files, code: str, status: int, error: type[KodaError], retry_after: int
) -> None:
    """What passes by itself, and what somebody must set right; the cause is kept for the log."""
    refuse(stub, "get_object", code, status)

    with pytest.raises(Unavailable) as told:
        files.read(a_ticket().kept_key, 10)

    assert type(told.value) is error
    assert told.value.retry_after == retry_after
    assert told.value.__cause__ is not None


def tell(stub: Stubber, operation: str, answer: dict[str, Any]) -> None:
    """The next answer."""
    stub.add_response(operation, answer, {"Bucket": "koda-files"})


def test_rules_that_may_not_be_set_are_named(stub: Stubber, bucket: Bucket) -> None:
    """Each kind by itself: not read, not written, not known to the server."""
    refuse(stub, "get_bucket_cors", "AccessDenied", 403)
    refuse(stub, "get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration", 404)
    refuse(stub, "put_bucket_lifecycle_configuration", "AccessDenied", 403)
    refuse(stub, "get_bucket_encryption", "NotImplemented", 501)

    told = list(apply_rules(bucket, SITE))

    assert [(rule.kind, rule.existed, rule.refusal) for rule in told] == [
        ("cors", False, "AccessDenied"),
        ("lifecycle", False, "AccessDenied"),
        ("encryption", False, "NotImplemented"),
    ]
    assert told[0].rules == [cors_rule(SITE)]


def test_encryption_by_another_key_is_left_alone(stub: Stubber, bucket: Bucket) -> None:
    """An operator's own key is better than S3's; a rule that encrypts nothing is completed."""
    own = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}
    for rules, written in (([own], False), ([{"BucketKeyEnabled": True}], True)):
        refuse(stub, "get_bucket_cors", "AccessDenied", 403)
        refuse(stub, "get_bucket_lifecycle_configuration", "AccessDenied", 403)
        tell(
            stub,
            "get_bucket_encryption",
            {"ServerSideEncryptionConfiguration": {"Rules": rules}},
        )
        if written:
            encryption = {"Rules": [ENCRYPTION]}
            expected = {
                "Bucket": "koda-files",
                "ServerSideEncryptionConfiguration": encryption,
            }
            stub.add_response("put_bucket_encryption", {}, expected)

        assert list(apply_rules(bucket, SITE))[2].existed is not written


@frozen
class Unreadable:
    """Credentials that were there at the start and cannot be had any more."""

    error: BotoCoreError

    def get_frozen_credentials(self) -> None:
        """Fail as botocore's own do."""
        raise self.error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoCredentialsError(), StoreRefused),
        (CredentialRetrievalError(provider="role", error_msg="no answer"), Unavailable),
    ],
    ids=["gone", "not renewed"],
)
def test_credentials_that_cannot_be_had_are_told(
    bucket: Bucket, error: BotoCoreError, told: type[KodaError]
) -> None:
    """Without them nothing can be signed, which is no fault of who asks."""
    files = S3Files(evolve(bucket, credentials=Unreadable(error)), now)

    with pytest.raises(Unavailable) as raised:
        files.offer(a_ticket())

    assert type(raised.value) is told
