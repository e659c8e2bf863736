"""What a live S3 server itself refuses, and what it hands out."""

import re
from datetime import timedelta
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

import pytest
import requests
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_options_header

from koda.adapters.s3.client import Bucket
from koda.adapters.s3.files import S3Files
from koda.adapters.s3.objects import as_checksum, object_key
from koda.adapters.system.clock import now
from koda.domain.model.file_names import safe_file_name
from koda.domain.model.identifiers import FileKey, UploadId
from koda.domain.model.uploads import (
    DownloadLink,
    FileStat,
    StoredFile,
    UploadOffer,
    UploadTicket,
)
from koda.testing.contracts.running import EXAMPLES
from koda.testing.examples import WORKFLOW, a_ticket, digest
from tests.contract.s3_world import TIMEOUT, HttpClient, let_pass
from tests.servers.s3 import empty

OTHER = b'{"nodes": [], "connections": {"other": 1}}'
BROWSER = HttpClient()
SIGNED = (
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
)
NAMES = (
    "flow.json",
    'the "best" flow.json',
    "line\r\nX-Evil: 1.json",
    "Überweisung ß.json",
    "поток.json",
    "자동화.json",
    "自動化ワークフロー.json",
    "تدفق العمل.json",
    "זרימה.json",
    "कार्यप्रवाह.json",
    "🚀🧵.json",
    "a;b=c, d'e*f%41.json",
    "back\\slash/and/slash.json",
    "nul\0tab\t.json",
    "right-to-left\u202egnp.json",
    "lone\ud800surrogate.json",
    "x" * 300 + ".json",
)


@pytest.fixture
def files(s3_bucket: Bucket) -> S3Files:
    """An empty store."""
    empty(s3_bucket)
    return S3Files(s3_bucket, now)


@pytest.fixture
def ticket() -> UploadTicket:
    """A ticket for the example workflow."""
    return a_ticket(expires_at=now() + timedelta(minutes=10))


@pytest.fixture
def kept(files: S3Files, ticket: UploadTicket) -> StoredFile:
    """A file that was sold."""
    files.receive(ticket, WORKFLOW)
    return files.keep(ticket)


@pytest.fixture
def link(files: S3Files, kept: StoredFile) -> DownloadLink:
    """A link to it, for five minutes."""
    return files.link(kept, now() + timedelta(minutes=5))


