"""Where money has gone at the end of its way, by account."""

from collections.abc import Iterable

from koda.domain.model.books.balances import turnover
from koda.domain.model.books.debts import debt_made, debt_recovered
from koda.domain.model.books.disputes import dispute_lost, dispute_opened, dispute_won
from koda.domain.model.books.entries import Entry
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
    reversal,
)
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.refund_parts import RefundPart, next_part
from koda.testing.examples import NOON, a_line, an_order

ADA, EVE = (About(an_order().id, NOON, seller_id=UserId(name)) for name in ("user_ada", "user_eve"))
ORDER = About(an_order().id, NOON)
PAYMENT = PaymentId("ch_1")


def euros(minor: int) -> Money:
    """An amount."""
    return Money(minor, "EUR")


WHOLE = next_part(euros(10_000), euros(1500), RefundPart(euros(0), euros(0)), euros(10_000))
HALF = next_part(euros(10_000), euros(1500), RefundPart(euros(0), euros(0)), euros(5000))


def sold(*seller_ids: str, doubles: tuple[int, ...] = ()) -> Entry:
    """The charge of an order with a line of 100.00, fee 15.00, of each seller."""
    lines = tuple(
        a_line(number, seller_id, price=euros(10_000), fee=euros(1500))
        for number, seller_id in enumerate(seller_ids, 1)
    )
    return charge(an_order(lines=lines), PAYMENT, NOON, doubles)


def at_the_end(entries: Iterable[Entry]) -> dict[str, int]:
    """What is left in each account, positive for debits."""
    totals = turnover(entries)
    return {total.account.name: total.minor for total in totals if total.minor}


def test_a_sale_leaves_the_fee_less_the_providers() -> None:
    """The seller has their share."""
    entries = [
        sold("user_ada"),
        transfer(ADA, PAYMENT, euros(8500)),
        provider_fee(ORDER, "txn_1", "EUR", 320),
    ]

    assert at_the_end(entries) == {
        "provider": 1180,
        "revenue:user_ada": -1500,
        "provider_fees": 320,
    }


def test_what_one_of_several_sellers_did_not_get_is_still_payable() -> None:
    """The others have theirs."""
    entries = [sold("user_ada", "user_eve"), transfer(ADA, "tr_1", euros(8500))]

    assert at_the_end(entries) == {
        "provider": 11_500,
        "payable:user_eve": -8500,
        "revenue:user_ada": -1500,
        "revenue:user_eve": -1500,
    }


def test_a_whole_refund_of_several_sellers_leaves_nothing() -> None:
    """The share came back by a reversal."""
    entries = [
        sold("user_ada"),
        transfer(ADA, "tr_1", euros(8500)),
        reversal(ADA, "trr_1", euros(8500)),
        refund(ADA, "re_1", WHOLE),
    ]

    assert at_the_end(entries) == {}


def test_the_fee_of_a_refund_is_due_to_the_seller_until_it_is_returned() -> None:
    """A charge that paid them takes the whole amount back from them first."""
    entries = [
        sold("user_ada"),
        transfer(ADA, PAYMENT, euros(8500)),
        reversal(ADA, "re_1", euros(5000)),
        refund(ADA, "re_1", HALF),
    ]
    due = at_the_end(entries)["payable:user_ada"]
    returned = fee_returned(ADA, "fr_1", HALF.fee)

    assert due == -750
    assert at_the_end([*entries, returned]) == {"provider": 750, "revenue:user_ada": -750}


def test_a_refund_that_the_marketplace_bears_leaves_the_seller_their_share() -> None:
    """The net is its loss, the fee no revenue."""
    entries = [sold("user_ada"), refund(ADA, "re_1", WHOLE, seller_bears=Money.zero("EUR"))]

    assert at_the_end(entries) == {"payable:user_ada": -8500, "losses": 8500}


def test_a_refund_that_fails_leaves_the_sale() -> None:
    """As if it had not been made."""
    made = refund(ADA, "re_1", HALF)

    assert at_the_end([sold("user_ada"), made, refund_failed(made, NOON)]) == at_the_end(
        [sold("user_ada")]
    )


