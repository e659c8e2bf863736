"""Who is told of refunds and disputes."""

import pytest
from attrs import define, field

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Undeliverable
from koda.domain.model.events import DisputeChanged
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.money import Money
from koda.domain.model.notices import (
    DisputeNotice,
    ListingNotice,
    Moderation,
    Notice,
    RefundedSaleNotice,
    RefundNotice,
)
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.domain.usecases.operations.send_notices import SendNotices
from koda.ports.notices import Notices
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

ADA, CYD = UserId("user_ada"), UserId("user_cyd")


@define
class Reaching(Notices):
    """Reaches everybody but one."""

    unknown: UserId
    sent: list[Notice] = field(factory=list)

    def send(self, notice: Notice) -> None:
        """Keep a notice, unless it is for the one without an address."""
        if notice.user_id == self.unknown:
            raise Undeliverable("no address is known")
        self.sent.append(notice)


@pytest.fixture
def order(market: Marketplace, bea: Principal, poster: Automation, mailer: Automation) -> Order:
    """Two lines of Ada's and of Cyd's, paid and captured."""
    order = market.buy(bea, poster, mailer)
    market.pass_time(seconds=1)
    return order


def told_of_returns(market: Marketplace) -> list[Notice]:
    """What was told that is no sale."""
    kinds = RefundNotice, RefundedSaleNotice, DisputeNotice
    return [notice for notice in market.notices.sent if isinstance(notice, kinds)]


def test_buyer_and_seller_are_told_of_a_refund(market: Marketplace, order: Order) -> None:
    """Of the line that it was for, with their amounts."""
    joe = market.person("joe", Role.ADMIN)
    market.refund_purchase(joe, RefundRequest(order.id, 2, "it does not run", "10"))

    bought, sold = told_of_returns(market)
    assert isinstance(bought, RefundNotice)
    assert (bought.user_id, bought.lines) == (order.buyer_id, order.lines[1:])
    assert bought.amount == Money(1000, "EUR")
    assert isinstance(sold, RefundedSaleNotice)
    assert (sold.user_id, sold.amount, sold.net) == (CYD, Money(1000, "EUR"), Money(850, "EUR"))
    assert sold.owed == Money(0, "EUR")


def test_seller_is_told_what_they_owe_since_a_refund(market: Marketplace, order: Order) -> None:
    """Where their account did not hold it any more."""
    joe = market.person("joe", Role.ADMIN)
    market.capture(order)
    market.provider.pay_out(AccountId("acct_cyd"))
    market.refund_purchase(joe, RefundRequest(order.id, 2, "it does not run", "10"))

    _, sold = told_of_returns(market)
    assert isinstance(sold, RefundedSaleNotice)
    assert (sold.net, sold.owed) == (Money(850, "EUR"), Money(850, "EUR"))


def test_a_double_is_told_of_once(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """When it is seen, and not when its money has arrived."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.pay(both)
    market.pass_time(seconds=1)
    kept = market.deliver_charge(both)

    assert [refund.arrived for refund in kept.settlement.refunds] == [True]
    assert told_of_returns(market) == []


def test_each_seller_is_told_of_a_dispute_and_of_its_end(market: Marketplace, order: Order) -> None:
    """About their own lines and their own part."""
    dispute_id = market.provider.dispute(session(order))
    (dispute,) = market.deliver_charge(order).settlement.disputes
    market.provider.move_dispute(dispute_id, DisputeState.WON)
    market.deliver_charge(order)

    notices = [notice for notice in told_of_returns(market) if isinstance(notice, DisputeNotice)]
    assert [(notice.user_id, notice.state) for notice in notices] == [
        (ADA, DisputeState.OPEN),
        (CYD, DisputeState.OPEN),
        (ADA, DisputeState.WON),
        (CYD, DisputeState.WON),
    ]
    assert [notice.lines for notice in notices[:2]] == [order.lines[:1], order.lines[1:]]
    assert [notice.net.minor for notice in notices[:2]] == [1062, 1700]
    assert notices[0].due_by == dispute.due_by


def test_seller_of_what_was_refunded_is_not_told_of_a_dispute(
    market: Marketplace, order: Order
) -> None:
    """Nothing of it is theirs any more."""
    joe = market.person("joe", Role.ADMIN)
    market.refund_purchase(joe, RefundRequest(order.id, 1, "it does not run"))
    market.provider.dispute(session(order))
    market.deliver_charge(order)

    notices = [notice for notice in told_of_returns(market) if isinstance(notice, DisputeNotice)]
    assert [notice.user_id for notice in notices] == [CYD]


def test_seller_is_told_that_a_listing_is_suspended_and_why(
    market: Marketplace, poster: Automation
) -> None:
    """And that it is back; the title is the one that it has."""
    moe = market.person("moe", Role.MODERATOR)
    market.moderate_automation(moe, poster.id, " It asks for keys. ", suspended=True)
    market.moderate_automation(moe, poster.id, "It does no more.", suspended=False)

    told = [notice for notice in market.notices.sent if isinstance(notice, ListingNotice)]
    assert [(notice.user_id, notice.automation_id) for notice in told] == [(ADA, poster.id)] * 2
    assert {notice.title for notice in told} == {poster.listing.title}
    assert [(notice.done, notice.reason) for notice in told] == [
        (Moderation.SUSPENDED, "It asks for keys."),
        (Moderation.REINSTATED, "It does no more."),
    ]


def test_somebody_without_an_address_does_not_stop_the_others(
    order: Order, market: Marketplace
) -> None:
    """And that they were not told is known."""
    events: list[DisputeChanged] = []
    market.on(DisputeChanged)(events.append)
    market.provider.dispute(session(order))
    market.deliver_charge(order)
    reaching = Reaching(ADA)

    with pytest.raises(Undeliverable):
        SendNotices(market.orders, market.automations, reaching)(events[0])
    assert [notice.user_id for notice in reaching.sent] == [CYD]
