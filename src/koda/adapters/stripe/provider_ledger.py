"""The platform's balance at Stripe, and its balance transactions."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import stripe
from attrs import frozen

from koda.adapters.stripe.amounts import from_stripe
from koda.adapters.stripe.errors import translated
from koda.adapters.stripe.keys import PAGE, id_of
from koda.adapters.stripe.notes import KEY_NOTE, ORDER_NOTE, note
from koda.adapters.stripe.ranges import seconds_of
from koda.adapters.stripe.unreadable import read
from koda.domain.model.identifiers import LedgerLineId, OrderId
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine, ProviderBalance
from koda.domain.model.unreadable import Unreadable, UnreadableKind
from koda.ports.provider_ledger import ProviderLedger

_KINDS: Mapping[str, LedgerKind] = {
    "charge": LedgerKind.CHARGE,
    "refund": LedgerKind.REFUND,
    "refund_failure": LedgerKind.REFUND_FAILED,
    "transfer": LedgerKind.TRANSFER,
    "transfer_reversal": LedgerKind.REVERSAL,
    "platform_earning": LedgerKind.APPLICATION_FEE,
    "platform_earning_refund": LedgerKind.FEE_REFUND,
    "dispute": LedgerKind.DISPUTE,
    "dispute_reversal": LedgerKind.DISPUTE_REVERSAL,
    "payout": LedgerKind.BANK,
    "payout_reversal": LedgerKind.BANK,
    "topup": LedgerKind.BANK,
    "topup_reversal": LedgerKind.BANK,
    "fee": LedgerKind.PROVIDER_FEE,
    "network_cost": LedgerKind.PROVIDER_FEE,
    "tax": LedgerKind.PROVIDER_FEE,
}
"""By reporting category, which unites the types of cards and of other methods:
https://docs.stripe.com/reports/reporting-categories."""
_CAUSES = ("source_transaction", "source_refund", "originating_transaction")
"""Where transfers, reversals and application fees name the charge or refund that they follow."""


@frozen
class StripeLedger(ProviderLedger):
    """Reads the platform's balance, by pages of the most that Stripe lists at once."""

    client: stripe.StripeClient

    def lines(self, period: Period) -> Iterator[LedgerLine | Unreadable]:
        since, until = seconds_of(period)
        with translated():
            listed = self.client.v1.balance_transactions.list(
                {
                    "created": {"gte": since, "lt": until},
                    "expand": ["data.source"],
                    "limit": PAGE,
                }
            )
            for transaction in listed.auto_paging_iter():
                reading = partial(line_of, self.client, transaction)
                yield read(UnreadableKind.LEDGER_LINE, transaction, reading)

    def balances(self) -> tuple[ProviderBalance, ...]:
        with translated():
            balance = self.client.v1.balance.retrieve()
            available, pending = _by_currency(balance.available), _by_currency(balance.pending)
        return tuple(
            ProviderBalance(currency, available[currency] + pending[currency], pending[currency])
            for currency in sorted(available.keys() | pending.keys())
        )


def line_of(client: stripe.StripeClient, transaction: stripe.BalanceTransaction) -> LedgerLine:
    """A balance transaction with its whole source, as a line."""
    source, currency = transaction.source, transaction.currency
    fee = _minor(transaction.fee, currency)
    return LedgerLine(
        LedgerLineId(transaction.id),
        _KINDS.get(transaction.reporting_category, LedgerKind.OTHER),
        datetime.fromtimestamp(transaction.created, UTC),
        currency.upper(),
        _minor(transaction.amount, currency),
        fee,
        tuple(_references(source)),
        _order_of(client, source, asked=bool(fee)),
    )


def _order_of(client: stripe.StripeClient, source: Any, *, asked: bool) -> OrderId | None:
    """The order that a charge names; of what is about a charge, only if it is `asked` for."""
    if getattr(source, "object", None) == "charge":
        return _order(source)
    charge = getattr(source, "charge", None)
    if not (asked and charge):
        return None
    charge_id = id_of(charge)
    with translated():  # what is no charge at all is an outage, and no odd line
        return _order(client.v1.charges.retrieve(charge_id))


def _order(charge: stripe.Charge) -> OrderId | None:
    order_id = note(charge, ORDER_NOTE)
    return OrderId(order_id) if order_id else None


def _references(source: Any) -> Iterator[str]:
    """The ids by which the books may know what changed the balance, closest first.

    A fee that Koda gave back is known by the name that Koda gave it.
    """
    if source is None:
        return
    name = note(source, KEY_NOTE) if source.object == "fee_refund" else None
    if name:
        yield name
    yield id_of(source)
    for name in _CAUSES:
        cause = getattr(source, name, None)
        if cause is not None:
            yield id_of(cause)


def _minor(units: int, currency: str) -> int:
    """Signed units of Stripe's as signed minor units."""
    minor = from_stripe(abs(units), currency).minor
    return -minor if units < 0 else minor


def _by_currency(amounts: Any) -> Counter[str]:
    sums: Counter[str] = Counter()
    for amount in amounts:
        sums[amount.currency.upper()] += _minor(amount.amount, amount.currency)
    return sums