def test_a_double_is_no_sale_and_leaves_nothing() -> None:
    """Nobody's revenue, and nothing payable."""
    entries = [sold("user_ada", doubles=(1,)), double_refunded(ORDER, "re_1", euros(10_000))]

    assert at_the_end(entries) == {}


def test_a_double_that_its_seller_keeps_is_a_loss() -> None:
    """The charge paid them, and they have the money no more."""
    entries = [
        sold("user_ada", doubles=(1,)),
        transfer(ADA, PAYMENT, euros(8500)),
        double_refunded(ORDER, "re_1", euros(10_000), [(ADA.payable, euros(8500))]),
    ]

    assert at_the_end(entries) == {"provider": -8500, "losses": 8500}


def test_a_won_dispute_leaves_the_sale() -> None:
    """And the provider's fee, unless that comes back, too."""
    opened = dispute_opened(ORDER, "dp_1", euros(10_000))
    fee = provider_fee(ORDER, "txn_1", "EUR", 2000)
    won = dispute_won(ORDER, "dp_1", euros(10_000))
    fee_back = provider_fee(ORDER, "txn_2", "EUR", -2000)
    sale = at_the_end([sold("user_ada")])

    assert at_the_end([sold("user_ada"), opened, fee]) == {
        **sale,
        "provider": -2000,
        "disputed": 10_000,
        "provider_fees": 2000,
    }
    assert at_the_end([sold("user_ada"), opened, fee, won]) == {
        **sale,
        "provider": 8000,
        "provider_fees": 2000,
    }
    assert at_the_end([sold("user_ada"), opened, fee, won, fee_back]) == sale


def test_a_lost_dispute_costs_the_marketplace_the_providers_fee() -> None:
    """The sellers bear their parts; what one cannot give back is a debt, paid by a later sale."""
    parts = {UserId("user_ada"): WHOLE, UserId("user_eve"): HALF}
    entries = [
        sold("user_ada", "user_eve"),
        transfer(ADA, "tr_1", euros(8500)),
        transfer(EVE, "tr_2", euros(8500)),
        dispute_opened(ORDER, "dp_1", euros(15_000)),
        provider_fee(ORDER, "txn_1", "EUR", 2000),
        dispute_lost(ORDER, "dp_1", euros(15_000), parts, euros(0)),
        reversal(ADA, "trr_1", euros(8500)),
        debt_made(EVE, euros(4250), 2),
    ]

    assert at_the_end(entries) == {
        "provider": -5500,
        "debts:user_eve": 4250,
        "revenue:user_eve": -750,
        "provider_fees": 2000,
    }
    assert "debts:user_eve" not in at_the_end([*entries, debt_recovered(EVE, euros(4250), 2)])


def test_a_held_share_is_the_sellers_until_it_moves() -> None:
    """It is then transferred as any share."""
    entries = [sold("user_ada", "user_eve"), share_held(EVE, euros(8500), 2)]
    moved = [share_released(EVE, euros(8500), 2), transfer(EVE, "tr_2", euros(8500))]

    assert at_the_end(entries)["held:user_eve"] == -8500
    assert at_the_end([*entries, *moved]) == {
        "provider": 11_500,
        "payable:user_ada": -8500,
        "revenue:user_ada": -1500,
        "revenue:user_eve": -1500,
    }


def test_a_held_share_that_goes_back_leaves_nothing() -> None:
    """It is refunded as any sale."""
    entries = [
        sold("user_eve"),
        share_held(EVE, euros(8500), 2),
        share_released(EVE, euros(8500), 2),
        refund(EVE, "re_1", WHOLE),
    ]

    assert at_the_end(entries) == {}


def test_what_the_marketplace_takes_out_is_in_its_bank() -> None:
    """Less what it puts in."""
    nothing = About(None, NOON)
    entries = [banked(nothing, "txn_1", "EUR", 500), banked(nothing, "txn_2", "EUR", -200)]

    assert at_the_end(entries) == {"provider": -300, "bank": 300}
