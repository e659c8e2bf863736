"""Lines of Stripe's that the sandbox does not make."""

from typing import Any

import pytest
import stripe

from koda.adapters.stripe.provider_ledger import line_of
from koda.domain.model.provider_ledger import LedgerKind
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
