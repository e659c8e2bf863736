"""What waits for a person, counted."""

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import Forbidden, RefusalCause
from koda.domain.model.identifiers import EventId
from koda.domain.model.money import Money
from koda.domain.model.payments import Unhandled
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.administration.view_waiting import MOST_COUNTED, Count
from koda.entrypoints.settings.choices import WebhookEndpoint
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


@pytest.fixture
def sue(market: Marketplace) -> Principal:
    """Somebody of the support."""
    return market.person("sue", Role.SUPPORT)


def test_only_who_reads_payments_counts(market: Marketplace) -> None:
    """A moderator does not."""
    with pytest.raises(Forbidden):
        market.view_waiting(market.person("moe", Role.MODERATOR))


def test_nothing_waits_at_first(market: Marketplace, sue: Principal) -> None:
    """Nor is anything due."""
    waiting = market.view_waiting(sue)

    assert not any((waiting.held, waiting.owing, waiting.unassigned, waiting.requested))
    assert not any((waiting.disputed, waiting.due_by, waiting.failed, waiting.refused))


def test_orders_that_wait_are_counted_by_why(
    market: Marketplace, sue: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """With the soonest deadline of those whose payment is questioned."""
    asked, refunded = market.buy(bea, mailer), market.buy(market.person("dee"), poster, mailer)
    market.ask_for_refund(bea, asked.id, 1, "it does not run")
    market.provider.refund(session(refunded), Money(100, "EUR"))
    market.deliver_charge(refunded)
    disputed = market.buy(bea, poster)
    market.provider.dispute(session(disputed), Money(500, "EUR"))
    disputed = market.deliver_charge(disputed)

    waiting = market.view_waiting(sue)
    (dispute,) = disputed.settlement.contested
    assert (waiting.requested, waiting.unassigned) == (Count(1), Count(1))
    assert (waiting.disputed, waiting.due_by) == (Count(1), dispute.due_by)
    assert (waiting.held, waiting.owing) == (Count(), Count())


def test_no_more_than_a_page_is_counted(market: Marketplace, sue: Principal) -> None:
    """Of messages that failed; one more is enough to say so."""
    for number in range(MOST_COUNTED + 1):
        event = Unhandled(EventId(f"evt_{number}"), "other")
        market.payment_inbox.open(event, b"{}", market.clock())
        market.payment_inbox.failed(event.id, "It broke.")

    assert str(market.view_waiting(sue).failed) == "50+"


def test_what_strangers_make_up_waits_for_nobody(market: Marketplace, sue: Principal) -> None:
    """Only what a wrong secret or a wrong clock refuses; a person can mend that."""
    causes = {RefusalCause.SECRET: 2, RefusalCause.CLOCK: 1, RefusalCause.GARBAGE: 7}
    market.webhook_health.refused(WebhookEndpoint.PAYMENTS.value, causes)

    assert market.view_waiting(sue).refused == 3
