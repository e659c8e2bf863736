"""Reconciliation as those ask for it who look after a marketplace."""

from datetime import timedelta

import pytest

from koda.domain.model.audit import AuditAction, AuditOutcome
from koda.domain.model.errors import Forbidden, InvalidValue
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.roles import Role
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

WEEK = Period(NOON - timedelta(days=1), NOON + timedelta(days=6))
WHY = "A buyer asks for the file."


@pytest.fixture
def untold(market: Marketplace) -> Order:
    """An order that was paid, and of which no message came."""
    order = market.order(market.person("bo"), market.list_automation(market.ready_seller("ada")))
    market.provider.pay(session(order))
    return order


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Cleo, who may do everything."""
    return market.person("cleo", Role.ADMIN)


def test_who_reads_payments_looks_and_changes_nothing(market: Marketplace, untold: Order) -> None:
    """It would be recorded."""
    support = market.person("sue", Role.SUPPORT)

    assert market.reconcile_by_hand.look(support, WEEK).recorded == 1
    with pytest.raises(Forbidden):
        market.reconcile_by_hand(support, WEEK, WHY)
    assert market.orders.get(untold.id).state is OrderState.OPEN


def test_an_admin_records_with_a_reason(
    market: Marketplace, untold: Order, admin: Principal
) -> None:
    """Which the audit log keeps."""
    assert market.reconcile_by_hand(admin, WEEK, WHY).recorded == 1

    (entry,) = market.audit_log.entries(10).items
    assert market.orders.get(untold.id).state is OrderState.PAID
    assert (entry.action, entry.reason) == (AuditAction.RECONCILE, WHY)
    assert (str(entry.subject), entry.outcome) == ("period/2026-02-28T12:00Z", AuditOutcome.DONE)


@pytest.mark.parametrize(
    ("reason", "days", "field"), [("", 7, "reason"), (WHY, 8, "period"), (WHY, 10_000, "period")]
)
def test_without_a_reason_or_for_longer_than_a_week_nothing_is_recorded(
    market: Marketplace, untold: Order, admin: Principal, reason: str, days: int, field: str
) -> None:
    """Nobody waits for years."""
    with pytest.raises(InvalidValue) as refused:
        market.reconcile_by_hand(admin, Period(NOON, NOON + timedelta(days=days)), reason)

    assert refused.value.field == field
    assert market.orders.get(untold.id).state is OrderState.OPEN


def test_nobody_else_looks(market: Marketplace) -> None:
    """Not even moderators."""
    for principal in (market.person("bo"), market.person("mia", Role.MODERATOR)):
        with pytest.raises(Forbidden):
            market.reconcile_by_hand.look(principal, WEEK)
