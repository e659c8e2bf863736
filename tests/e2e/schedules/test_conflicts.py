"""Messages that say different things of one payment, at the same moment: one outcome."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from attrs import define, field

from koda.adapters.memory.provider_messages import sign_message
from koda.domain.model.errors import KodaError, NothingToRefund, StaleWrite, Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.threads import at_once

REPEATS = 20
BEA = UserId("user_bea")
crowds = pytest.mark.parametrize("crowd", [2, 50])


@define
class Paid:
    """A marketplace with an order of two sellers that was paid."""

    market: Marketplace
    order: Order = field(init=False)

    def __attrs_post_init__(self) -> None:
        things = [
            self.market.list_automation(self.market.ready_seller(name)) for name in ("ada", "cyd")
        ]
        self.order = self.market.order(self.market.person("bea"), *things)
        self.market.provider.pay(session(self.order))

    def recorded(self) -> "Paid":
        """The same once it is recorded and captured."""
        self.market.deliver(self.order)
        self.market.capture(self.order)
        return self

    def message(self, kind: str, name: str, subject: str, copy: int) -> None:
        """Let one message come, and again where a busy store did not answer in time."""
        body = {"id": f"evt_{name}_{copy}", "name": name, "kind": kind, "subject": subject}
        signed = sign_message(body, self.market.provider.secret, self.market.clock())
        for _ in range(REPEATS):
            with suppress(Unavailable):
                self.market.handle_payment_event(*signed)
                return
        self.market.handle_payment_event(*signed)

    @property
    def states(self) -> list[PurchaseState]:
        """What each line is to its buyer."""
        things = [line.automation_id for line in self.order.lines]
        bought = [self.market.purchases.find(BEA, thing) for thing in things]
        return [purchase.state for purchase in bought if purchase]

    @property
    def books(self) -> dict[str, int]:
        """The accounts in which something is left."""
        tomorrow = self.market.clock() + timedelta(days=1)
        left = self.market.journal.balances(tomorrow)
        return {balance.account.name: balance.minor for balance in left if balance.minor}

    def refund(self, _: int) -> type[KodaError] | None:
        """An admin refunds the first line; why not, if so."""
        request = RefundRequest(self.order.id, 1, "Not as described")
        try:
            self.market.refund_purchase(self.market.person("joe", Role.ADMIN), request)
        except (NothingToRefund, StaleWrite, Unavailable) as refused:
            return type(refused)
        return None


def in_turns(*calls: Callable[[int], object]) -> Callable[[int], object]:
    """One of the calls, by the number of who calls."""
    return lambda number: calls[number % len(calls)](number)


@crowds
def test_paid_against_expired_is_paid(stores: dict[str, Any], crowd: int) -> None:
    """What a message says is looked up: an old one that the session expired undoes nothing."""
    paid = Paid(Marketplace(**stores))
    at_once(
        crowd,
        in_turns(
            lambda number: paid.message("session", "paid", session(paid.order), number),
            lambda number: paid.message("session", "expired", session(paid.order), number),
        ),
    )

    assert paid.market.orders.get(paid.order.id).state is OrderState.PAID
    assert paid.states == [PurchaseState.ACTIVE] * 2
    assert paid.books == {"provider": 376, "revenue:user_ada": -188, "revenue:user_cyd": -188}
    assert len(paid.market.notices.sent) == 3


@crowds
def test_refund_against_dispute_is_both_once(stores: dict[str, Any], crowd: int) -> None:
    """A part by hand, and a dispute of the rest."""
    paid = Paid(Marketplace(**stores)).recorded()
    charge = paid.market.provider.session(session(paid.order)).charge_id
    paid.market.provider.refund(session(paid.order), Money(100, "EUR"))
    paid.market.provider.dispute(session(paid.order))
    at_once(
        crowd,
        in_turns(
            lambda number: paid.message("charge", "refunded", charge, number),
            lambda number: paid.message("charge", "disputed", charge, number),
        ),
    )
    settlement = paid.market.orders.get(paid.order.id).settlement

    assert paid.states == [PurchaseState.DISPUTED] * 2
    assert (len(settlement.unmatched), len(settlement.disputes)) == (1, 1)
    assert paid.books == {
        "buyers": 100,
        "disputed": 2400,
        "provider": 376 - 2500,
        "revenue:user_ada": -188,
        "revenue:user_cyd": -188,
    }


@crowds
def test_two_refunds_of_one_line_are_one(stores: dict[str, Any], crowd: int) -> None:
    """Whoever comes second is told so, and the money goes back once."""
    paid = Paid(Marketplace(**stores)).recorded()
    told = Counter(at_once(crowd, paid.refund))
    paid.market.reconcile_payments.recent()

    assert told[None] == 1
    assert [made.request.amount.minor for made in paid.market.provider.refunds.values()] == [1250]
    assert paid.states == [PurchaseState.REFUNDED, PurchaseState.ACTIVE]
    assert paid.books == {"provider": 188, "revenue:user_cyd": -188}
