import json
from collections.abc import Mapping
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import PersonRemoved, Principal
from koda.entrypoints.web.app import create_app
from koda.testing.examples import NOON, a_person
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, sandboxed, text_of

BO = UserId("user_bo")
LATER = NOON + timedelta(minutes=1)

Message = tuple[bytes, Mapping[str, str]]


def deliver(site: Site, payload: bytes, headers: Mapping[str, str]) -> TestResponse:
    """Send a message as the identity provider does."""
    return site.app.test_client().post(
        "/webhooks/clerk", data=payload, headers=dict(headers), base_url="http://127.0.0.1:8000"
    )


@pytest.fixture
def removal(market: Marketplace) -> Message:
    """The message that Bo was deleted."""
    return market.people_webhooks.removed(BO, LATER)


def test_a_visitor_is_greeted_by_the_name_of_the_last_message(
    site: Site, market: Marketplace, buyer: Principal
) -> None:
    """However often it comes; it sets no cookie."""
    browser = site.browser(buyer)
    news = market.people_webhooks.changed(a_person(BO, name="Bo the Third", updated_at=LATER))

    answers = [deliver(site, *news) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "Set-Cookie" not in answers[0].headers
    assert "Bo the Third" in text_of(browser.get("/"))


def test_a_deleted_user_is_signed_out_everywhere(
    site: Site, market: Marketplace, buyer: Principal, removal: Message
) -> None:
    """Their token is good for a while longer; pages and API refuse it from now on."""
    browser = site.browser(buyer)
    bearer = {"Authorization": f"Bearer {market.identity.sign_in(BO)}"}
    client = site.app.test_client()
    before = client.get("/api/v1/library", headers=bearer, base_url=browser.base)

    assert deliver(site, *removal).status_code == 200
    page, library = browser.get("/"), browser.get("/library")
    refused = client.get("/api/v1/library", headers=bearer, base_url=browser.base)

    assert before.status_code == 200
    assert (page.status_code, library.status_code, refused.status_code) == (200, 401, 401)
    assert "Sign in" in text_of(page)
    assert refused.json is not None
    assert refused.json["code"] == "not_authenticated"


def test_a_form_of_a_deleted_user_is_refused(
    site: Site, buyer: Principal, removal: Message
) -> None:
    """Even one that was open when it happened."""
    browser = site.browser(buyer)
    browser.get("/selling")
    deliver(site, *removal)

    assert browser.post("/selling/onboarding", country="DE").status_code == 401


def test_unproven_messages_are_refused(
    site: Site, market: Marketplace, buyer: Principal, removal: Message
) -> None:
    """Missing, empty and garbled signatures, changed and stale messages delete nobody."""
    payload, headers = removal
    (name,) = headers
    anew = json.dumps(json.loads(payload), indent=1).encode()
    proofs = [{}, {name: ""}, {name: "garbage"}, {name: "v1,é"}, {name: "9" * 5000}]
    forged = [(payload, proof) for proof in proofs]
    forged += [(body, dict(headers)) for body in (payload + b" ", anew, b"", b"\xff\xfe")]

    for message in forged:
        answer = deliver(site, *message)
        assert answer.status_code == 400
        assert answer.json is not None
        assert answer.json["code"] == "unverified_message"
    market.pass_time(minutes=6)
    assert deliver(site, payload, headers).status_code == 400
    assert market.people.find(buyer.user_id) == a_person(BO)


def test_encoded_messages_are_refused(site: Site, removal: Message) -> None:
    """The bytes are signed as they are; nobody encodes them."""
    payload, headers = removal

    assert deliver(site, payload, {**headers, "Content-Encoding": "gzip"}).status_code == 415


class DownPeople:
    """A store that keeps nothing for now."""

    def remove(self, *_: object) -> None:
        """Fail as the store does."""
        raise Unavailable("store")


def test_a_store_that_is_down_makes_the_message_come_again(
    site: Site, market: Marketplace, buyer: Principal, removal: Message
) -> None:
    """503 with Retry-After now, and the user is gone once the store is up again."""
    down = sandboxed(market.but(people=DownPeople()))
    refused = deliver(Site(down, create_app(down.container)), *removal)
    again = deliver(site, *removal)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert again.status_code == 200
    assert market.people.find(buyer.user_id) == PersonRemoved(BO, LATER)
