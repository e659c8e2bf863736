from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.debts import debt_made, debt_recovered, write_off_undone, written_off
from koda.domain.model.books.disputes import (
    dispute_lost,
    dispute_opened,
    dispute_overturned,
    dispute_won,
)
from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import (
    charge,
    share_held,
    share_released,
    transfer,
)
from koda.domain.model.books.provider import banked, provider_fee
from koda.domain.model.books.refunds import (
    double_refunded,
    fee_returned,
    refund,
    refund_failed,
    refund_unmatched,
    reversal,
)
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money, step_of
from koda.domain.model.orders import Order
from koda.domain.model.refund_parts import RefundPart, next_part
from koda.testing.examples import NOON, a_line, an_order

ADA, EVE = UserId("user_ada"), UserId("user_eve")
PAYMENT = PaymentId("ch_1")
RATES = (0, 1500, 3333, 10_000)


def about(seller_id: UserId = ADA, line: int | None = None) -> About:
    """The example order, and a seller of it."""
    return About(an_order().id, NOON, line, seller_id)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """Orders of one to five lines of two sellers, at any rate, of any number of decimals."""
    currency = draw(st.sampled_from(["EUR", "JPY", "KWD", "MGA"]))
    lines = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        price = Money(draw(st.integers(1, 100_000)) * step_of(currency).minor, currency)
        fee, _ = price.split(draw(st.sampled_from(RATES)))
        seller = draw(st.sampled_from(["user_ada", "user_eve"]))
        lines.append(a_line(number, seller, price=price, fee=fee))
    return an_order(lines=tuple(lines))


@given(orders(), st.sets(st.integers(1, 5)))
def test_charge_is_what_sellers_are_due_fees_and_what_goes_back(
    order: Order, doubles: set[int]
) -> None:
    """Of each line one or the other, in every currency and at every rate."""
    entry = charge(order, PAYMENT, NOON, doubles)
    sold = [line for line in order.lines if line.number not in doubles]

    for seller_id in (ADA, EVE):
        own = [line for line in sold if line.seller_id == seller_id]
        assert entry.change_of(about(seller_id).payable) == -sum(line.net.minor for line in own)
        assert entry.change_of(about(seller_id).revenue) == -sum(line.fee.minor for line in own)
    goes_back = sum(line.price.minor for line in order.lines if line.number in doubles)
    assert entry.change_of(Account(AccountKind.BUYERS)) == -goes_back
    assert entry.change_of(Account(AccountKind.PROVIDER)) == order.total.minor


def causes(part: RefundPart, fee: int) -> Iterator[Entry]:
    """An entry of every cause but a charge, about a part of a line."""
    amount = part.amount
    yield provider_fee(about(), "txn_1", amount.currency, fee)
    yield banked(about(), "txn_2", amount.currency, -fee)
    yield transfer(about(), "tr_1", amount)
    yield reversal(about(), "trr_1", amount)
    yield refund(about(), "re_1", part)
    yield refund(about(), "re_2", part, seller_bears=Money.zero(part.amount.currency))
    yield refund_unmatched(about(), "re_4", amount)
    yield refund(about(), "re_4", part, matched_late=True)
    yield double_refunded(about(), "re_3", amount)
    yield refund_failed(refund(about(), "re_1", part), NOON)
    yield fee_returned(about(), "fr_1", amount)
    yield dispute_opened(about(), "dp_1", amount)
    yield dispute_won(about(), "dp_2", amount)
    lost = dispute_lost(about(), "dp_3", amount + amount, {ADA: part, EVE: part}, amount - amount)
    yield lost
    yield dispute_overturned(lost, NOON)
    yield share_held(about(), amount, 2)
    yield share_released(about(), amount, 2)
    yield debt_made(about(), amount, 2)
    yield debt_recovered(about(), amount, 2)
    yield written_off(about(), amount, 2)
    yield write_off_undone(about(), amount, "4:6")


@given(orders(), st.integers(1, 2000))
def test_every_cause_is_one_balanced_entry(order: Order, provider: int) -> None:
    """An entry cannot be made otherwise; all have a key of their own."""
    line = order.lines[0]
    nothing = Money.zero(line.price.currency)
    before, step = RefundPart(nothing, nothing), step_of(line.price.currency)
    part = next_part(line.price, line.fee, before, step)
    entries = [charge(order, PAYMENT, NOON), *causes(part, provider)]

    assert {entry.cause for entry in entries} == set(Cause)
    assert len({entry.key for entry in entries}) == len(entries)
    assert sum(balance.minor for balance in turnover(entries)) == 0
    assert {entry.order_id for entry in entries} == {order.id}


def test_key_follows_from_the_cause_alone() -> None:
    """From the provider's id, or from the order and the seller where there is none."""
    amount = Money(5, "EUR")

    assert charge(an_order(), PAYMENT, NOON).key == "charge:ch_1"
    assert transfer(about(line=1), "tr_1", amount).key == "transfer:tr_1:user_ada"
    assert share_held(about(EVE), amount, 2).key == "share_held:ord_1:user_eve:2"


def test_key_of_the_longest_ids_is_an_identifier() -> None:
    """Different ones have different keys."""
    keys = {share_held(about(UserId(end * 128)), Money(5, "EUR"), 2).key for end in "ab"}

    assert {len(key) for key in keys} == {len("share_held:") + 64}
    assert len(keys) == 2


@pytest.mark.parametrize("make", [transfer, reversal])
def test_nothing_that_moves_is_no_entry(make: Callable[[About, str, Money], Entry]) -> None:
    """As of a seller whose share is all fee."""
    with pytest.raises(InvalidValue, match="at least two"):
        make(about(), "tr_1", Money.zero("EUR"))
