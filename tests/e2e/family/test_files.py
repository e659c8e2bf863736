"""Files on their way in and out, on the production family: announced here, carried by S3."""

import gzip
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from attrs import evolve
from werkzeug.http import parse_options_header

from koda.adapters.s3.files import S3Files
from koda.adapters.s3.objects import object_key
from koda.domain.model.identifiers import FileKey
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.entrypoints.backends.s3 import S3Room, S3Settings
from koda.testing.examples import PIXEL, WORKFLOW, digest
from tests.e2e.family.shop import SITE, TIMEOUT, Caller, Shop, send

OTHER = b'{"nodes": [{"name": "Other", "type": "trigger"}], "connections": {}}'


@pytest.fixture(scope="module")
def seller(shop: Shop) -> Principal:
    """Somebody who can be paid."""
    return shop.seller()


@pytest.fixture
def selling(shop: Shop, seller: Principal) -> Caller:
    """The API as the seller calls it."""
    return shop.caller(seller)


def bucket_url(shop: Shop) -> str:
    """Where the files lie."""
    return str(shop.container.rooms().of(S3Room).bucket.url)


def stored(shop: Shop, upload: str) -> bool:
    """Whether S3 has bytes of an upload that are not kept yet."""
    files = shop.market.files
    assert isinstance(files, S3Files)
    return files.stat(FileKey(f"pending/{upload}")) is not None


def link_of(caller: Caller, automation_id: str) -> str:
    """The address that a download gives."""
    answer = caller("POST", f"/library/{automation_id}/download")
    assert answer.json is not None
    assert answer.status_code == 200, answer.text
    return str(answer.json["url"])


def test_no_link_to_what_was_not_bought(shop: Shop, seller: Principal) -> None:
    """Not bought, not there, or taken off sale: nobody without a purchase gets a link."""
    item = shop.market.list_automation(seller)
    other = shop.caller(shop.person())
    refused = [
        other("POST", f"/library/{automation_id}/download")
        for automation_id in (item.id, "aut_none")
    ]
    shop.market.withdraw_automation(seller, item.id)
    refused.append(other("POST", f"/library/{item.id}/download"))

    assert [answer.status_code for answer in refused] == [403, 404, 404]


@pytest.mark.parametrize(
    "state", [PurchaseState.REFUNDED, PurchaseState.DISPUTED, PurchaseState.REVOKED]
)
def test_no_link_for_who_has_the_money_back(
    shop: Shop, seller: Principal, state: PurchaseState
) -> None:
    """A purchase that is no longer active opens nothing, and neither does an order unpaid."""
    item = shop.market.list_automation(seller)
    buyer = shop.bought(item)
    bought = shop.market.purchases.find(buyer.user_id, item.id)
    assert bought is not None
    assert link_of(shop.caller(buyer), item.id)
    shop.market.purchases.save(evolve(bought, state=state))
    unpaid = shop.person()
    shop.market.order(unpaid, item)
    refused = [
        shop.caller(person)("POST", f"/library/{item.id}/download") for person in (buyer, unpaid)
    ]

    assert [answer.status_code for answer in refused] == [403, 403]


def test_link_is_short_and_exact(shop: Shop, seller: Principal, selling: Caller) -> None:
    """Signed by version 4 for the bucket's own address and region, for at most five minutes."""
    item = shop.market.list_automation(seller)
    url = link_of(selling, item.id)
    asked = {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}
    answer = requests.get(url, timeout=TIMEOUT)

    assert url.startswith(f"{bucket_url(shop)}/artifacts/")
    assert asked["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert 290 < int(asked["X-Amz-Expires"]) <= 300
    assert f"/{shop.settings.of(S3Settings).region}/s3/aws4_request" in asked["X-Amz-Credential"]
    assert asked["response-content-disposition"].startswith("attachment; filename=")
    assert answer.content == WORKFLOW
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (WORKFLOW + b" ", {}),
        (WORKFLOW[:-1], {}),
        (OTHER[: len(WORKFLOW)].ljust(len(WORKFLOW)), {}),
        (WORKFLOW, {"Content-Type": "text/html"}),
        (WORKFLOW, {"x-amz-checksum-sha256": "A" * 43 + "="}),
        (WORKFLOW, {"x-amz-acl": "public-read"}),
    ],
    ids=["larger", "smaller", "other bytes", "other type", "other checksum", "public"],
)
def test_upload_that_was_not_announced_is_not_listed(
    shop: Shop, selling: Caller, content: bytes, headers: dict[str, str]
) -> None:
    """S3 refuses it, and the marketplace finds nothing to list."""
    offer = selling.offer()

    assert 400 <= send(offer, content, **headers) < 500
    assert not stored(shop, offer["upload_id"])
    refused = selling.submit(offer["upload_id"])
    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "upload_missing")


def test_upload_to_another_key_is_refused(shop: Shop, selling: Caller) -> None:
    """An offer is for one place; neither a colleague's upload nor a kept file is reached by it."""
    offer, other = selling.offer(), selling.offer(OTHER)
    place = urlsplit(offer["url"]).path.rpartition(
        f"/{shop.container.rooms().of(S3Room).bucket.name}/"
    )[2]
    for key in (urlsplit(other["url"]).path.rpartition("/pending/")[2], "x"):
        bent = offer | {"url": offer["url"].replace(place, f"pending/{key}")}
        assert bent["url"] != offer["url"]
        assert send(bent, WORKFLOW) == 403
    forged = offer | {"url": offer["url"].replace(place, f"artifacts/{digest(WORKFLOW)}")}
    assert send(forged, WORKFLOW) == 403
    assert not stored(shop, other["upload_id"])


