"""What recording a payment enters in the books: what happened to its money, each thing once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.charges import part_of
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import AccountId, PaymentId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

ADA = AccountId("acct_ada")
SOLD = {"payable:user_ada": -1062, "revenue:user_ada": -188}
BOTH_SOLD = {**SOLD, "payable:user_cyd": -1700, "revenue:user_cyd": -300}


def books(market: Marketplace) -> dict[str, int]:
    """The balance of each account that is not even, in cents, but for the provider's."""
    balances = market.journal.balances(market.clock() + timedelta(days=1))
    assert sum(balance.minor for balance in balances) == 0
    even = {"provider": 0}
    left = {balance.account.name: balance.minor for balance in balances} | even
    return {name: minor for name, minor in left.items() if minor}


def causes(market: Marketplace) -> list[str]:
    """Why there are entries, in the order of their keys."""
    entries = market.journal.entries(EntryQuery(), 100).items
    return sorted(entry.cause.value for entry in entries)


def restricted(market: Marketplace, order: Order) -> None:
    """Pay an order, and record it while Ada's account cannot receive."""
    market.provider.restrict(ADA, Restricted(sentence("listed")))
    market.provider.pay(session(order))
    market.record_purchase(session(order))


def refund_line(market: Marketplace, order: Order, number: int) -> None:
    """Koda refunds a line of several sellers' order."""
    payment_id = PaymentId(f"pay_{order.id}")
    line = order.lines[number - 1]
    market.payments.refund(Refund(order.id, payment_id, part_of(number), line.price))


class Overtaken:
    """Orders of which the first save is overtaken by what somebody else does."""

    def __init__(self, orders: Any, meanwhile: Callable[[], object]) -> None:
        self._orders, self._meanwhile = orders, [meanwhile]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._orders, name)

    def save(self, *step: Any) -> Order:
        """Save, after the other did."""
        if self._meanwhile:
            self._meanwhile.pop()()
        saved: Order = self._orders.save(*step)
        return saved


# --- sales ----------------------------------------------------------------------------------------


