"""Lines of Stripe's that the sandbox does not make."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import stripe

from koda.adapters.stripe.provider_ledger import line_of
from koda.adapters.stripe.unreadable import read
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine
from koda.domain.model.unreadable import Unreadable, UnreadableKind
from paysandbox import Sandbox
from tests.contract.stripe_world import client_of


def transaction(**changes: Any) -> stripe.BalanceTransaction:
    """A fee of 2.00 for an account in use, or something else."""
    body = {
        "id": "txn_1",
        "object": "balance_transaction",
        "amount": -200,
        "created": 1_800_000_000,
        "currency": "eur",
        "fee": 0,
        "fee_details": [],
        "net": -200,
        "reporting_category": "fee",
        "source": None,
        "type": "stripe_fee",
    }
    return stripe.BalanceTransaction.construct_from({**body, **changes}, None)


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("fee", LedgerKind.PROVIDER_FEE),
        ("payout_reversal", LedgerKind.BANK),
        ("connect_reserved_funds", LedgerKind.OTHER),
    ],
)
def test_line_without_a_source_is_known_by_itself(
    sandbox: Sandbox, category: str, kind: LedgerKind
) -> None:
    """As a fee for no payment, or something that is newer than Koda."""
    line = line_of(client_of(sandbox), transaction(reporting_category=category))

    assert (line.id, line.kind, line.references, line.order_id) == ("txn_1", kind, (), None)
    assert (line.amount, line.currency) == (-200, "EUR")


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({"amount": None}, True),
        ({"amount": 1.5}, True),
        ({"amount": 10**18}, True),
        ({"amount": 150, "currency": "isk"}, True),
        ({"currency": "usdc"}, True),
        ({"currency": None}, True),
        ({"fee": None}, True),
        ({"source": "ch_1"}, True),
        ({"id": "txn_" + "x" * 200}, True),
        ({"created": None}, False),
        ({"created": 10**12}, False),
    ],
)
def test_line_that_makes_no_sense_is_told_as_such(
    sandbox: Sandbox, changes: dict[str, Any], *, known: bool
) -> None:
    """By its id, and by its time if that makes sense."""
    odd = transaction(**changes)
    told = read(UnreadableKind.LEDGER_LINE, odd, partial(line_of, client_of(sandbox), odd))

    assert isinstance(told, Unreadable)
    assert odd.id.startswith(told.reference)
    assert told.occurred_at == (datetime.fromtimestamp(1_800_000_000, UTC) if known else None)


def test_line_is_read_where_it_makes_sense(sandbox: Sandbox) -> None:
    """As it is."""
    listed = transaction()
    told = read(UnreadableKind.LEDGER_LINE, listed, partial(line_of, client_of(sandbox), listed))

    assert isinstance(told, LedgerLine)