@pytest.mark.parametrize(
    ("announced", "named"),
    [
        ("../../x.json", "x.json"),
        ("a\0b.json", "ab.json"),
        ('a"\r\nX: 1.json', "a-X- 1.json"),
        ("\u202egnp.json", "gnp.json"),
        ("x" * 300 + ".json", "x" * 95 + ".json"),
        ("CON.json", "_CON.json"),
        ("поток.json", "поток.json"),
    ],
    ids=ascii,
)
def test_name_of_a_file_is_harmless_and_survives(
    shop: Shop, selling: Caller, announced: str, named: str
) -> None:
    """Its key says nothing of its name, and S3 hands it out as an attachment under a safe one."""
    answer = selling.submit(selling.upload(file_name=announced), title=f"Named {named}"[:90])
    assert answer.json is not None
    url = link_of(selling, answer.json["id"])
    fetched = requests.get(url, timeout=TIMEOUT)
    kind, options = parse_options_header(fetched.headers["Content-Disposition"])

    assert urlsplit(url).path.endswith(f"/artifacts/{digest(WORKFLOW)}")
    assert (kind, fetched.content) == ("attachment", WORKFLOW)
    assert options["filename"].endswith(".json")
    assert not set(unquote(options["filename"])) & set('/\\"\r\n\0\u202e')
    assert "X" not in fetched.headers


@pytest.mark.parametrize("name", ["", "noextension", "flow.exe", ".json"])
def test_name_that_is_none_is_refused(selling: Caller, name: str) -> None:
    """Empty, without an extension, or of another kind: nothing is offered."""
    said = {"content_type": "application/json", "size": 5, "sha256": "a" * 64}
    refused = selling("POST", "/uploads", said | {"kind": "artifact", "file_name": name})

    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("content", "kind", "checksum"),
    [
        (WORKFLOW + b" ", "application/json", "SHA256"),
        (WORKFLOW, "text/html", "SHA256"),
        (OTHER[: len(WORKFLOW)].ljust(len(WORKFLOW)), "application/json", "SHA256"),
        (WORKFLOW, "application/json", "CRC32"),
    ],
    ids=["size", "type", "bytes", "no hash"],
)
def test_object_that_is_not_the_announced_one_is_not_listed(
    shop: Shop, selling: Caller, content: bytes, kind: str, checksum: str
) -> None:
    """However it came there, what S3 says of it is compared with what was announced."""
    offer = selling.offer()
    bucket = shop.container.rooms().of(S3Room).bucket
    bucket.client.put_object(
        Bucket=bucket.name,
        Key=object_key(FileKey(f"pending/{offer['upload_id']}")),
        Body=content,
        ContentType=kind,
        ChecksumAlgorithm=checksum,
    )

    refused = selling.submit(offer["upload_id"])

    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")
    assert stored(shop, offer["upload_id"])


def test_upload_that_never_came_is_not_listed(selling: Caller) -> None:
    """An offer alone is nothing."""
    refused = selling.submit(selling.offer()["upload_id"])

    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (409, "upload_missing")


def test_nothing_is_exchanged_after_it_was_listed(selling: Caller) -> None:
    """The offer may still be sent to; what is sold has been copied out of its reach."""
    offer = selling.offer()
    assert send(offer, WORKFLOW) == 200
    answer = selling.submit(offer["upload_id"])
    assert answer.json is not None
    before = requests.get(link_of(selling, answer.json["id"]), timeout=TIMEOUT)

    send(offer, WORKFLOW)
    send(offer, OTHER)
    selling.submit(offer["upload_id"])
    after = requests.get(link_of(selling, answer.json["id"]), timeout=TIMEOUT)

    assert before.content == after.content == WORKFLOW
    assert before.headers["Last-Modified"] == after.headers["Last-Modified"]


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        WORKFLOW.decode().encode("utf-16"),
        b'{"same": 1, "same": 2}',
        b"[NaN]",
        b"[" * 10_000 + b"]" * 10_000,
        b"[" + b"9" * 5000 + b"]",
        b'["\\ud800"]',
        gzip.compress(b"0" * 1_000_000, mtime=0),
        b"\0" + WORKFLOW,
        b"{}",
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_content_that_is_no_workflow_is_refused(selling: Caller, content: bytes) -> None:
    """S3 takes what was announced; the marketplace reads it and lists it not."""
    refused = selling.submit(selling.upload(content))

    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (422, "invalid_value")


@pytest.mark.parametrize("beyond", [1, 10**9])
def test_file_above_the_limit_is_not_even_offered(shop: Shop, selling: Caller, beyond: int) -> None:
    """What is announced as too large is refused; what is announced as smaller cannot be sent."""
    size = shop.settings.policy.artifact_bytes + beyond
    said = {"content_type": "application/json", "size": size, "sha256": "a" * 64}
    refused = selling("POST", "/uploads", said | {"kind": "artifact", "file_name": "flow.json"})

    assert refused.status_code == 422


def test_nothing_that_was_uploaded_is_shown_as_a_page(
    shop: Shop, seller: Principal, selling: Caller
) -> None:
    """A file is an attachment; a picture is a picture and nothing else, and brings no script."""
    preview = shop.market.upload(seller, PIXEL, "picture.png")
    item = shop.market.list_automation(seller, preview=preview)
    file = requests.get(link_of(selling, item.id), timeout=TIMEOUT)
    bent = requests.get(link_of(selling, item.id).replace("attachment", "inline"), timeout=TIMEOUT)
    assert item.preview is not None
    address = f"/previews/{item.id}/{item.preview.largest.file.sha256}"
    picture = shop.site.test_client().get(address, base_url=SITE)

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert bent.status_code == 403
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in picture.headers["Content-Security-Policy"]
    assert "Location" not in picture.headers
