"""What Stripe's adapters moved at the sandbox, and nobody kept: calls cut off, and a restore."""

from datetime import timedelta

import pytest

from koda.adapters.memory.journal import MemoryJournal
from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.memory.purchases import MemoryPurchases
from koda.domain.model.errors import Unavailable
from koda.domain.model.orders import Order
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.check_books import SETTLING
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.e2e.histories.stage import SandboxStage
from tests.support.sessions import session

AGES = Period(NOON - timedelta(days=1), NOON + timedelta(days=1000))


def bought(stage: SandboxStage, buyer: str, *sellers: str) -> Order:
    """A settled order of something of each seller, captured."""
    market = stage.market
    things = [
        market.list_automation(stage.seller(name), title=f"{buyer} {name}") for name in sellers
    ]
    order = market.order(market.person(buyer), *things)
    stage.world.pay(session(order))
    stage.world.capture(session(order))
    return market.record_purchase(session(order)).order


def fail_refunds(stage: SandboxStage, order: Order) -> None:
    """None of those that were made arrives, and Stripe forgets the keys under which they were."""
    for refund in stage.market.payments.find(session(order)).refunds:
        stage.world.settle_refund(refund.id, RefundState.FAILED)
    stage.world.days_pass()


def held(stage: SandboxStage, *orders: Order) -> list[int]:
    """What the sellers of some orders have, in cents."""
    return [stage.world.balance(line.account_id) for order in orders for line in order.lines]


def agreed(stage: SandboxStage, market: Marketplace) -> bool:
    """Whether the books are the provider's ledger, once everything was compared."""
    stage.pass_time(SETTLING)
    assert market.reconcile_payments(AGES).findings == ()
    stage.pass_time(SETTLING + timedelta(seconds=1))
    return market.check_books(AGES).agreed


def test_what_nobody_kept_is_booked_and_moved_once() -> None:
    """Reversals and a fee that went back for refunds that failed; and all after a restore."""
    with SandboxStage.of(Policy(), seed=1) as stage:
        market, admin = stage.market, stage.market.person("joe", Role.ADMIN)
        both, alone = bought(stage, "bea", "ada", "cyd"), bought(stage, "fay", "dan")
        due = held(stage, both, alone)
        cut_off = market.fail("journal.add")
        stage.world.refund(session(both), both.total.minor)
        with pytest.raises(Unavailable):
            cut_off.record_purchase(session(both))
        market.fail("journal.add").refund_purchase(admin, RefundRequest(alone.id, 1, "Not wanted"))
        assert held(stage, both, alone) == [0, 0, 0]
        for order in (both, alone):
            fail_refunds(stage, order)
        stage.world.refund(session(alone), 100)

        assert agreed(stage, market)
        assert held(stage, both, alone) == [due[0], due[1], due[2] - 85]
        again = market.but(
            orders=MemoryOrders(), purchases=MemoryPurchases(), journal=MemoryJournal()
        )
        assert agreed(stage, again)
        assert held(stage, both, alone) == [due[0], due[1], due[2] - 85]
