import logging

import pytest

from koda.domain.model.books.accounts import AccountKind
from koda.domain.model.identifiers import AccountId
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.entrypoints.work.reconciling import REACH, Reconciling
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

RECORDED = "Recorded what no message told"


def test_what_was_recorded_and_found_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A finding once, until it is gone; nothing while all is well."""
    caplog.set_level(logging.INFO, "koda.reconcile")
    market = Marketplace()
    things = [market.list_automation(market.ready_seller(name)) for name in ("ada", "cyd")]
    order = market.order(market.person("bea"), *things)
    market.provider.pay(session(order))
    market.provider.restrict(AccountId("acct_cyd"), Restricted(sentence("listed")))
    market.pass_time(seconds=1)
    reconciling = Reconciling(market.reconcile_payments)
    reconciling()
    reconciling()
    market.provider.complete_onboarding(AccountId("acct_cyd"))
    market.pass_time(minutes=5)
    reconciling()
    reconciling()

    held = "A payment needs a look: 10.62 EUR of seller user_cyd is held: account"
    told = [record.getMessage() for record in caplog.records]
    assert told == [held, RECORDED, RECORDED]


def test_every_earlier_day_has_its_turn() -> None:
    """A refund that no message told is found months after the sale, and the provider's fee."""
    market = Marketplace()
    market.provider.ledger.charge_fee = 200
    buyer, thing = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    order = market.buy(buyer, thing)
    market.pass_time(days=REACH, hours=12)
    market.provider.refund(session(order))
    reconciling = Reconciling(market.reconcile_payments)
    for _ in range(REACH):
        reconciling()

    (purchase,) = market.purchases.of_buyer(buyer.user_id, 5).items
    fees = [
        balance.minor
        for balance in market.journal.balances(market.clock())
        if balance.account.kind is AccountKind.PROVIDER_FEES
    ]
    assert (purchase.state, fees) == (PurchaseState.REFUNDED, [25])
