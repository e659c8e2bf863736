"""Tokens, good and bad, and who may do what, on the production family."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from werkzeug.test import TestResponse

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from tests.e2e.api.test_access import CALLERS, ROUTES, filled
from tests.e2e.family.shop import SITE, Caller, Shop
from tests.e2e.pages.conftest import Browser
from tests.e2e.pages.test_guard import READING, WRITING, address, rules
from tests.support.bodies import submission

CLERK = "/webhooks/clerk"
IN_BUCKETS = {"file", "file_sent"}
"""Pages that serve files of a directory: those in a bucket have no address at this site."""


@pytest.fixture(scope="module")
def bea(shop: Shop) -> Principal:
    """Somebody who is signed in."""
    return shop.person()


def library(shop: Shop, token: str | None, **headers: str) -> TestResponse:
    """What the API says to who asks for their library with a token."""
    return Caller(shop.site.test_client(), token)("GET", "/library", headers=headers)


def assert_refused(shop: Shop, token: str) -> None:
    """The API and the pages refuse a token, and nobody else is asked about it."""
    shop.sandbox.forget_requests()
    refused = library(shop, token)
    client = shop.site.test_client(use_cookies=False)
    page = client.get("/library", headers={"Cookie": f"__session={token}"}, base_url=SITE)

    assert refused.json is not None
    assert (refused.status_code, refused.json["code"]) == (401, "not_authenticated")
    assert page.status_code == 401
    assert shop.sandbox.requests == []


def test_good_token_opens(shop: Shop, bea: Principal) -> None:
    """What Clerk signs for this site is who they are, and nothing is asked of Clerk for it."""
    browser = shop.browser(bea)
    shop.sandbox.forget_requests()

    assert library(shop, shop.token(bea)).status_code == 200
    assert browser.get("/library").status_code == 200
    assert shop.sandbox.requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"kid": "another"},
        {"jku": "https://evil.example/jwks.json"},
        {"jwk": {"kty": "RSA", "n": "AQ", "e": "AQAB"}},
        {"x5u": "https://evil.example/chain.pem"},
    ],
    ids=repr,
)
def test_token_that_another_key_signed_is_refused(
    shop: Shop, bea: Principal, headers: dict[str, Any]
) -> None:
    """Whatever key its header names or brings."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    claims = {"sub": bea.user_id, "sid": bea.session_id, "azp": SITE}

    assert_refused(shop, shop.sandbox.clerk.token(claims, headers, key=pem))


def test_token_without_a_signature_is_refused(shop: Shop, bea: Principal) -> None:
    """`none` is no algorithm."""
    claims = {"sub": bea.user_id, "sid": bea.session_id, "azp": SITE}

    assert_refused(shop, shop.sandbox.clerk.token(claims, key="", algorithm="none"))


def test_token_that_the_public_key_signed_is_refused(shop: Shop, bea: Principal) -> None:
    """Everybody has the public key; it is no shared secret."""
    header = _encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    signed = f"{header}.{shop.token(bea).split('.')[1]}"
    pem = shop.sandbox.clerk.public_key().encode()
    mark = hmac.new(pem, signed.encode(), hashlib.sha256).digest()

    assert_refused(shop, f"{signed}.{_encoded(mark)}")


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": -6},
        {"nbf": 60},
        {"nbf": None},
        {"iss": "https://clerk.evil.example"},
        {"iss": None},
        {"azp": "https://evil.example"},
        {"azp": None},
        {"sts": "pending"},
        {"sid": None},
        {"sub": None},
        {"sub": 5},
        {"o": "x"},
        {"fea": 5},
    ],
    ids=repr,
)
def test_token_that_says_something_else_is_refused(
    shop: Shop, bea: Principal, claims: dict[str, Any]
) -> None:
    """A good signature does not excuse what is missing, over, strange or for somebody else."""
    now = shop.sandbox.clock.now()
    timestamps = {
        name: now + value for name, value in claims.items() if name in {"exp", "nbf"} and value
    }

    assert_refused(shop, shop.token(bea, **claims | timestamps))


@pytest.mark.parametrize("token", ["ak_live_1", "mt_1", "m2m_1", "oat_1", "a.b.c", "x" * 200_000])
def test_what_is_no_session_token_is_refused(shop: Shop, token: str) -> None:
    """Machine tokens, API keys and what is too long, without asking anybody."""
    shop.sandbox.forget_requests()

    assert library(shop, token).status_code == 401
    assert shop.sandbox.requests == []


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("bearer {good}", 200),
        ("BEARER {good}", 200),
        ("Basic YTpi", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("", 401),
        ("Bearer {good} {good}", 401),
        ("Token {good}", 401),
        ("\xe9", 401),
    ],
)
def test_header_is_read_as_http_has_it(
    shop: Shop, bea: Principal, header: str, status: int
) -> None:
    """The scheme in any case, one token, and no cookie beside it counts."""
    good = shop.token(bea)
    headers = {"Authorization": header.format(good=good), "Cookie": f"__session={good}"}

    assert library(shop, None, **headers).status_code == status


