"""The payment provider's own ledger: what changed the marketplace's balance there."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import deep_iterable, optional

from koda.domain.model.identifiers import LedgerLineId, OrderId
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.validation import currency, identifier, integer, utc

_SIGNED = integer(-LARGEST_MINOR, LARGEST_MINOR)


class LedgerKind(StrEnum):
    """What changed the balance.

    `application_fee` is the marketplace's fee on a charge that paid its seller itself, and
    `fee_refund` what of it went back. `bank` is money from or to the marketplace's own bank,
    `provider_fee` what the provider took for no payment of its own, `other` all else.
    """

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    TRANSFER = "transfer"
    REVERSAL = "reversal"
    APPLICATION_FEE = "application_fee"
    FEE_REFUND = "fee_refund"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    BANK = "bank"
    PROVIDER_FEE = "provider_fee"
    OTHER = "other"


@frozen
class LedgerLine:
    """One change of the marketplace's balance at the provider, in its own currency.

    `amount` is in minor units, negative where the balance fell, and `fee` what the provider took
    of it, negative where it gave a fee back. `references` are the provider's ids of what it was
    for, closest first: the books know it by one of them. `order_id` is told of a charge, and of
    whatever else the provider took a fee for; not of what is none of Koda's.
    """

    id: LedgerLineId = field(validator=identifier)
    kind: LedgerKind
    occurred_at: datetime = field(validator=utc)
    currency: str = field(validator=currency)
    amount: int = field(validator=_SIGNED)
    fee: int = field(default=0, validator=_SIGNED)
    references: tuple[str, ...] = field(default=(), validator=deep_iterable(identifier))
    order_id: OrderId | None = field(default=None, validator=optional(identifier))

    @property
    def net(self) -> int:
        """By how much the balance changed."""
        return self.amount - self.fee


@frozen
class ProviderBalance:
    """What the marketplace has at the provider in one currency, in signed minor units.

    `pending` is the part of `minor` that cannot be spent yet.
    """

    currency: str = field(validator=currency)
    minor: int = field(validator=_SIGNED)
    pending: int = field(default=0, validator=_SIGNED)
