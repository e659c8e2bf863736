"""What became of the money of a paid order."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen
from attrs.validators import optional

from koda.domain.model.charges import ChargeRefund
from koda.domain.model.disputes import Dispute
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import DisputeId, RefundId, ReversalId, TransferId, UserId
from koda.domain.model.money import Money
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.refund_parts import RefundPart
from koda.domain.model.refund_states import UNDONE, GivenUp, RefundState
from koda.domain.model.validation import identifier, integer, utc
from koda.domain.model.write_offs import WriteOff

if TYPE_CHECKING:
    from koda.domain.model.order_lines import OrderLine

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(days=1)
_MOST_DOUBLINGS = 10


@frozen
class Refusals:
    """How often the provider refused to move money, and when it is asked again (UTC)."""

    count: int = field(default=0, validator=integer(0, 2**31 - 1))
    again_at: datetime | None = field(default=None, validator=optional(utc))

    def over(self, now: datetime) -> bool:
        """Whether the provider may be asked at `now`."""
        return self.again_at is None or now >= self.again_at

    def once_more(self, now: datetime) -> "Refusals":
        """One more refusal, at `now`: the wait is twice as long each time, at most a day."""
        wait = _FIRST_WAIT * 2 ** min(self.count, _MOST_DOUBLINGS)
        return Refusals(self.count + 1, now + min(wait, _LONGEST_WAIT))


NEVER_REFUSED = Refusals()
"""Of money that the provider has not refused to move."""


@frozen
class LineRefund:
    """A refund of a line of an order, in whole or in part; `number` counts those of the line.

    Its `amount` and `fee` never change. `decision` is that of a person; without one, the buyer had
    the line already, or somebody made the refund at the provider itself (`elsewhere`).
    `refund_id` and `state` are the provider's, once it was made: of the newest try, if one failed.
    `waits` is why something is left to do for it, if so; `given_up` why it is not made any more.
    `came_back` says that its amount came back from the seller whom the charge had paid itself, by
    whichever try, and `fee_back` that the fee in it went to them. `covered` is what of the net of
    one made elsewhere had come back before, for refunds that are given up: its seller bears it, and
    the marketplace the rest.
    """

    line: int = field(validator=integer(1, 100))
    number: int = field(validator=integer(1, 9999))
    amount: Money
    fee: Money
    decision: RefundDecision | None = None
    elsewhere: bool = False
    refund_id: RefundId | None = field(default=None, validator=optional(identifier))
    state: RefundState | None = None
    waits: HoldReason | None = None
    refusals: Refusals = NEVER_REFUSED
    given_up: GivenUp | None = None
    came_back: bool = False
    fee_back: bool = False
    covered: Money | None = None

    @property
    def key(self) -> tuple[int, int, bool]:
        """What tells it from the other refunds of its order."""
        return self.line, self.number, self.elsewhere

    @property
    def arrived(self) -> bool:
        """Whether the buyer has the money."""
        return self.state is RefundState.SUCCEEDED

    @property
    def given(self) -> bool:
        """Whether the money is with the buyer, or on its way to them."""
        return self.state is not None and self.state not in UNDONE

    @property
    def promised(self) -> bool:
        """Whether the money is given, or will be."""
        return self.given or self.ours

    @property
    def ours(self) -> bool:
        """Whether Koda makes it, and repeats it until it arrives."""
        return not (self.elsewhere or self.given_up)

    def followed(self, made: ChargeRefund) -> "LineRefund":
        """The refund as a try leaves it: one that failed says nothing about a newer one."""
        after = evolve(self, came_back=self.came_back or made.reversal_id is not None)
        if made.undone and self.refund_id not in {None, made.id}:
            return after
        after = evolve(after, refund_id=made.id, state=made.state)
        pending = HoldReason.BALANCE if made.lacks_funds else HoldReason.PENDING
        if self.ours:
            return after if made.over else after.waiting(pending)
        return after.done() if made.over else after.waiting(pending)

    def waiting(self, reason: HoldReason) -> "LineRefund":
        """The refund as it waits for something."""
        return evolve(self, waits=reason)

    def refused(self, now: datetime) -> "LineRefund":
        """The refund after the provider would not make it, or it failed."""
        return evolve(self, waits=HoldReason.REFUSED, refusals=self.refusals.once_more(now))

    def give_up(self, why: GivenUp) -> "LineRefund":
        """The refund as it is not made any more."""
        return evolve(self.done(), given_up=why)

    def done(self) -> "LineRefund":
        """The refund once all of it is where it belongs."""
        return evolve(self, waits=None)

    def with_fee(self) -> "LineRefund":
        """The refund once its fee is with the seller, if the amount came back from them."""
        return evolve(self, fee_back=self.fee_back or (self.came_back and self.fee.minor > 0))

    @property
    def spare(self) -> Money:
        """What of it is the seller's again once it is given up: what they gave less the fee."""
        back = self.amount if self.came_back else Money.zero(self.amount.currency)
        return back - self.fee if self.fee_back else back


@frozen
class PaidShare:
    """What a seller got of an order: `net` for `lines` (their numbers).

    Without `transfer_id` the charge itself has paid it, or there was nothing to pay.
    """

    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money
    transfer_id: TransferId | None = None


