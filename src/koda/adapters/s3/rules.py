"""What the bucket itself must do: let the site's pages in, clean up, encrypt."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from attrs import frozen
from botocore.exceptions import ClientError

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import FIRST_FAILURE, FIRST_REFUSAL, code_of, status_of, translated
from koda.adapters.s3.objects import PENDING_PREFIX

_UNIMPLEMENTED = 501
_NONE_YET = frozenset(
    {
        "NoSuchCORSConfiguration",
        "NoSuchLifecycleConfiguration",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
_PREFLIGHT_SECONDS = 3600
UPLOAD_HEADERS = ("content-type", "x-amz-checksum-sha256")
"""The headers of an upload that a page must be allowed to send."""

_Rule = dict[str, Any]
_Rules = list[_Rule]


@frozen
class Applied:
    """A kind of rules and the rules themselves, as S3 takes them.

    `existed` says that they were there already; `refusal` is S3's code if they may not be read or
    set with the marketplace's keys, and somebody must set them by hand.
    """

    kind: str
    rules: _Rules
    existed: bool
    refusal: str = ""


@frozen
class _Kind:
    """Rules of one kind: how they are read and written, and what identifies one of them."""

    name: str
    wanted: _Rules
    read: Callable[[], _Rules]
    write: Callable[[_Rules], object]


def apply_rules(bucket: Bucket, site: str) -> Iterator[Applied]:
    """Bring the bucket's rules up to date, yielding each kind when it is done.

    `site` is the origin whose pages send uploads. Rules of others stay as they are; where the keys
    may not do something, the rest is done nevertheless.

    Raises:
        Unavailable: S3 does not answer.
        StoreRefused: there is no such bucket.
    """
    for kind in _kinds(bucket, site):
        yield _applied(kind, set_them=True)


def rules_of(bucket: Bucket, site: str) -> Iterator[Applied]:
    """Look which of the rules are there, as far as the keys may, and change nothing.

    Raises:
        Unavailable: S3 does not answer.
        StoreRefused: there is no such bucket.
    """
    for kind in _kinds(bucket, site):
        yield _applied(kind, set_them=False)


def _applied(kind: _Kind, *, set_them: bool) -> Applied:
    with translated():
        try:
            there = _existing(kind.read)
            existed = all(any(_covers(present, rule) for present in there) for rule in kind.wanted)
            if set_them and not existed:
                kind.write([*_of_others(there, kind.wanted), *kind.wanted])
        except ClientError as error:
            if not _refused(error):
                raise
            return Applied(kind.name, kind.wanted, existed=False, refusal=code_of(error))
    return Applied(kind.name, kind.wanted, existed)


def _refused(error: ClientError) -> bool:
    status = status_of(error)
    refused = FIRST_REFUSAL <= status < FIRST_FAILURE and code_of(error) != "NoSuchBucket"
    return refused or status == _UNIMPLEMENTED


def _existing(read: Callable[[], _Rules]) -> _Rules:
    try:
        return read()
    except ClientError as error:
        if code_of(error) in _NONE_YET:
            return []
        raise


def _covers(there: _Rule, wanted: _Rule) -> bool:
    """Whether a rule says what is wanted; S3 adds details of its own."""
    return all(there.get(name) == value for name, value in wanted.items())


def _of_others(there: _Rules, wanted: _Rules) -> _Rules:
    """The rules that are not an older form of ours, which has the same name."""
    ours = {rule.get("ID") for rule in wanted}
    return [rule for rule in there if rule.get("ID") is None or rule["ID"] not in ours]


def _kinds(bucket: Bucket, site: str) -> Iterator[_Kind]:
    client, name = bucket.client, bucket.name

    def encryption() -> _Rules:
        encryption = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]
        # Any encryption by default will do; by a key of the operator's own all the more.
        return [ENCRYPTION for rule in encryption["Rules"] if _encrypts(rule)]

    yield _Kind(
        "cors",
        [cors_rule(site)],
        lambda: cast("_Rules", client.get_bucket_cors(Bucket=name)["CORSRules"]),
        lambda rules: client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": rules}),
    )
    yield _Kind(
        "lifecycle",
        LIFECYCLE,
        lambda: cast("_Rules", client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]),
        lambda rules: client.put_bucket_lifecycle_configuration(
            Bucket=name, LifecycleConfiguration={"Rules": rules}
        ),
    )
    yield _Kind(
        "encryption",
        [ENCRYPTION],
        encryption,
        lambda rules: client.put_bucket_encryption(
            Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules}
        ),
    )


def _encrypts(rule: Mapping[str, Any]) -> bool:
    return bool(rule.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm"))


def cors_rule(site: str) -> _Rule:
    """The rule that lets the pages of `site`, and no others, send uploads."""
    return {
        "ID": "koda-uploads",
        "AllowedOrigins": [site],
        "AllowedMethods": ["PUT"],
        "AllowedHeaders": list(UPLOAD_HEADERS),
        "MaxAgeSeconds": _PREFLIGHT_SECONDS,
    }


LIFECYCLE: _Rules = [
    {
        "ID": "koda-pending",
        "Status": "Enabled",
        "Filter": {"Prefix": PENDING_PREFIX},
        "Expiration": {"Days": 1},
    },
    {
        "ID": "koda-multipart",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    },
]
"""Uploads that were never listed are gone after a day, and so is what was sent in part."""
ENCRYPTION: _Rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
"""Objects are encrypted at rest with S3's own keys."""