def changed(url: str, **parameters: str | None) -> str:
    """The address with some parameters set, or removed."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | parameters
    left = {name: value for name, value in query.items() if value is not None}
    return urlunsplit(parts._replace(query=urlencode(left, quote_via=quote, safe="")))


def status_of(url: str, method: str = "GET", **options: object) -> int:
    """The status of an answer."""
    return requests.request(method, url, timeout=TIMEOUT, **options).status_code  # type: ignore[arg-type] # options as the callee names them


def test_changing_nothing_changes_nothing(
    files: S3Files, ticket: UploadTicket, link: DownloadLink
) -> None:
    """An address is taken apart and put together again, and still opens or takes the file."""
    offer = files.offer(ticket)

    assert status_of(changed(link.url)) == 200
    assert BROWSER.send(evolve(offer, url=changed(offer.url)), WORKFLOW) == 200


@pytest.mark.parametrize(
    "parameters",
    [
        *({name: None} for name in SIGNED),
        {"X-Amz-Expires": "604800"},
        {"X-Amz-Expires": "301"},
        {"X-Amz-Date": "20300101T000000Z"},
        {"X-Amz-Signature": "0" * 64},
        {"X-Amz-SignedHeaders": "host;range"},
        {"X-Amz-Algorithm": "AWS4-HMAC-SHA1"},
        {"X-Amz-Credential": "kodatest/20261122/us-west-2/s3/aws4_request"},
        {"response-content-disposition": "inline"},
        {"response-content-disposition": None},
        {"response-content-type": "text/html"},
        {"response-cache-control": "public"},
        {"versionId": "1"},
        {"acl": ""},
    ],
    ids=str,
)
def test_link_with_a_parameter_changed_is_refused(
    link: DownloadLink, parameters: dict[str, str | None]
) -> None:
    """Its end, its name, its type, its key: all of them are signed, and nothing can be added."""
    answer = requests.get(changed(link.url, **parameters), timeout=TIMEOUT)

    assert 400 <= answer.status_code < 500
    assert WORKFLOW not in answer.content


def test_link_opens_no_other_file(
    files: S3Files, ticket: UploadTicket, link: DownloadLink, kept: StoredFile
) -> None:
    """The signature of one key is none for another, be it kept or pending."""
    other = evolve(ticket, id=UploadId("upl_2"), size=len(OTHER), sha256=digest(OTHER))
    files.receive(other, OTHER)
    files.keep(other)

    for key in (other.kept_key, object_key(other.pending_key), object_key(ticket.pending_key)):
        assert status_of(link.url.replace(kept.key, key)) == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "HEAD"])
def test_link_is_for_reading_alone(
    files: S3Files, link: DownloadLink, kept: StoredFile, method: str
) -> None:
    """No other method is allowed by it, and the file stays what it is."""
    assert 400 <= status_of(link.url, method, data=b"x") < 500
    assert files.read(kept.key, 1000) == WORKFLOW


def test_link_is_refused_after_its_end(files: S3Files, kept: StoredFile) -> None:
    """It opens the file before, and nothing after."""
    link = files.link(kept, now() + timedelta(seconds=2))
    assert BROWSER.fetch(link).status == 200

    let_pass(link.expires_at)

    assert BROWSER.fetch(link).status == 403


def test_no_link_is_longer_than_five_minutes(files: S3Files, kept: StoredFile) -> None:
    """However much is asked for; and one that is over before it begins opens nothing."""
    asked = now() + timedelta(days=30)
    long, over = files.link(kept, asked), files.link(kept, now() - timedelta(days=1))

    assert "X-Amz-Expires=300&" in long.url
    assert long.expires_at <= now() + timedelta(minutes=5)
    assert 400 <= BROWSER.fetch(over).status < 500


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_any_name_comes_through(files: S3Files, kept: StoredFile, name: str) -> None:
    """Whatever a file is called, S3 sends it as an attachment under that name, and no header more.

    What cannot be written in UTF-8 becomes a question mark.
    """
    fetched = BROWSER.fetch(files.link(evolve(kept, name=name), now() + timedelta(minutes=5)))

    assert (fetched.status, fetched.content) == (200, WORKFLOW)
    said = fetched.headers["content-disposition"]
    assert re.fullmatch(r"[ -~]+", said)
    kind, options = parse_options_header(said)
    assert (kind, options["filename"]) == ("attachment", name.encode(errors="replace").decode())
    assert "x-evil" not in fetched.headers


@EXAMPLES
@given(name=st.text(min_size=1, max_size=100))
def test_any_text_at_all_comes_through(files: S3Files, kept: StoredFile, name: str) -> None:
    """What S3 answers names the file by that text, in one header that is plain ASCII."""
    fetched = BROWSER.fetch(files.link(evolve(kept, name=name), now() + timedelta(minutes=5)))

    said = fetched.headers["content-disposition"]
    assert (fetched.status, fetched.content) == (200, WORKFLOW)
    assert re.fullmatch(r"attachment; [ -~]+", said)
    told = unquote(said.partition("filename*=UTF-8''")[2])
    assert told == name.encode(errors="replace").decode()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_safe_names_come_through_unchanged(files: S3Files, kept: StoredFile, name: str) -> None:
    """The names that the marketplace gives to files are told in full by the link."""
    safe = safe_file_name(name)

    link = files.link(evolve(kept, name=safe), now() + timedelta(minutes=5))

    said = dict(parse_qsl(urlsplit(link.url).query))["response-content-disposition"]
    assert unquote(said.partition("filename*=UTF-8''")[2]) == safe


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (WORKFLOW + b" ", {}),
        (WORKFLOW[:-1], {}),
        (b"", {}),
        (WORKFLOW[:-1] + b"!", {}),
        (WORKFLOW * 1000, {}),
        (WORKFLOW, {"Content-Type": "text/html"}),
        (WORKFLOW, {"Content-Type": "application/json; charset=utf-8"}),
        (OTHER, {"x-amz-checksum-sha256": as_checksum(digest(OTHER))}),
        (WORKFLOW, {"x-amz-acl": "public-read"}),
        (WORKFLOW, {"x-amz-meta-owner": "somebody"}),
        (WORKFLOW, {"x-amz-website-redirect-location": "https://evil.example"}),
    ],
    ids=[
        "larger",
        "smaller",
        "empty",
        "other bytes",
        "much larger",
        "other type",
        "same type in other words",
        "other checksum",
        "with an access list",
        "with metadata",
        "with a redirect",
    ],
)
def test_upload_that_was_not_announced_is_refused(
    files: S3Files, ticket: UploadTicket, content: bytes, headers: dict[str, str]
) -> None:
    """S3 itself compares size, type and SHA-256, and takes nothing beside them."""
    offer = files.offer(ticket)

    answer = requests.put(
        offer.url, data=content, headers={**offer.headers, **headers}, timeout=TIMEOUT
    )

    assert 400 <= answer.status_code < 500
    assert files.stat(ticket.pending_key) is None


@pytest.mark.parametrize(
    "parameters",
    [
        *({name: None} for name in SIGNED),
        {"X-Amz-Expires": "604800"},
        {"X-Amz-Date": "20300101T000000Z"},
        {"X-Amz-Signature": "0" * 64},
        {"X-Amz-SignedHeaders": "host"},
        {"X-Amz-SignedHeaders": "content-length;content-type;host"},
        {"x-amz-acl": "public-read"},
        {"versionId": "1"},
        {"tagging": ""},
    ],
    ids=str,
)
def test_offer_with_a_parameter_changed_is_refused(
    files: S3Files, ticket: UploadTicket, parameters: dict[str, str | None]
) -> None:
    """Its end, its headers, its key: all of them are signed, and nothing can be added."""
    offer = files.offer(ticket)
    bent = evolve(offer, url=changed(offer.url, **parameters))

    assert 400 <= BROWSER.send(bent, WORKFLOW) < 500
    assert files.stat(ticket.pending_key) is None


@pytest.mark.parametrize("left_out", ["Content-Type", "x-amz-checksum-sha256"])
def test_upload_that_leaves_a_header_out_is_refused(
    files: S3Files, ticket: UploadTicket, left_out: str
) -> None:
    """What was signed must be sent."""
    offer = files.offer(ticket)
    headers = {name: value for name, value in offer.headers.items() if name != left_out}

    assert 400 <= status_of(offer.url, "PUT", data=WORKFLOW, headers=headers) < 500
    assert files.stat(ticket.pending_key) is None


def test_upload_of_unknown_length_is_refused(files: S3Files, ticket: UploadTicket) -> None:
    """Bytes that come in chunks do not pass by the size."""
    offer = files.offer(ticket)
    chunks = iter([WORKFLOW])

    assert 400 <= status_of(offer.url, "PUT", data=chunks, headers=offer.headers) < 500
    assert files.stat(ticket.pending_key) is None


def test_upload_to_another_key_is_refused(
    files: S3Files, ticket: UploadTicket, kept: StoredFile
) -> None:
    """Neither another ticket's place nor a kept one is reached by a changed address."""
    offer = files.offer(ticket)
    path = object_key(ticket.pending_key)

    for key in ("pending/upl_2.upload", f"artifacts/{'a' * 64}", kept.key, "koda.html"):
        bent = evolve(offer, url=offer.url.replace(path, key))
        assert BROWSER.send(bent, WORKFLOW) == 403
    assert files.stat(FileKey("pending/upl_2")) is None


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "POST"])
def test_offer_is_for_sending_alone(files: S3Files, ticket: UploadTicket, method: str) -> None:
    """Nobody reads or deletes by an offer."""
    files.receive(ticket, WORKFLOW)
    offer = files.offer(ticket)

    answer = requests.request(method, offer.url, headers=offer.headers, timeout=TIMEOUT)

    assert 400 <= answer.status_code < 500
    assert files.read(ticket.pending_key, 1000) == WORKFLOW