@frozen
class HeldShare:
    """What a seller did not get of an order yet: `net` for `lines` (their numbers).

    `since` is the revision of the order with which it was first held at this `net`.
    """

    seller_id: UserId = field(validator=identifier)
    lines: tuple[int, ...]
    net: Money
    reason: HoldReason
    since: int
    refusals: Refusals = NEVER_REFUSED


@frozen
class LineLoss:
    """What a lost dispute took of a line; `fee` of it was the marketplace's."""

    dispute_id: DisputeId = field(validator=identifier)
    line: int = field(validator=integer(1, 100))
    amount: Money
    fee: Money


@frozen
class TakenBack:
    """What came back from a seller of a transfer; `number` counts those of the transfer."""

    seller_id: UserId = field(validator=identifier)
    transfer_id: TransferId = field(validator=identifier)
    number: int
    amount: Money
    reversal_id: ReversalId = field(validator=identifier)


@frozen
class OwedShare:
    """What a seller must give back of an order, and the provider cannot take from them now.

    `since` is the revision of the order with which it was first owed at this `amount`.
    """

    seller_id: UserId = field(validator=identifier)
    amount: Money
    since: int
    refusals: Refusals = NEVER_REFUSED


@frozen
class Settlement:
    """What became of the money of a paid order, with order lines by their numbers.

    `delivered` are the lines that the buyer ever had by this order; `doubles` those that they had
    already, and `undeliverable` those that had been suspended when the payment became known: the
    money of both goes back. `refunds` are those of lines, in the order in which they came to
    be known; `unmatched` are refunds at the provider that belong to no line, of which a person must
    say what they are for. `taken` and `owed` are what came back from sellers, and what they owe;
    `written_off` is what they owe no more, since somebody gave it up.
    `disputes` are those of the charge, as they stood last, and `losses` what lost ones took of each
    line; those that were won after all are `overturned`, and took nothing. `warnings` are those of
    fraud.
    """

    delivered: tuple[int, ...] = ()
    doubles: tuple[int, ...] = ()
    paid: tuple[PaidShare, ...] = ()
    held: tuple[HeldShare, ...] = ()
    refunds: tuple[LineRefund, ...] = ()
    taken: tuple[TakenBack, ...] = ()
    owed: tuple[OwedShare, ...] = ()
    unmatched: tuple[RefundId, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    losses: tuple[LineLoss, ...] = ()
    undeliverable: tuple[int, ...] = ()
    overturned: tuple[DisputeId, ...] = ()
    warnings: tuple[FraudWarning, ...] = ()
    written_off: tuple[WriteOff, ...] = ()

    @property
    def unsold(self) -> frozenset[int]:
        """The lines that the payment does not sell, and whose money goes back."""
        return frozenset((*self.doubles, *self.undeliverable))

    def writing_off(self, owed: OwedShare, decision: RefundDecision) -> "Settlement":
        """The same once what a seller owes is given up."""
        write_off = WriteOff(owed.seller_id, owed.amount, owed.since, decision)
        left = tuple(share for share in self.owed if share != owed)
        return evolve(self, owed=left, written_off=(*self.written_off, write_off))

    @property
    def complete(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.held or self.due or self.owed or self.unmatched)

    @property
    def contested(self) -> tuple[Dispute, ...]:
        """The disputes and inquiries that are not decided yet, or may be decided anew."""
        return tuple(dispute for dispute in self.disputes if dispute.undecided)

    def refunded(self, currency: str, line: int | None = None) -> Money:
        """What goes back to the buyer, or went, of all lines or of one; amounts in `currency`."""
        refunds = (refund for refund in self.refunds if line is None or refund.line == line)
        return Money.total((refund.amount for refund in refunds if refund.promised), currency)

    def returned(self, line: int, currency: str) -> RefundPart:
        """What of a line the buyer has again, or their bank took; amounts in `currency`."""
        arrived = [refund for refund in self.refunds if refund.arrived]
        parts: tuple[LineRefund | LineLoss, ...] = (*arrived, *self.lasting_losses)
        of_line = (RefundPart(part.amount, part.fee) for part in parts if part.line == line)
        return RefundPart.total(of_line, currency)

    @property
    def lasting_losses(self) -> tuple[LineLoss, ...]:
        """What lost disputes took of the lines, but for those that were won after all."""
        return tuple(loss for loss in self.losses if loss.dispute_id not in self.overturned)

    def left_of(self, line: "OrderLine") -> Money:
        """What of the price of a line can go back still, as far as is known here."""
        back = self.refunded(line.price.currency, line.number).minor
        lost = sum(loss.amount.minor for loss in self.lasting_losses if loss.line == line.number)
        return Money(max(line.price.minor - back - lost, 0), line.price.currency)

    def lost(self, currency: str) -> Money:
        """What lost disputes gave the buyer; amounts in `currency`."""
        return Money.total((loss.amount for loss in self.lasting_losses), currency)

    @property
    def due(self) -> tuple[LineRefund, ...]:
        """The refunds for which something is left to do."""
        return tuple(refund for refund in self.refunds if refund.waits is not None)

    def held_for(self, seller_id: UserId) -> HeldShare | None:
        """What is held of a seller's, if anything."""
        return next((share for share in self.held if share.seller_id == seller_id), None)

    def owed_by(self, seller_id: UserId) -> OwedShare | None:
        """What a seller owes of it, if anything."""
        return next((share for share in self.owed if share.seller_id == seller_id), None)


NOT_BEGUN = Settlement()
"""Of an order of which nothing was done."""
