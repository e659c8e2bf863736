from urllib.parse import parse_qs, urlsplit

import pytest

from koda.adapters.s3.client import Bucket, open_bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.system.clock import now
from koda.domain.model.errors import InvalidValue
from koda.testing.examples import a_ticket


def opened(name: str, region: str, endpoint: str = "") -> Bucket:
    """A bucket with keys that nobody knows."""
    return open_bucket(name, region, endpoint=endpoint, access_key="AKIAKODA", secret_key="secret")


@pytest.mark.parametrize(
    "region", ["us-east-1", "eu-west-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1"]
)
def test_links_are_signed_for_the_region_at_its_own_host(region: str) -> None:
    """The older regions, too: SigV4, and a host that needs no redirect."""
    bucket = opened("koda-files", region)

    link = S3Files(bucket, now).offer(a_ticket()).url

    parts = urlsplit(link)
    asked = parse_qs(parts.query)
    assert parts.netloc == f"koda-files.s3.{region}.amazonaws.com"
    assert asked["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert asked["X-Amz-Credential"][0].split("/")[2:] == [region, "s3", "aws4_request"]
    assert S3Files(bucket, now).origin == f"https://koda-files.s3.{region}.amazonaws.com"


def test_region_of_another_partition_has_its_own_domain() -> None:
    """The library knows where each region is."""
    assert opened("koda-files", "cn-north-1").origin == (
        "https://koda-files.s3.cn-north-1.amazonaws.com.cn"
    )


def test_bucket_with_dots_is_addressed_by_path() -> None:
    """A certificate's wildcard does not reach over a dot."""
    bucket = opened("files.koda.example", "eu-west-1")

    assert bucket.url == "https://s3.eu-west-1.amazonaws.com/files.koda.example"
    assert bucket.origin == "https://s3.eu-west-1.amazonaws.com"


def test_compatible_server_is_addressed_by_path() -> None:
    """Wherever it is."""
    bucket = opened("koda", "garage", endpoint="https://s3.koda.example/")

    assert bucket.url == "https://s3.koda.example/koda"


def test_secrets_are_not_shown() -> None:
    """What is printed of a bucket tells neither key."""
    shown = repr(opened("koda-files", "eu-west-1"))

    assert "secret" not in shown
    assert "AKIAKODA" not in shown


@pytest.mark.parametrize(
    ("name", "region", "endpoint", "field"),
    [
        ("", "eu-west-1", "", "bucket"),
        ("no/bucket", "eu-west-1", "", "bucket"),
        ("koda", "", "", "bucket"),
        ("koda", "no region", "", "bucket"),
        ("koda", "eu-west-1", "nowhere", "bucket"),
        ("koda", "aws-global", "", "region"),
    ],
)
def test_what_cannot_be_is_refused(name: str, region: str, endpoint: str, field: str) -> None:
    """Nothing is asked of anybody before."""
    with pytest.raises(InvalidValue) as refused:
        opened(name, region, endpoint=endpoint)

    assert refused.value.field == field