def test_nobody_comes_in_without_a_signature(
    files: S3Files, ticket: UploadTicket, kept: StoredFile, s3_bucket: Bucket
) -> None:
    """The bucket is closed: knowing a key is of no use."""
    for address in (f"{s3_bucket.url}/{kept.key}", s3_bucket.url, f"{s3_bucket.url}/?list-type=2"):
        assert status_of(address) == 403
    assert status_of(f"{s3_bucket.url}/x", "PUT", data=b"x") == 403


def test_nothing_is_overwritten_after_it_was_kept(
    files: S3Files, ticket: UploadTicket, kept: StoredFile
) -> None:
    """Neither an old offer, nor keeping again, nor the same hash under another type changes it."""
    before = files.bucket.client.head_object(Bucket=files.bucket.name, Key=kept.key)
    assert BROWSER.send(files.offer(ticket), WORKFLOW) == 200
    other = evolve(ticket, id=UploadId("upl_2"), content_type="text/html")
    files.receive(other, WORKFLOW)

    assert files.keep(ticket) == files.keep(ticket)
    files.keep(other)

    after = files.bucket.client.head_object(Bucket=files.bucket.name, Key=kept.key)
    assert (after["ETag"], after["LastModified"], after["ContentType"]) == (
        before["ETag"],
        before["LastModified"],
        "application/json",
    )


