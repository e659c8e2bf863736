"""The inbox of the payment provider's messages, as pages."""

import pytest

from koda.domain.model.audit import AuditAction
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import EventState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.entrypoints.web.pages.payment_events import readable
from koda.entrypoints.web.words import WORDS
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session

WHY = "The provider answers again."


@pytest.fixture
def failed(market: Marketplace, seller: Principal, buyer: Principal) -> EventId:
    """A message about a payment that came while the provider did not answer, after one in time."""
    market.buy(buyer, market.list_automation(seller))
    order = market.order(buyer, market.list_automation(seller))
    market.provider.pay(session(order))
    message = market.provider.event_of(session(order))
    with market.provider.outage(), pytest.raises(Unavailable):
        market.handle_payment_event(*message)
    return market.payment_inbox.pending(1)[0].event_id


def test_messages_that_failed_come_first(
    site: Site, market: Marketplace, failed: EventId, admin: Principal
) -> None:
    """The others are a click away."""
    browser = site.browser(admin)

    first = browser.get("/admin/events")
    everything = browser.get("/admin/events?state=all")
    waiting = browser.get("/admin/events?state=open")

    assert f"{failed}" in text_of(first)
    assert "failed Tried once. The payment provider" in text_of(first)
    assert (first.text.count("/admin/events/"), everything.text.count("/admin/events/")) == (1, 2)
    assert 'aria-current="page">failed</a>' in first.text
    assert "No message of the kind" in text_of(waiting)


def test_an_admin_replays_a_message_with_a_reason(
    site: Site, market: Marketplace, failed: EventId, admin: Principal
) -> None:
    """Which the log keeps; once it is done there is no form any more."""
    browser, place = site.browser(admin), f"/admin/events/{failed}"

    shown = browser.get(place)
    refused = browser.post(place, reason="?")
    with market.provider.outage():
        again = browser.follow(browser.post(place, reason=WHY))
    done = browser.follow(browser.post(place, reason=WHY))

    assert "What kept it from being done The payment provider" in text_of(shown)
    assert '<pre class="payload" tabindex="0">{' in shown.text
    assert (refused.status_code, "Why must have 3 to 500" in text_of(refused)) == (422, True)
    assert "It was handled again, and failed again." in text_of(again)
    assert "It was handled again, and is done." in text_of(done)
    assert "Handle it again" not in text_of(done)
    assert "Replayed a message of the payment provider done" in text_of(browser.get("/admin/audit"))


def test_support_sees_messages_and_not_what_they_say(
    site: Site, market: Marketplace, failed: EventId
) -> None:
    """Nor may they replay one."""
    browser, place = site.browser(market.person("sue", Role.SUPPORT)), f"/admin/events/{failed}"

    shown = browser.get(place)

    assert "is for admins alone" in text_of(shown)
    assert ("<pre" in shown.text, "Handle it again" in text_of(shown)) == (False, False)
    assert browser.post(place, reason=WHY).status_code == 403
    assert market.payment_inbox.get(failed).attempts == 1


def test_a_message_that_never_came_is_not_there(site: Site, admin: Principal) -> None:
    """Whoever asks."""
    page = site.browser(admin).get("/admin/events/evt_none")

    assert (page.status_code, "There is no such message." in text_of(page)) == (404, True)


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (b'{"a": [1, "\xc3\xa4"]}', '{\n  "a": [\n    1,\n    "\u00e4"\n  ]\n}'),
        (b"no JSON", "no JSON"),
        (b"\xff", "\ufffd"),
        (b"[" * 100_000, "[" * 100_000),
    ],
    ids=["json", "text", "bytes", "deep"],
)
def test_a_payload_is_shown_as_far_as_it_can_be_read(payload: bytes, shown: str) -> None:
    """Line by line if it is JSON, as it came if not."""
    assert readable(payload) == shown


def test_every_state_and_action_has_a_word() -> None:
    """The pages show no code."""
    assert WORDS.keys() >= {*EventState, AuditAction.REPLAY_MESSAGE}
