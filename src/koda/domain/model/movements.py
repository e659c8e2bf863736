"""Money that Koda asks the provider to move.

Each movement has a `name`, by which it is found at the provider however late, and a `key`, under
which it is asked for. The provider repeats a refusal under the same key for a day, so that each
`attempt` after a refusal has a key of its own.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import (
    AccountId,
    OrderId,
    PaymentId,
    ReversalId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier, utc


def fee_name_of(order_id: OrderId, part: str) -> str:
    """What the fee of a part of an order is given back to its seller under."""
    return f"koda:refund:{order_id}:{part}:fee"


def _keyed(name: str, attempt: int) -> str:
    return name if attempt == 1 else f"{name}:attempt-{attempt}"


@frozen
class Transfer:
    """Money out of a payment to a seller's account.

    `number` counts the transfers to this account for this order, from 1: a share may grow, since a
    refund may fail. `from_balance` says that money of the order came back from a seller, which the
    provider may not count as a part of the payment any more.
    """

    order_id: OrderId = field(validator=identifier)
    payment_id: PaymentId = field(validator=identifier)
    account_id: AccountId = field(validator=identifier)
    amount: Money
    number: int = 1
    attempt: int = 1
    from_balance: bool = False

    @property
    def name(self) -> str:
        """The same for the same transfer to the same seller of the same order."""
        first = f"koda:transfer:{self.order_id}:{self.account_id}"
        return first if self.number == 1 else f"{first}:{self.number}"

    @property
    def key(self) -> str:
        """The same for the same attempt."""
        return _keyed(self.name, self.attempt)


@frozen
class TransferMade:
    """A transfer as the provider made it, with the amount that it really has."""

    id: TransferId = field(validator=identifier)
    amount: Money


@frozen
class Undone:
    """What undid a part of a movement, as the provider lists it.

    A reversal of a transfer, or a return of the marketplace's fee on a charge. `name` is Koda's
    own; `None` where somebody else asked for it. `made_at` is UTC.
    """

    id: str = field(validator=identifier)
    amount: Money
    made_at: datetime = field(validator=utc)
    name: str | None = None


@frozen
class TransferSeen:
    """A transfer for an order as the provider lists it.

    `name` is Koda's own; `left` is what of `amount` did not come back, and `reversals` are how the
    rest did, oldest first. `made_at` is UTC.
    """

    id: TransferId = field(validator=identifier)
    name: str
    order_id: OrderId = field(validator=identifier)
    amount: Money
    left: Money
    made_at: datetime = field(validator=utc)
    reversals: tuple[Undone, ...] = ()

    @property
    def made(self) -> TransferMade:
        """The transfer without what came back."""
        return TransferMade(self.id, self.amount)


def by_name(transfers: Iterable[TransferSeen]) -> Mapping[str, TransferSeen]:
    """The transfers by their names: of several of one name, the first that is not all back."""
    named: dict[str, TransferSeen] = {}
    for transfer in transfers:
        known = named.setdefault(transfer.name, transfer)
        if transfer.left.minor and not known.left.minor:
            named[transfer.name] = transfer
    return named


@frozen
class Reversal:
    """Money of a transfer back from the seller; `number` counts those of the transfer, from 1."""

    transfer_id: TransferId = field(validator=identifier)
    amount: Money
    number: int = 1
    attempt: int = 1

    @property
    def name(self) -> str:
        """The same for the same reversal of the same transfer."""
        return f"koda:reversal:{self.transfer_id}:{self.number}"

    @property
    def key(self) -> str:
        """The same for the same attempt."""
        return _keyed(self.name, self.attempt)


@frozen
class ReversalMade:
    """A reversal as the provider made it, with the amount that it really has."""

    id: ReversalId = field(validator=identifier)
    amount: Money


@frozen
class Refund:
    """Money of a payment back to the buyer.

    `destination` and `fee` say, for a charge that paid a seller directly, from whom the amount
    comes back and how much of the marketplace's fee that seller gets back; without `seller_pays`
    all of it is the marketplace's own loss. `part` names what is refunded (a line), so that a
    repeat is harmless, whoever pays.
    """

    order_id: OrderId = field(validator=identifier)
    payment_id: PaymentId = field(validator=identifier)
    part: str = field(validator=identifier)
    amount: Money
    destination: AccountId | None = None
    fee: Money | None = None
    seller_pays: bool = True
    attempt: int = 1

    @property
    def name(self) -> str:
        """The same for the same part of the same order."""
        return f"koda:refund:{self.order_id}:{self.part}"

    @property
    def fee_name(self) -> str:
        """What the fee is given back under."""
        return fee_name_of(self.order_id, self.part)

    @property
    def key(self) -> str:
        """The same for the same attempt, and another one where the marketplace bears it alone."""
        key = _keyed(self.name, self.attempt)
        return key if self.seller_pays else f"{key}:ours"
