"""Early fraud warnings: kept with their order, and shown while something can be done."""

from datetime import timedelta

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.errors import Forbidden, Refused
from koda.domain.model.events import FraudSuspected
from koda.domain.model.identifiers import FraudWarningId, OrderId
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

AGES = Period(NOON - timedelta(days=1000), NOON + timedelta(days=1000))


@pytest.fixture
def order(market: Marketplace, bea: Principal, poster: Automation) -> Order:
    """An order that was paid a second ago."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    return order


@pytest.fixture
def joe(market: Marketplace) -> Principal:
    """An admin."""
    return market.person("joe", Role.ADMIN)


def warn(market: Marketplace, order: Order) -> FraudWarningId:
    """The issuer warns, and the provider tells of it."""
    warning_id = market.provider.warn_of_fraud(session(order), "made_with_stolen_card")
    market.handle_payment_event(*market.provider.warning_event(warning_id))
    return warning_id


def shown(market: Marketplace, admin: Principal) -> list[tuple[OrderId, str]]:
    """The orders that are warned of, and why."""
    warned = market.view_disputes.warned(admin)
    return [(open_warning.order.id, open_warning.warning.kind) for open_warning in warned]


def test_warning_is_kept_with_its_order_and_shown(
    market: Marketplace, joe: Principal, order: Order
) -> None:
    """Once, however often it is told, with what to do; the money stays where it is."""
    warning_id = warn(market, order)
    market.handle_payment_event(*market.provider.warning_event(warning_id, 2))
    market.record_purchase(session(order))

    assert shown(market, joe) == [(order.id, "made_with_stolen_card")]
    (warned,) = market.view_disputes.warned(joe)
    assert str(warned.what_to_do).startswith("The card's issuer fears that somebody else paid.")
    kept = market.orders.get(order.id)
    assert (kept.settled, len(kept.settlement.warnings)) == (True, 1)
    listed = market.orders.listed(OrderQuery.of(OrderList.WARNED), 10).items
    assert [found.id for found in listed] == [order.id]


def test_warning_is_told_once(market: Marketplace, order: Order) -> None:
    """With when the issuer gave it, and of what kind it is."""
    heard: list[FraudSuspected] = []

    @market.on(FraudSuspected)
    def _(event: FraudSuspected) -> None:
        heard.append(event)

    warning_id = warn(market, order)
    market.record_fraud_warning(warning_id)

    (suspected,) = heard
    assert (suspected.order_id, suspected.warning_id) == (order.id, warning_id)
    assert suspected.suspicion == "made_with_stolen_card"
    assert suspected.warned_at == market.payments.fraud_warning(warning_id).warned_at


def test_nothing_is_shown_once_it_was_refunded(
    market: Marketplace, joe: Principal, order: Order
) -> None:
    """Whole: a part leaves a payment that may be disputed."""
    warn(market, order)
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it may be fraud", "1.00"))
    assert shown(market, joe)
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it may be fraud"))

    assert shown(market, joe) == []


def test_nothing_is_shown_once_it_is_disputed(
    market: Marketplace, joe: Principal, order: Order
) -> None:
    """Then it is a dispute, which is shown as such."""
    warn(market, order)
    market.provider.dispute(session(order))
    market.deliver_charge(order)

    assert shown(market, joe) == []
    assert len(market.view_disputes(joe)) == 1


def test_warning_of_which_no_message_came_is_found(
    market: Marketplace, joe: Principal, order: Order
) -> None:
    """By reconciliation, once; a dry run only counts it."""
    market.provider.warn_of_fraud(session(order))
    assert market.reconcile_payments(AGES, dry_run=True).recorded == 1
    assert shown(market, joe) == []

    assert market.reconcile_payments(AGES).recorded == 1
    assert market.reconcile_payments(AGES).recorded == 0
    assert shown(market, joe) == [(order.id, "misc")]


def test_key_that_may_not_read_warnings_is_told(market: Marketplace, order: Order) -> None:
    """All else goes on."""
    refused = market.fail("payments.fraud_warnings", error=Refused("payment provider"))
    reconciled = refused.reconcile_payments.recent()

    assert order.settled
    assert [(finding.code, finding.order_id) for finding in reconciled.findings] == [
        ("warnings_refused", None)
    ]


def test_warning_and_payment_that_are_recorded_at_once_are_both_kept(
    market: Marketplace, joe: Principal, bea: Principal, poster: Automation
) -> None:
    """Whoever comes second looks again."""
    order = market.order(bea, poster)
    market.provider.pay(session(order))
    market.provider.warn_of_fraud(session(order))
    warning_id = next(iter(market.provider.warnings))

    class Overtaken:
        """Orders of which a save is overtaken once."""

        done = False

        def __getattr__(self, name: str) -> object:
            return getattr(market.orders, name)

        def save(self, *step: object) -> object:
            """Save, after the payment was recorded."""
            if not self.done:
                self.done = True
                market.record_purchase(session(order))
            return market.orders.save(*step)  # type: ignore[arg-type]

    market.but(orders=Overtaken()).record_fraud_warning(warning_id)

    kept = market.orders.get(order.id)
    assert (kept.settled, len(kept.settlement.warnings)) == (True, 1)
    assert shown(market, joe)


def test_nobody_without_a_role_sees_them(market: Marketplace, bea: Principal) -> None:
    """As with disputes."""
    with pytest.raises(Forbidden):
        market.view_disputes.warned(bea)
