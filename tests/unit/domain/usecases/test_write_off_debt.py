"""Debts of sellers that are given up."""

import pytest
from attrs import evolve

from koda.domain.model.audit import AuditAction
from koda.domain.model.automations import Automation
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.errors import Forbidden, InvalidValue, NothingOwed
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

ADA, OWING = AccountId("acct_ada"), UserId("user_ada")
WHY = "She sells no more."


@pytest.fixture
def admin(market: Marketplace) -> Principal:
    """Somebody who may give up debts."""
    return market.person("joe", Role.ADMIN)


@pytest.fixture
def owing(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> Order:
    """An order of Ada's and of Cyd's, whose first line goes back; Ada has spent her 10.62."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.pay_out(ADA)
    market.provider.next_refund = RefundState.PENDING
    return market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run"))


def books(market: Marketplace) -> dict[str, int]:
    """What is left in each account, in minor units."""
    entries = market.journal.entries(EntryQuery(), 200).items
    return {left.account.name: left.minor for left in turnover(entries) if left.minor}


def settle(market: Marketplace, order: Order, state: RefundState) -> Order:
    """Let the refund that is under way end; return the order as it is then."""
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, state)
    return market.deliver_charge(order)


def test_what_is_written_off_is_the_marketplaces_loss_and_asked_for_no_more(
    market: Marketplace, admin: Principal, owing: Order
) -> None:
    """Though the seller has money again."""
    settle(market, owing, RefundState.SUCCEEDED)
    order = market.write_off_debt(admin, owing.id, OWING, WHY)
    market.provider.put(ADA, Money(5000, "EUR"))
    market.pass_time(days=1)

    assert order.settled
    assert market.record_purchase(session(order)).order == order
    assert market.provider.balance(ADA) == 5000
    assert books(market) == {"provider": -762, "losses": 1062, "revenue:user_cyd": -300}
    assert market.audit_log.entries(1).items[0].action is AuditAction.WRITE_OFF


def test_a_seller_who_is_due_it_again_is_not_paid_twice(
    market: Marketplace, admin: Principal, owing: Order
) -> None:
    """The refund failed: what was given up is theirs, and no loss."""
    market.write_off_debt(admin, owing.id, OWING, WHY)
    market.provider.next_refund = RefundState.FAILED
    order = settle(market, owing, RefundState.FAILED)

    assert [made.left.minor for made in order.settlement.written_off] == [0]
    assert market.provider.balance(ADA) == 0
    assert books(market) == {
        "provider": 488,
        "revenue:user_ada": -188,
        "revenue:user_cyd": -300,
    }


def test_of_two_refunds_the_one_that_fails_is_due_again_and_no_more(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """What was given up for the other stays a loss; once it is tried again, it is owed anew."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.pay_out(ADA)
    for _ in range(2):
        market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run", "5"))
    market.write_off_debt(admin, order.id, OWING, WHY)
    market.provider.next_refund = RefundState.FAILED
    market.provider.settle_refund(next(iter(market.provider.refunds)), RefundState.FAILED)
    order = market.deliver_charge(order)

    assert [made.left.minor for made in order.settlement.written_off] == [425]
    assert order.settlement.owed == ()
    assert books(market)["losses"] == 425
    assert "debts:user_ada" not in books(market)

    market.pass_time(days=1)
    market.reconcile_payments.recent()
    (owed,) = market.orders.get(order.id).settlement.owed
    assert owed.amount.minor == 425
    assert books(market)["losses"] == 425
    assert books(market)["debts:user_ada"] == 425


def test_a_debt_that_grows_is_owed_beyond_what_was_written_off(
    market: Marketplace, admin: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Each part is given up by itself."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.pay_out(ADA)
    market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run", "5"))
    market.write_off_debt(admin, order.id, OWING, WHY)
    order = market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run"))

    assert [owed.amount.minor for owed in order.settlement.owed] == [1062 - 425]
    order = market.write_off_debt(admin, order.id, OWING, WHY)
    assert order.settled
    assert books(market)["losses"] == 1062


def test_what_was_cut_off_is_booked_later(
    market: Marketplace, admin: Principal, owing: Order
) -> None:
    """It is decided; a comparison goes on."""
    settle(market, owing, RefundState.SUCCEEDED)
    begun = market.fail("payments.find").write_off_debt(admin, owing.id, OWING, WHY)
    assert not begun.settled
    market.reconcile_payments.recent()

    assert market.orders.get(owing.id).settled
    assert books(market)["losses"] == 1062


def test_only_an_admin_gives_up_what_is_owed_and_says_why(
    market: Marketplace, admin: Principal, owing: Order
) -> None:
    """Not the support, and nothing that is not owed."""
    with pytest.raises(Forbidden):
        market.write_off_debt(market.person("sue", Role.SUPPORT), owing.id, OWING, WHY)
    with pytest.raises(NothingOwed):
        market.write_off_debt(admin, owing.id, UserId("user_cyd"), WHY)
    with pytest.raises(InvalidValue):
        market.write_off_debt(admin, owing.id, OWING, " ")
    assert market.orders.get(owing.id) == owing


def test_debt_of_an_order_without_a_session_is_written_off(
    market: Marketplace, admin: Principal, owing: Order
) -> None:
    """It is booked by whoever looks at its payment next."""
    order = market.orders.save(evolve(market.orders.get(owing.id), checkout=None))

    assert market.write_off_debt(admin, order.id, OWING, WHY).settlement.owed == ()
