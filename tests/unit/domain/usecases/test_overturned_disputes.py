"""Lost disputes that are appealed, and won after all: everything is as if they had been won."""

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import PurchaseDisputed, Unavailable
from koda.domain.model.identifiers import AccountId, DisputeId
from koda.domain.model.money import Money
from koda.domain.model.notices import DisputeNotice
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window
from tests.unit.domain.usecases.test_lost_disputes import ADA, balances, books, lose


def dispute_of(order: Order) -> DisputeId:
    """The only dispute of an order."""
    (dispute,) = order.settlement.disputes
    return dispute.id


def overturn(market: Marketplace, order: Order) -> Order:
    """A lost dispute is appealed, and won."""
    market.provider.move_dispute(dispute_of(order), DisputeState.APPEALED)
    market.deliver_charge(order)
    market.provider.move_dispute(dispute_of(order), DisputeState.WON)
    return market.deliver_charge(order)


@pytest.mark.parametrize("minor", [None, 650])
def test_sellers_of_several_get_their_parts_again(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    minor: int | None,
) -> None:
    """From the balance, since what came back of a transfer counts against its payment."""
    sold = market.buy(bea, poster, mailer)
    before, booked = balances(market), books(market)
    order = overturn(market, lose(market, sold, minor))

    assert (order.settled, order.settlement.overturned) == (True, (dispute_of(order),))
    assert (balances(market), books(market)) == (before, booked)
    assert market.authorize_download(bea, poster.id).expires_at > market.clock()


def test_seller_whom_the_charge_paid_gets_their_part_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """By a transfer, though the charge needed none."""
    sold = market.buy(bea, poster)
    market.pass_time(seconds=1)
    before, booked = balances(market), books(market)
    order = overturn(market, lose(market, sold))

    assert order.settled
    assert (balances(market), books(market)) == (before, booked)
    assert len(market.provider.transfers) == 1
    assert market.record_purchase(session(order)).order == order


def test_debt_is_forgiven(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """What a seller could not give back is theirs again."""
    sold = market.buy(bea, poster, mailer)
    market.provider.pay_out(ADA)
    lost = lose(market, sold)
    order = overturn(market, lost)

    assert lost.settlement.owed
    assert (order.settlement.owed, order.settled) == ((), True)
    assert books(market) == {"provider": 488, "revenue:user_ada": -188, "revenue:user_cyd": -300}


def test_appeal_changes_nothing_until_it_is_decided(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The bank has the money, the buyer no file; lost again, it stays so."""
    order = lose(market, market.buy(bea, poster, mailer))
    lost = balances(market), books(market)
    for state in (DisputeState.APPEALED, DisputeState.LOST):
        market.provider.move_dispute(dispute_of(order), state)
        market.deliver_charge(order)

        assert (balances(market), books(market)) == lost
        with pytest.raises(PurchaseDisputed):
            market.authorize_download(bea, poster.id)


def test_dispute_that_is_appealed_before_it_was_known_as_lost_takes_its_part(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Stripe does not say that it is `lost` in between."""
    order = market.buy(bea, poster, mailer)
    before = balances(market), books(market)
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)
    market.provider.move_dispute(dispute_id, DisputeState.APPEALED)
    appealed = market.deliver_charge(order)

    assert balances(market) == [0, 0, 0]
    assert [dispute.id for dispute in appealed.settlement.contested] == [dispute_id]
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)
    assert (balances(market), books(market)) == before


@pytest.mark.parametrize("call", ["journal.add", "orders.save", "payments.pass_on"])
@pytest.mark.parametrize("after", [False, True])
def test_process_that_ends_anywhere_books_it_once(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    call: str,
    *,
    after: bool,
) -> None:
    """The message comes again."""
    sold = market.buy(bea, poster, mailer)
    before, booked = balances(market), books(market)
    order = lose(market, sold)
    market.provider.move_dispute(dispute_of(order), DisputeState.WON)
    with pytest.raises(Unavailable):
        market.fail(call, after=after).record_purchase(session(order))
    again = market.deliver_charge(order)

    assert again.settled
    assert (balances(market), books(market)) == (before, booked)


def test_double_goes_back_once_the_dispute_is_won(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The bank had given it back, and took it again."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    dispute_id = market.provider.dispute(session(both))
    market.deliver(both)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(both)
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(both)
    order = market.record_purchase(session(both)).order

    assert (order.settled, order.refunded) == (True, poster.listing.price)
    assert books(market) == {"revenue:user_ada": -188, "revenue:user_cyd": -300, "provider": 488}


def test_payment_of_which_nothing_was_left_to_lose_is_booked_as_before(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """An inquiry about what was refunded since became a dispute, which the marketplace bore."""
    order = market.buy(bea, poster)
    market.pass_time(seconds=1)
    inquiry_id = market.provider.dispute(session(order), Money(250, "EUR"), DisputeState.INQUIRY)
    market.provider.refund(session(order))
    market.deliver_charge(order)
    before = books(market)
    market.provider.move_dispute(inquiry_id, DisputeState.LOST)
    lost = market.deliver_charge(order)

    assert books(market) == before | {
        "losses": before["losses"] + 250,
        "provider": before["provider"] - 250,
    }
    overturn(market, lost)
    assert books(market) == before


def test_seller_is_told_each_time(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """That it was lost, is appealed, and was won."""
    overturn(market, lose(market, market.buy(bea, poster)))
    told = [notice.state for notice in market.notices.sent if isinstance(notice, DisputeNotice)]

    assert told == [
        DisputeState.OPEN,
        DisputeState.LOST,
        DisputeState.APPEALED,
        DisputeState.WON,
    ]
    assert market.provider.balance(AccountId("platform")) == 188


def test_what_was_lost_is_a_sale_again(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Its seller's sales are as before, the buyer has nothing back, and may ask for all of it."""
    sold = market.buy(bea, poster, mailer)
    sales = market.view_sales(market.person("ada"))
    lost = lose(market, sold, 650)
    less = market.view_sales(market.person("ada"))
    order = overturn(market, lost)

    assert (lost.settlement.lost("EUR"), lost.left_of(1)) == (Money(650, "EUR"), Money(1000, "EUR"))
    assert less.gross == sales.gross - Money(250, "EUR")
    assert market.view_sales(market.person("ada")).gross == sales.gross
    assert (order.settlement.lost("EUR"), order.left_of(1)) == (
        Money.zero("EUR"),
        Money(1250, "EUR"),
    )
