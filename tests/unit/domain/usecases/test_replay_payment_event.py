from datetime import timedelta

import pytest

from koda.domain.model.audit import AuditAction, AuditOutcome, AuditSubject
from koda.domain.model.automations import Automation
from koda.domain.model.errors import Forbidden, InvalidValue, NotFound, Unavailable
from koda.domain.model.identifiers import CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged, EventState, InboxEntry
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.operations.view_payment_event import PaymentMessage
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

WHY = "The provider answers again."


def replayed(market: Marketplace, event_id: EventId) -> InboxEntry:
    """The message as it is after an admin replayed it."""
    root = market.person("root", Role.ADMIN)
    return market.replay_payment_event(root, event_id, WHY)


@pytest.fixture
def failed(market: Marketplace, bea: Principal, poster: Automation) -> EventId:
    """A message about a payment that came while the provider did not answer."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    message = market.provider.event_of(session(order))
    with market.provider.outage(), pytest.raises(Unavailable):
        market.handle_payment_event(*message)
    return market.payment_inbox.pending(1)[0].event_id


def test_failed_message_takes_effect_once_it_can(
    market: Marketplace, bea: Principal, failed: EventId
) -> None:
    """However old its signature is, and once only."""
    market.pass_time(days=10)
    entry = replayed(market, failed)

    assert (entry.state, entry.attempts) == (EventState.DONE, 2)
    assert len(market.purchases.of_buyer(bea.user_id, 10).items) == 1
    told = len(market.notices.sent)
    assert replayed(market, failed) == entry
    assert len(market.notices.sent) == told


def test_message_that_fails_again_tells_why(market: Marketplace, failed: EventId) -> None:
    """The attempt is counted, and nothing is raised."""
    with market.provider.outage():
        entry = replayed(market, failed)

    assert (entry.state, entry.attempts) == (EventState.FAILED, 2)
    assert "payment provider" in str(entry.problem)


def test_done_message_is_not_handled_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Not even once its payload is gone."""
    market.buy(bea, poster)
    (entry,) = market.view_payment_events().items
    market.pass_time(days=200)
    market.tidy()
    with market.provider.outage():
        assert replayed(market, entry.event_id) == entry


def test_message_that_never_came_is_not_found(market: Marketplace) -> None:
    """Nothing is handled for it."""
    with pytest.raises(NotFound):
        replayed(market, EventId("evt_none"))


def test_payload_that_is_no_message_is_a_failure(market: Marketplace) -> None:
    """Which does not keep others from being replayed."""
    event = CheckoutChanged(EventId("evt_1"), "checkout.completed", CheckoutSessionId("cs_1"))
    market.payment_inbox.open(event, b"{}", market.clock())

    entry = replayed(market, event.id)
    assert (entry.state, entry.attempts) == (EventState.FAILED, 1)
    assert "no message" in str(entry.problem)


def test_messages_are_listed_page_by_page(
    market: Marketplace, bea: Principal, poster: Automation, failed: EventId
) -> None:
    """By what the caller wants."""
    (order,) = market.orders.unpaid(market.clock() + market.policy.checkout_lifetime)
    first = market.view_payment_events(EventState.FAILED, session(order), limit=1)

    assert [entry.event_id for entry in first.items] == [failed]
    assert first.next_cursor is None
    assert market.view_payment_events(EventState.DONE).items == ()


def test_a_replay_is_kept_in_the_audit_log(market: Marketplace, failed: EventId) -> None:
    """With its reason, whatever became of the message; one that is done needs no entry."""
    with market.provider.outage():
        replayed(market, failed)
    replayed(market, failed)
    replayed(market, failed)

    entries = market.audit_log.entries(10, subject=AuditSubject("message", failed)).items
    assert [(entry.action, entry.reason, entry.outcome) for entry in entries] == [
        (AuditAction.REPLAY_MESSAGE, WHY, AuditOutcome.DONE)
    ] * 2


def test_only_an_admin_replays_and_only_with_a_reason(market: Marketplace, failed: EventId) -> None:
    """Nothing is handled otherwise."""
    sue, root = market.person("sue", Role.SUPPORT), market.person("root", Role.ADMIN)

    with pytest.raises(Forbidden):
        market.replay_payment_event(sue, failed, WHY)
    with pytest.raises(InvalidValue):
        market.replay_payment_event(root, failed, "?")
    assert market.payment_inbox.get(failed).attempts == 1


def test_what_a_message_says_is_for_admins_alone(market: Marketplace, failed: EventId) -> None:
    """Support sees what became of it; once the payload is gone, nobody reads it."""
    sue, root = market.person("sue", Role.SUPPORT), market.person("root", Role.ADMIN)
    entry = market.payment_inbox.get(failed)

    assert market.view_payment_event(sue, failed) == PaymentMessage(entry, None)
    assert market.view_payment_event(root, failed).payload == market.payment_inbox.payload(failed)
    market.payment_inbox.done(failed)
    market.payment_inbox.drop_payloads(market.clock() + timedelta(days=1))
    assert market.view_payment_event(root, failed).payload is None
    with pytest.raises(Forbidden):
        market.view_payment_event(market.person("bea"), failed)
