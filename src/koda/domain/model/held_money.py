"""Money of sellers that does not move: what is held, and what to do about it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.settlements import HeldShare, OwedShare

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

_Refused = TypeVar("_Refused", HeldShare, OwedShare)

WHAT_TO_DO: Mapping[HoldReason, Sentence] = {
    HoldReason.ACCOUNT: sentence(
        "The seller's payout account cannot receive money. Ask them to complete it on their "
        "selling page; the transfer is tried again by itself."
    ),
    HoldReason.REFUSED: sentence(
        "The payment provider refused the transfer. It is tried again by itself; if it stays, "
        "look at the payment at the provider."
    ),
    HoldReason.DISPUTED: sentence(
        "The buyer's bank questions the payment. Answer the dispute at the payment provider; "
        "nothing moves until it is decided."
    ),
    HoldReason.REFUND_UNMATCHED: sentence(
        "A refund that was made elsewhere belongs to no line. Find out at the payment provider "
        "what it was for, and assign it on the order's page; nothing moves until then."
    ),
    HoldReason.BALANCE: sentence(
        "The marketplace's balance at the payment provider is too low. Top it up there; the money "
        "then moves by itself."
    ),
    HoldReason.PENDING: sentence(
        "The payment provider is still at work. Wait; it is looked at again by itself."
    ),
}
"""What those who look after a marketplace do about money that is held, by the reason."""


@frozen
class HeldMoney:
    """A seller's share that an order holds `since` a time (UTC)."""

    order: "Order"
    share: HeldShare
    since: datetime

    @property
    def what_to_do(self) -> Sentence:
        """What those who look after the marketplace do about it."""
        return WHAT_TO_DO[self.share.reason]


def asking_again(order: "Order", seller_id: UserId) -> "Order":
    """The order of which the provider may be asked at once for what it refused of a seller's."""
    before = order.settlement
    held = tuple(_at_once(share, seller_id) for share in before.held)
    owed = tuple(_at_once(share, seller_id) for share in before.owed)
    return evolve(order, settlement=evolve(before, held=held, owed=owed))


def _at_once(share: _Refused, seller_id: UserId) -> _Refused:
    if share.seller_id != seller_id:
        return share
    return evolve(share, refusals=evolve(share.refusals, again_at=None))
