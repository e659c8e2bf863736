from datetime import timedelta

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.deliveries import Subscription
from koda.domain.model.errors import Undeliverable
from koda.domain.model.events import DomainEvent, PayoutAccountOpened
from koda.domain.model.subscribers import Subscriber
from koda.entrypoints.backends.probe import Warned
from koda.entrypoints.health.delivery_probes import LATE, UNSERVED, try_deliveries
from koda.testing.marketplace import Marketplace

MOMENT = timedelta(milliseconds=1)


def opened(market: Marketplace, error: Exception | None = None) -> None:
    """A user becomes a seller, of which the subscriber `crm` is told."""

    def crm(_: DomainEvent) -> None:
        if error is not None:
            raise error

    market.subscribers.add(Subscriber("crm", (PayoutAccountOpened,), crm))
    market.onboard_seller(market.person("ada"), HOME)


def warning_of(market: Marketplace) -> Warned | None:
    """What doctor warns of."""
    said = try_deliveries(market.container)
    return said if isinstance(said, Warned) else None


def test_all_is_well_where_nothing_waits() -> None:
    """It counts the subscribers."""
    market = Marketplace()
    opened(market)

    assert try_deliveries(market.container) == "0 wait for 5 subscribers"


def test_subscriber_that_nobody_has_is_told_once_something_waits() -> None:
    """And that it has not been served for a while."""
    market = Marketplace()
    market.outbox.subscribe(Subscription("gone", (PayoutAccountOpened.name(),), market.clock()))
    opened(market)
    market.pass_time(seconds=UNSERVED.total_seconds())
    assert warning_of(market) is None
    market.clock.advance(MOMENT)

    warned = warning_of(market)
    assert warned is not None
    assert "1 events wait for gone, which no process has served since" in warned.detail
    assert "koda deliveries forget" in warned.remedy


def test_what_waits_for_long_is_told() -> None:
    """Though its subscriber is served, and fails each time."""
    market = Marketplace()
    opened(market, RuntimeError())
    for _ in range(2):
        market.clock.advance(LATE / 2 + MOMENT)
        market.deliver_events()

    warned = warning_of(market)
    assert warned is not None
    assert "1 events wait for crm, the oldest since" in warned.detail


def test_what_was_given_up_is_told() -> None:
    """With how to try it again."""
    market = Marketplace()
    opened(market, Undeliverable("no account"))

    warned = warning_of(market)
    assert warned is not None
    assert "1 events were not delivered to crm" in warned.detail
    assert "koda deliveries retry" in warned.remedy
