from datetime import timedelta

from koda.domain.model.identifiers import CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged
from koda.entrypoints.backends.probe import Warned
from koda.entrypoints.health.inbox_probes import LATE, try_inbox
from koda.testing.marketplace import Marketplace


def opened(market: Marketplace, number: int) -> EventId:
    """A message that came in and is being handled."""
    event_id = EventId(f"evt_{number}")
    event = CheckoutChanged(event_id, "checkout.completed", CheckoutSessionId("cs_1"))
    market.payment_inbox.open(event, b"{}", market.clock())
    return event_id


def test_messages_under_way_are_no_fault() -> None:
    """For an hour."""
    market = Marketplace()
    opened(market, 1)
    market.clock.advance(LATE)

    assert try_inbox(market.container) == "1 messages wait"


def test_failed_and_late_messages_are_told_with_the_command_to_look_at_them() -> None:
    """How many of each."""
    market = Marketplace()
    opened(market, 1)
    market.clock.advance(LATE + timedelta(milliseconds=1))
    for number in (2, 3):
        market.payment_inbox.failed(opened(market, number), "It broke.")
    warned = try_inbox(market.container)

    assert isinstance(warned, Warned)
    assert warned.detail == "2 messages failed and 1 wait for more than an hour"
    assert "koda events --state failed" in warned.remedy


def test_of_very_many_messages_the_oldest_are_counted() -> None:
    """And it says so."""
    market = Marketplace()
    for number in range(1001):
        market.payment_inbox.failed(opened(market, number), "It broke.")
    warned = try_inbox(market.container)

    assert isinstance(warned, Warned)
    assert warned.detail.endswith(
        "1000 messages failed and 0 wait for more than an hour, of the oldest 1000"
    )