def test_file_without_a_checksum_is_not_kept(
    files: S3Files, ticket: UploadTicket, s3_bucket: Bucket
) -> None:
    """Bytes that somebody else put there are told apart: S3 has not hashed them."""
    s3_bucket.client.put_object(
        Bucket=s3_bucket.name,
        Key=object_key(ticket.pending_key),
        Body=WORKFLOW,
        ContentType="application/json",
        ChecksumAlgorithm="CRC32",
    )

    assert files.stat(ticket.pending_key) == FileStat(len(WORKFLOW), "application/json", "")
    with pytest.raises(ValueError, match="is not the announced one"):
        files.keep(ticket)


def test_a_thousand_and_one_pending_files_are_forgotten(files: S3Files, s3_bucket: Bucket) -> None:
    """More than one page of the list, and more than S3 deletes at once."""
    for number in range(1001):
        s3_bucket.client.put_object(Bucket=s3_bucket.name, Key=f"pending/{number}", Body=b"")

    assert files.forget(now() + timedelta(days=1)) == 1001
    assert files.forget(now() + timedelta(days=1)) == 0


def test_forgetting_nothing_deletes_nothing(files: S3Files, ticket: UploadTicket) -> None:
    """What has just arrived stays."""
    files.receive(ticket, WORKFLOW)

    assert files.forget(now() - timedelta(days=1)) == 0
    assert files.stat(ticket.pending_key) is not None


def test_offer_asks_the_browser_for_no_forbidden_header(
    files: S3Files, ticket: UploadTicket
) -> None:
    """A script may set every header of an offer; the length, which is signed, the browser sets."""
    offer: UploadOffer = files.offer(ticket)

    signed = dict(parse_qsl(urlsplit(offer.url).query))["X-Amz-SignedHeaders"]
    assert signed == "content-length;content-type;host;x-amz-checksum-sha256"
    assert set(offer.headers) == {"Content-Type", "x-amz-checksum-sha256"}
