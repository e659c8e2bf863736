import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound, Unavailable
from koda.domain.model.identifiers import CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged, EventState
from koda.domain.model.people import Principal
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


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
    entry = market.replay_payment_event(failed)

    assert (entry.state, entry.attempts) == (EventState.DONE, 2)
    assert len(market.purchases.of_buyer(bea.user_id, 10).items) == 1
    told = len(market.notices.sent)
    assert market.replay_payment_event(failed) == entry
    assert len(market.notices.sent) == told


def test_message_that_fails_again_tells_why(market: Marketplace, failed: EventId) -> None:
    """The attempt is counted, and nothing is raised."""
    with market.provider.outage():
        entry = market.replay_payment_event(failed)

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
        assert market.replay_payment_event(entry.event_id) == entry


def test_message_that_never_came_is_not_found(market: Marketplace) -> None:
    """Nothing is handled for it."""
    with pytest.raises(NotFound):
        market.replay_payment_event(EventId("evt_none"))


def test_payload_that_is_no_message_is_a_failure(market: Marketplace) -> None:
    """Which does not keep others from being replayed."""
    event = CheckoutChanged(EventId("evt_1"), "checkout.completed", CheckoutSessionId("cs_1"))
    market.payment_inbox.open(event, b"{}", market.clock())

    entry = market.replay_payment_event(event.id)
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