def test_sale_of_one_seller_is_a_charge_that_paid_them(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The charge is the reference of what they got."""
    order = market.buy(bea, poster)
    entries = market.journal.entries(EntryQuery.of_order(order.id), 100).items

    assert sorted(entry.key for entry in entries) == [
        f"charge:{order.payment_id}",
        f"transfer:{order.payment_id}:user_ada",
    ]
    assert books(market) == {"revenue:user_ada": -188}


def test_sale_of_several_sellers_is_a_charge_and_a_transfer_each(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """What stays is the marketplace's fees."""
    order = market.buy(bea, poster, mailer)
    transfers = [share.transfer_id for share in order.settlement.paid]
    entries = market.journal.entries(EntryQuery.of_order(order.id), 100).items

    assert {entry.reference for entry in entries} == {order.payment_id, *transfers}
    assert books(market) == {"revenue:user_ada": -188, "revenue:user_cyd": -300}


@pytest.mark.parametrize("rate", [0, 10_000])
def test_what_is_nothing_is_no_entry(rate: int) -> None:
    """A fee of nothing, or of all."""
    market = Marketplace(Policy(fee_basis_points=rate))
    market.buy(market.person("bea"), market.list_automation(market.ready_seller("ada")))

    assert causes(market) == (["charge"] if rate else ["charge", "transfer"])


def test_settled_order_asks_the_books_nothing(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Its entries were there before it was saved."""
    order = market.buy(bea, poster)

    assert market.fail("journal").record_purchase(session(order)).order == order


# --- doubles --------------------------------------------------------------------------------------


def test_double_is_the_buyers_until_it_went_back(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It never was a sale, and the refund is booked once it succeeded."""
    both = market.order(bea, poster, mailer)
    market.pay(order_in_another_window(market, bea, poster))
    market.provider.pay(session(both))
    market.provider.next_refund = RefundState.PENDING
    market.deliver(both)
    waiting = books(market)
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, RefundState.SUCCEEDED)
    market.deliver_charge(both)
    sold = {"revenue:user_ada": -188, "revenue:user_cyd": -300}

    assert waiting == {**sold, "buyers": -1250}
    assert books(market) == sold


def test_sale_that_became_a_double_is_refunded_as_a_sale(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Its refund failed when the buyer had bought it anew: the charge was booked long before."""
    order = market.buy(bea, poster, mailer)
    refund_line(market, order, 1)
    market.deliver_charge(order)
    market.buy(bea, poster)
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    again = market.deliver_charge(order)

    assert (again.settlement.doubles, again.settled) == ((1,), True)
    assert causes(market).count("refund") == 2
    assert causes(market).count("refund_failed") == 1
    assert books(market) == {
        "revenue:user_ada": -188,
        "revenue:user_cyd": -300,
    }


# --- held shares ----------------------------------------------------------------------------------


def test_held_share_is_told_apart_until_it_moves(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """However often the provider refuses it meanwhile."""
    order = market.order(bea, poster, mailer)
    restricted(market, order)
    restricted_again = books(market)
    market.pass_time(minutes=5)
    market.record_purchase(session(order))
    held = causes(market)
    market.provider.complete_onboarding(ADA)
    market.pass_time(minutes=10)
    market.record_purchase(session(order))

    fees = {"revenue:user_ada": -188, "revenue:user_cyd": -300}
    assert restricted_again == {"held:user_ada": -1062, **fees}
    assert held == ["charge", "share_held", "transfer"]
    assert causes(market) == ["charge", "share_held", "share_released", "transfer", "transfer"]
    assert books(market) == fees


def test_held_share_that_changes_is_held_anew(
    market: Marketplace, bea: Principal, ada: Principal, poster: Automation, mailer: Automation
) -> None:
    """Less after a refund, as much as before when that failed, until it is made anew."""
    other = market.list_automation(ada, title="Tidy up", price="5")
    order = market.order(bea, poster, mailer, other)
    restricted(market, order)
    amounts = [books(market)["held:user_ada"]]
    refund_line(market, order, 1)
    market.record_purchase(session(order))
    amounts.append(books(market)["held:user_ada"])
    market.provider.next_refund = RefundState.FAILED
    (refund_id,) = market.provider.refunds
    market.provider.settle_refund(refund_id, RefundState.FAILED)
    market.record_purchase(session(order))
    amounts.append(books(market)["held:user_ada"])
    market.provider.complete_onboarding(ADA)
    market.pass_time(minutes=5)
    market.record_purchase(session(order))

    assert amounts == [-1062 - 425, -425, -1062 - 425]
    assert books(market) == {"revenue:user_ada": -75, "revenue:user_cyd": -300}


def test_overtaken_caller_books_no_share_that_nobody_releases(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It held what another caller could pay at the same time."""
    order = market.order(bea, poster, mailer)
    market.provider.pay(session(order))
    dispute_id = market.provider.dispute(session(order))

    def meanwhile() -> None:
        market.provider.move_dispute(dispute_id, DisputeState.WON)
        market.record_purchase(session(order))

    overtaken = market.but(orders=Overtaken(market.orders, meanwhile))

    assert overtaken.record_purchase(session(order)).order.settled
    assert not {"share_held", "share_released"} & {*causes(market)}
    assert books(market) == {"revenue:user_ada": -188, "revenue:user_cyd": -300}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("nth", [1, 2])
def test_books_that_were_down_are_whole_after_the_next_call(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    nth: int,
    after: bool,
) -> None:
    """Before the order is saved, and after it is saved with a share held."""
    order = market.order(bea, poster, mailer)
    market.provider.restrict(ADA, Restricted(sentence("listed")))
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("journal.add", nth, after=after).record_purchase(session(order))
    market.record_purchase(session(order))

    assert causes(market) == ["charge", "share_held", "transfer"]


def test_share_that_was_never_told_to_be_held_is_released_whole(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The books were down just then, and the next call could pay it."""
    order = market.order(bea, poster, mailer)
    market.provider.restrict(ADA, Restricted(sentence("listed")))
    market.provider.pay(session(order))
    with pytest.raises(Unavailable):
        market.fail("journal.add", 2).record_purchase(session(order))
    market.provider.complete_onboarding(ADA)
    market.pass_time(minutes=5)
    market.record_purchase(session(order))

    assert books(market) == {"revenue:user_ada": -188, "revenue:user_cyd": -300}


# --- refunds and disputes -------------------------------------------------------------------------


def whole(market: Marketplace, order: Order) -> None:
    """Somebody gives all of it back."""
    market.provider.refund(session(order))


def first_line(market: Marketplace, order: Order) -> None:
    """Koda gives the first line back."""
    refund_line(market, order, 1)


def partly(market: Marketplace, order: Order) -> None:
    """Somebody gives back what is no line."""
    market.provider.refund(session(order), Money(83, "EUR"))


def failed(market: Marketplace, order: Order) -> None:
    """All of it is given back, and does not arrive."""
    refund_id = market.provider.refund(session(order))
    market.provider.settle_refund(refund_id, RefundState.FAILED)


def moved(state: DisputeState) -> Callable[[Marketplace, Order], None]:
    """A dispute of all of it that comes into a state."""

    def happen(market: Marketplace, order: Order) -> None:
        market.provider.move_dispute(market.provider.dispute(session(order)), state)

    return happen


def disputed(market: Marketplace, order: Order) -> None:
    """The bank takes all of it."""
    market.provider.dispute(session(order))


def part_lost(market: Marketplace, order: Order) -> None:
    """The bank takes what is no line, and keeps it."""
    dispute_id = market.provider.dispute(session(order), Money(83, "EUR"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)


def asked(market: Marketplace, order: Order) -> None:
    """The bank only asks."""
    market.provider.dispute(session(order), state=DisputeState.INQUIRY)


# What happens to a sale of 12.50 and 20.00 that was settled, and the balances that it changes.
KEPT = {"revenue:user_ada": -188, "revenue:user_cyd": -300}
RETURNS: dict[str, tuple[Callable[[Marketplace, Order], None], dict[str, int]]] = {
    "refunded": (whole, {}),
    "line refunded": (first_line, {"revenue:user_cyd": -300}),
    "refunded in part": (partly, {**KEPT, "buyers": 83}),
    "refund failed": (failed, KEPT),
    "disputed": (disputed, {**KEPT, "disputed": 3250}),
    "won": (moved(DisputeState.WON), KEPT),
    "lost": (moved(DisputeState.LOST), {}),
    "lost in part": (part_lost, {"revenue:user_ada": -183, "revenue:user_cyd": -292}),
    "inquiry": (asked, KEPT),
}


@pytest.mark.parametrize("name", RETURNS)
def test_what_comes_after_a_sale_is_booked_once(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, name: str
) -> None:
    """However often the provider tells of it; the order was settled before."""
    happen, balances = RETURNS[name]
    order = market.buy(bea, poster, mailer)
    happen(market, order)
    market.deliver_charge(order)
    once = books(market)
    market.deliver_charge(order, copy=2)

    assert once == books(market) == balances


@pytest.mark.parametrize("cut", ["orders.save", "journal.add"])
def test_debt_whose_end_was_booked_by_a_call_that_was_cut_off_is_booked_anew(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation, cut: str
) -> None:
    """The refund failed, which ended the debt; it is owed again by the next refund."""
    order = market.capture(market.buy(bea, poster, mailer))
    market.provider.pay_out(ADA)
    market.provider.pay_out(AccountId("acct_cyd"))
    failing = market.provider.refund(session(order))
    market.deliver_charge(order)
    market.provider.settle_refund(failing, RefundState.FAILED)
    with pytest.raises(Unavailable):
        market.fail(cut, after=cut == "journal.add").record_purchase(session(order))
    market.provider.refund(session(order))
    market.deliver_charge(order)

    assert books(market) == {"debts:user_ada": 1062, "debts:user_cyd": 1700}
