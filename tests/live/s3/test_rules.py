"""The bucket's rules on a live server, and what they do there."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from attrs import evolve

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.errors import StoreRefused
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.rules import ENCRYPTION, LIFECYCLE, Applied, apply_rules, cors_rule
from koda.adapters.system.clock import now
from koda.testing.examples import WORKFLOW, a_ticket
from tests.contract.s3_world import TIMEOUT
from tests.servers.s3 import S3Server

SITE = "https://koda.example"
WANTED = {"cors": [cors_rule(SITE)], "lifecycle": LIFECYCLE, "encryption": [ENCRYPTION]}


@pytest.fixture
def bucket(s3_server: S3Server) -> Iterator[Bucket]:
    """A bucket without rules."""
    with s3_server.new_bucket() as bucket:
        yield bucket


def applied(bucket: Bucket, site: str = SITE) -> list[Applied]:
    """What came of all rules."""
    return list(apply_rules(bucket, site))


def cors_of(bucket: Bucket) -> list[dict[str, Any]]:
    """The bucket's CORS rules as S3 tells them."""
    rules: list[dict[str, Any]] = bucket.client.get_bucket_cors(Bucket=bucket.name)["CORSRules"]
    return rules


def test_rules_are_set_once(bucket: Bucket) -> None:
    """The first time sets them, the second one finds them."""
    first, second = applied(bucket), applied(bucket)

    assert {rule.kind: rule.rules for rule in first} == WANTED
    assert [(rule.existed, rule.refusal) for rule in second] == [(True, "")] * 3
    lifecycle = bucket.client.get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]
    assert {rule["ID"] for rule in lifecycle} == {"koda-pending", "koda-multipart"}


def test_rules_of_others_stay(bucket: Bucket) -> None:
    """Only ours are replaced, when the site moves."""
    theirs = {"AllowedOrigins": ["https://other.example"], "AllowedMethods": ["GET"]}
    archive = {
        "ID": "archive",
        "Status": "Enabled",
        "Filter": {"Prefix": "logs/"},
        "Expiration": {"Days": 30},
    }
    client, name = bucket.client, bucket.name
    client.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [theirs]})
    client.put_bucket_lifecycle_configuration(
        Bucket=name, LifecycleConfiguration={"Rules": [archive]}
    )
    applied(bucket, "https://old.example")

    applied(bucket)

    origins = [rule["AllowedOrigins"] for rule in cors_of(bucket)]
    assert origins == [["https://other.example"], [SITE]]
    lifecycle = client.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert [rule["ID"] for rule in lifecycle] == ["archive", "koda-pending", "koda-multipart"]


def preflight(url: str, origin: str, method: str = "PUT") -> requests.Response:
    """What a browser asks before it uploads."""
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "content-type,x-amz-checksum-sha256",
    }
    return requests.options(url, headers=headers, timeout=TIMEOUT)


def passes(url: str, origin: str, method: str = "PUT") -> bool:
    """Whether a browser goes on after the answer (https://fetch.spec.whatwg.org, 4.8)."""
    answer = preflight(url, origin, method)
    allowed = answer.headers.get("Access-Control-Allow-Methods", "").split(", ")
    same = answer.headers.get("Access-Control-Allow-Origin") == origin
    return answer.ok and same and method in allowed


def test_browsers_of_the_site_alone_may_upload(bucket: Bucket) -> None:
    """The answer to a preflight names the site, and no other origin or method passes."""
    url = S3Files(bucket, now).offer(a_ticket()).url
    assert not passes(url, SITE)

    applied(bucket)

    assert passes(url, SITE)
    for origin in ("https://evil.example", f"{SITE}.evil.example", "null", SITE.upper()):
        assert not passes(url, origin)
    for method in ("DELETE", "POST", "GET"):
        assert not passes(url, SITE, method)


def test_files_are_encrypted_from_then_on(bucket: Bucket) -> None:
    """An object that comes later says that it is encrypted, and is kept and read as before."""
    applied(bucket)
    files, ticket = S3Files(bucket, now), a_ticket()

    files.receive(ticket, WORKFLOW)
    files.keep(ticket)

    told = bucket.client.head_object(Bucket=bucket.name, Key=ticket.kept_key)
    assert told["ServerSideEncryption"] == "AES256"
    assert files.read(ticket.kept_key, 1000) == WORKFLOW
    assert ticket.matches(files.stat(ticket.kept_key) or pytest.fail("nothing is kept"))


def test_bucket_that_does_not_exist_is_told(s3_server: S3Server, bucket: Bucket) -> None:
    """There is nothing to set rules for, and nothing to keep files in."""
    nowhere = s3_server.bucket(f"{bucket.name}-nowhere")

    with pytest.raises(StoreRefused, match="NoSuchBucket"):
        applied(nowhere)
    with pytest.raises(StoreRefused, match="NoSuchBucket"):
        S3Files(nowhere, now).receive(a_ticket(), WORKFLOW)
    with pytest.raises(StoreRefused, match="NoSuchBucket"):
        S3Files(nowhere, now).read(a_ticket().kept_key, 10)


def test_wrong_keys_are_told(s3_server: S3Server, bucket: Bucket) -> None:
    """Each rule is refused for itself; files are unavailable until somebody sets it right."""
    locked_out = evolve(s3_server, secret_key="another").bucket(bucket.name)

    assert [rule.refusal for rule in applied(locked_out)] == ["SignatureDoesNotMatch"] * 3
    with pytest.raises(StoreRefused, match="its operator must check it") as told:
        S3Files(locked_out, now).receive(a_ticket(), WORKFLOW)
    assert (told.value.code, told.value.retry_after) == ("file_store_refused", 300)
    with pytest.raises(StoreRefused):
        S3Files(locked_out, now).stat(a_ticket().kept_key)
