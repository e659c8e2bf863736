"""`koda init` and `koda doctor` of a marketplace whose files lie in a bucket."""

from collections.abc import Iterator

import pytest

from koda.adapters.s3.client import Bucket
from tests.e2e.cli.program import Koda
from tests.servers.s3 import S3Server
from tests.support.strong import STRONG

SITE = "https://koda.example"
MEMORY = {
    "KODA_STORE": "memory",
    "KODA_CACHE": "memory",
    "KODA_PAYMENTS": "memory",
    "KODA_IDENTITY": "memory",
    "KODA_NOTICES": "memory",
    "KODA_SECRET": STRONG,
    "KODA_SITE_URL": SITE,
}


@pytest.fixture
def bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """A bucket without rules."""
    with s3_server.new_bucket() as bucket:
        yield bucket


@pytest.fixture
def in_bucket(s3_server: S3Server, bucket: Bucket) -> dict[str, str]:
    """The settings of a marketplace in memory with its files in the bucket."""
    endpoint = {"KODA_SITE_URL": "http://koda.example"} if s3_server.url[:5] == "http:" else {}
    return {**MEMORY, **s3_server.variables(bucket), **endpoint}


def test_init_shows_and_sets_the_rules(
    koda: Koda, in_bucket: dict[str, str], bucket: Bucket
) -> None:
    """The first time they are made, the second time they are there."""
    first, second = koda("init", "--json", **in_bucket), koda("init", **in_bucket)

    assert (first.code, second.code) == (0, 0)
    assert [step["what"].split()[0] for step in first.json] == ["cors", "lifecycle", "encryption"]
    assert [(step["existed"], step["refusal"]) for step in first.json] == [(False, "")] * 3
    assert in_bucket["KODA_SITE_URL"] in first.json[0]["where"]
    lines = second.out.splitlines()
    assert [line.split()[0] for line in lines] == ["ready"] * 3
    assert all(bucket.name in line for line in lines)
    assert '"Prefix": "pending/"' in lines[1]
    assert not koda.data.exists()


def test_init_says_what_it_may_not_set(koda: Koda, in_bucket: dict[str, str]) -> None:
    """Each rule is shown, to be set by hand."""
    ended = koda("init", **{**in_bucket, "KODA_S3_SECRET_KEY": "another"})

    assert ended.code == 0
    lines = ended.out.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("refused  ") and "set by hand [{" in line for line in lines)


def test_init_without_a_bucket_is_refused(koda: Koda, in_bucket: dict[str, str]) -> None:
    """The variable is named; so is a bucket that is not there."""
    unset = {name: text for name, text in in_bucket.items() if name != "KODA_S3_BUCKET"}
    missing = {**in_bucket, "KODA_S3_BUCKET": "koda-test-nowhere"}

    assert koda("init", **unset).complaint.startswith("koda: KODA_S3_BUCKET: must be")
    refused = koda("init", **missing)
    assert refused.code == 2
    assert "NoSuchBucket" in refused.complaint


LOCAL = "http://127.0.0.1:8000"


def test_doctor_uses_the_bucket_as_koda_does(koda: Koda, in_bucket: dict[str, str]) -> None:
    """Once 'koda init' has set the rules: from here with the keys, and as a browser without."""
    settings = {**in_bucket, "KODA_SITE_URL": LOCAL}
    assert koda("init", **settings).code == 0

    ended = koda("doctor", "--json", **settings)

    assert ended.code == 0, ended.out
    details = {row["service"]: row["detail"] for row in ended.json}
    assert details["files"] == (
        f"s3, written and read; a link opens, and pages of {LOCAL} may upload"
    )
    assert details["bucket"] == "it cleans up and encrypts"


def test_doctor_tells_a_bucket_without_rules(
    koda: Koda, in_bucket: dict[str, str], bucket: Bucket
) -> None:
    """No page may upload: 'koda init' helps. Then that nothing is cleaned up."""
    settings = {**in_bucket, "KODA_SITE_URL": LOCAL}
    bare = koda("doctor", **settings)
    assert koda("init", **settings).code == 0
    bucket.client.delete_bucket_lifecycle(Bucket=bucket.name)
    uncleaned = koda("doctor", "--json", **settings)

    assert bare.code == 2
    assert f"failed  files: KODA_S3_BUCKET: lets no page of {LOCAL} send an upload" in bare.out
    assert "run 'koda init'" in bare.out
    (failed,) = [row for row in uncleaned.json if not row["ok"]]
    assert failed["detail"].startswith("KODA_S3_BUCKET: lacks its rules of lifecycle")


@pytest.mark.parametrize(
    ("changes", "code", "passing"),
    [
        ({"KODA_S3_SECRET_KEY": "another"}, 2, False),
        ({"KODA_S3_BUCKET": "koda-test-nowhere"}, 2, False),
        ({"KODA_S3_ENDPOINT": "http://127.0.0.1:1"}, 7, True),
    ],
    ids=str,
)
def test_doctor_says_what_is_wrong_with_the_bucket(
    koda: Koda, in_bucket: dict[str, str], changes: dict[str, str], code: int, *, passing: bool
) -> None:
    """Wrong keys, no such bucket, nobody there: with what to look at, and no secret."""
    ended = koda("doctor", "--json", **{**in_bucket, "KODA_SITE_URL": LOCAL, **changes})

    (failed,) = [row for row in ended.json if not row["ok"]]
    assert (ended.code, failed["service"], failed["passing"]) == (code, "files", passing)
    assert "KODA_S3_BUCKET" in failed["remedy"]
    assert "KODA_DATA" not in failed["remedy"]
    assert in_bucket["KODA_S3_SECRET_KEY"] not in ended.out
