import pytest

from koda.domain.model.books.balances import turnover
from koda.domain.model.books.provider import entries_of
from koda.domain.model.identifiers import LedgerLineId, OrderId
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine
from koda.testing.examples import NOON


def booked(
    kind: LedgerKind, amount: int, fee: int = 0, order: str | None = "ord_1"
) -> dict[str, int]:
    """What the entries of a line change, by account, once each of them was checked."""
    order_id = OrderId(order) if order else None
    line = LedgerLine(LedgerLineId("txn_1"), kind, NOON, "EUR", amount, fee, ("ch_1",), order_id)
    entries = list(entries_of(line))
    for entry in entries:
        assert (entry.reference, entry.order_id) == ("txn_1", order_id)
        assert entry.occurred_at == NOON
    return {balance.account.name: balance.minor for balance in turnover(entries)}


def test_fee_of_an_order_is_booked_and_not_what_it_is_of() -> None:
    """Whoever recorded the payment booked that; a fee that came back is the reverse."""
    assert booked(LedgerKind.CHARGE, 1250, 30) == {"provider": -30, "provider_fees": 30}
    assert booked(LedgerKind.DISPUTE, -1250, 1500) == {"provider": -1500, "provider_fees": 1500}
    assert booked(LedgerKind.DISPUTE_REVERSAL, 1250, -1500) == {
        "provider": 1500,
        "provider_fees": -1500,
    }


@pytest.mark.parametrize("kind", [LedgerKind.CHARGE, LedgerKind.DISPUTE, LedgerKind.OTHER])
def test_what_is_of_no_order_is_none_of_kodas(kind: LedgerKind) -> None:
    """Nor is what has no fee."""
    assert booked(kind, 1250, 30, None) == {}
    assert booked(kind, 1250) == {}


def test_fee_that_belongs_to_no_payment_is_booked() -> None:
    """As of an account in use."""
    line = {"provider": -200, "provider_fees": 200}

    assert booked(LedgerKind.PROVIDER_FEE, -200, order=None) == line
    assert booked(LedgerKind.PROVIDER_FEE, -150, 50, order=None) == line


def test_what_goes_to_the_bank_is_booked_with_what_that_costs() -> None:
    """And what comes from it."""
    assert booked(LedgerKind.BANK, -500, 5, None) == {
        "bank": 500,
        "provider": -505,
        "provider_fees": 5,
    }
    assert booked(LedgerKind.BANK, 200, order=None) == {"bank": -200, "provider": 200}