@pytest.mark.parametrize(
    ("cookies", "status"),
    [
        ("__session={good}", 200),
        ('x={"a":1, b}; __session={good}', 200),
        ("__session={good}; __session=forged", 200),
        ("__session=forged; __session={good}", 401),
        (";=; =x;;\xff=\xe9; __session={good}", 200),
        ("__session=" + "x" * 200_000, 401),
    ],
)
def test_first_cookie_of_the_name_counts(
    shop: Shop, bea: Principal, cookies: str, status: int
) -> None:
    """Whatever a neighbour puts before or beside it, nothing breaks."""
    headers = {"Cookie": cookies.replace("{good}", shop.token(bea))}
    client = shop.site.test_client(use_cookies=False)

    assert client.get("/library", headers=headers, base_url=SITE).status_code == status


@pytest.mark.parametrize("name", ROUTES)
def test_each_caller_of_the_api_gets_what_is_theirs(shop: Shop, name: str) -> None:
    """Every operation called by a visitor, another user, the seller and an admin."""
    method, path, body, expected = ROUTES[name]
    seller = shop.seller()
    item = shop.market.list_automation(seller)
    upload = shop.caller(seller).upload()
    order = shop.market.order(shop.person(), item)
    names = {"automation": item.id, "order": order.id, "upload": upload}
    sent = submission(upload) if body == "submission" else filled(body, names)
    people = (None, shop.person(), seller, shop.admin())
    answers = [shop.caller(person)(method, path.format_map(names), sent) for person in people]

    assert dict(zip(CALLERS, expected, strict=True)) == dict(
        zip(CALLERS, (answer.status_code for answer in answers), strict=True)
    )


def test_each_visitor_of_the_pages_reads_what_is_theirs(shop: Shop) -> None:
    """Every page, for nobody, another user, the seller and an admin."""
    item, browsers = visited(shop)
    statuses = {
        name: tuple(browser.get(address(rule, item)).status_code for browser in browsers)
        for name, rule in rules(shop.site)
        if "GET" in (rule.methods or ())
    }

    assert statuses == {name: row for name, row in READING.items() if name not in IN_BUCKETS}


def test_each_visitor_of_the_pages_changes_what_is_theirs(shop: Shop) -> None:
    """Every form, for the same four, each about a listing of its own."""
    statuses = {}
    for name, rule in rules(shop.site):
        if "POST" in (rule.methods or ()):
            item, browsers = visited(shop)
            answers = [
                browser.post(address(rule, item), reason="A buyer reported it.")
                for browser in browsers
            ]
            statuses[name] = tuple(answer.status_code for answer in answers)

    assert statuses == {name: row for name, row in WRITING.items() if name not in IN_BUCKETS}


def visited(shop: Shop) -> tuple[Automation, tuple[Browser, ...]]:
    """A listing, and browsers of nobody, of somebody, of its seller and of an admin."""
    seller = shop.seller()
    item = shop.market.list_automation(seller)
    people = (None, shop.person(), seller, shop.admin())
    return item, tuple(shop.browser(person) for person in people)


def test_deleted_person_is_refused_though_their_token_holds(shop: Shop) -> None:
    """From the message on, here and on the pages; what comes late brings nobody back."""
    known = shop.sandbox.add_person(first_name="Zoe", email_address=["zoe@example.com"])
    token = shop.sandbox.sign_in(known["id"], origin=SITE)
    shop.sandbox.remove_person(known["id"])
    created, *_, removed = [
        shop.sandbox.webhooks.message(event["id"])
        for event in shop.sandbox.objects("clerk_event")
        if event["data"]["id"] == known["id"]
    ]
    before = library(shop, token)

    statuses = [shop.post(*news, path=CLERK).status_code for news in (removed, created)]

    assert before.status_code == 200
    assert statuses == [200, 200]
    assert_refused(shop, token)


@pytest.mark.parametrize(
    "change",
    [
        {"svix-signature": "garbage"},
        {"svix-signature": "v1,%%%"},
        {"svix-signature": ""},
        {"svix-timestamp": "soon"},
        {"svix-id": "msg_another"},
    ],
    ids=repr,
)
def test_message_about_people_without_a_good_signature_is_refused(
    shop: Shop, change: dict[str, str]
) -> None:
    """Garbage, bad base64 and headers of another message delete nobody."""
    payload, headers = _removal(shop, shop.person())

    assert shop.post(payload, headers | change, CLERK).status_code == 400


@pytest.mark.parametrize("late", [-360, 360])
def test_message_about_people_of_another_time_is_refused(shop: Shop, late: int) -> None:
    """More than five minutes in the past or the future."""
    person = shop.person()
    payload, _ = _removal(shop, person)
    moment = int(shop.market.clock().timestamp()) + late
    signed = shop.sandbox.clerk.sign(payload, moment)

    assert shop.post(payload, signed, CLERK).status_code == 400
    assert library(shop, shop.token(person)).status_code == 200


def test_message_about_people_that_comes_again_changes_nothing(shop: Shop) -> None:
    """The same message under the same id twice: 200, and the person is as gone as before."""
    person = shop.person()
    payload, headers = _removal(shop, person)
    statuses = [shop.post(payload, headers, CLERK).status_code for _ in range(2)]

    assert statuses == [200, 200]
    assert_refused(shop, shop.token(person))


def _removal(shop: Shop, person: Principal) -> tuple[bytes, dict[str, str]]:
    """Clerk's message that somebody was deleted."""
    told = {
        "type": "user.deleted",
        "object": "event",
        "timestamp": int(shop.market.clock().timestamp() * 1000),
        "data": {"id": person.user_id, "object": "user", "deleted": True},
    }
    payload = json.dumps(told).encode()
    return payload, shop.sandbox.clerk.sign(payload)
