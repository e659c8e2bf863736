"""Which lines of an order the refunds of its payment are of."""

from typing import TYPE_CHECKING

from attrs import define, evolve, frozen

from koda.domain.model.charges import ChargeRefund, part_of
from koda.domain.model.disputes import Dispute
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import DisputeId, RefundId
from koda.domain.model.money import Money, step_of
from koda.domain.model.movements import fee_name_of
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.refund_parts import RefundPart, next_part, spread
from koda.domain.model.refund_states import GivenUp
from koda.domain.model.settlements import LineLoss, LineRefund

if TYPE_CHECKING:
    from koda.domain.model.orders import Order
    from koda.domain.model.payments import Payment


@frozen
class MatchedRefunds:
    """The refunds of an order's lines as they stand, and those that belong to no line.

    `losses` are what lost disputes took of the lines, but for those `overturned` since.
    """

    order: "Order"
    refunds: tuple[LineRefund, ...]
    unmatched: tuple[RefundId, ...] = ()
    losses: tuple[LineLoss, ...] = ()
    overturned: tuple[DisputeId, ...] = ()

    @classmethod
    def kept(cls, order: "Order") -> "MatchedRefunds":
        """What is known of an order's refunds without asking the provider."""
        settlement = order.settlement
        return cls(
            order,
            settlement.refunds,
            losses=settlement.losses,
            overturned=settlement.overturned,
        )

    def of_line(self, line: OrderLine) -> tuple[LineRefund, ...]:
        """All refunds of a line, those that failed included."""
        return tuple(refund for refund in self.refunds if refund.line == line.number)

    def given_of(self, line: OrderLine) -> RefundPart:
        """What of a line is with the buyer, or on its way to them."""
        parts = (part_of_line(refund) for refund in self.of_line(line) if refund.given)
        return RefundPart.total(parts, self.order.currency)

    def lost_of(self, line: OrderLine) -> RefundPart:
        """What of a line lost disputes took."""
        parts = (
            part_of_line(loss)
            for loss in self.losses
            if loss.line == line.number and loss.dispute_id not in self.overturned
        )
        return RefundPart.total(parts, self.order.currency)

    def gone_of(self, line: OrderLine) -> RefundPart:
        """What of a line is given or lost."""
        return self.given_of(line) + self.lost_of(line)

    def promised_of(self, line: OrderLine) -> RefundPart:
        """What of a line is given or lost, or will be given."""
        parts = (part_of_line(refund) for refund in self.of_line(line) if refund.promised)
        return RefundPart.total(parts, self.order.currency) + self.lost_of(line)

    def room_of(self, line: OrderLine) -> Money:
        """What of the price of a line is not gone, whatever is still to be made."""
        return line.price - self.gone_of(line).amount

    def left_of(self, line: OrderLine) -> Money:
        """What of the price of a line can go back still."""
        return line.price - self.promised_of(line).amount

    def next_of(self, line: OrderLine, amount: Money) -> LineRefund:
        """The refund of `amount` of a line that follows its others; nobody has made it yet.

        Raises:
            InvalidValue: nothing, more than is left, or a fraction of what the currency is paid in.
        """
        part = next_part(line.price, line.fee, self.promised_of(line), amount)
        number = 1 + max((refund.number for refund in self.of_line(line)), default=0)
        return LineRefund(line.number, number, part.amount, part.fee, waits=HoldReason.PENDING)

    def next_elsewhere(self, line: OrderLine, amount: Money) -> LineRefund:
        """The refund of `amount` of a line that was made at the provider; raises as `next_of`.

        Its seller bears of it what had come back from them for refunds that are given up.
        """
        refund = self.next_of(line, amount)
        net, spare = part_of_line(refund).net, self.spare_of(line)
        return evolve(refund, elsewhere=True, covered=min(net, spare) if spare.minor else None)

    def spare_of(self, line: OrderLine) -> Money:
        """What came back from the seller of a line for refunds that are given up, and is theirs.

        What pays for other refunds in their place is not.
        """
        refunds, currency = self.of_line(line), self.order.currency
        back = Money.total((refund.spare for refund in refunds if refund.given_up), currency)
        covered = (refund.covered for refund in refunds if refund.covered and refund.given)
        return back - Money.total(covered, currency)

    def with_one(self, refund: LineRefund) -> "MatchedRefunds":
        """The same with one more refund."""
        return evolve(self, refunds=(*self.refunds, refund))

    def with_room(self, line: OrderLine, amount: Money) -> "MatchedRefunds":
        """The same where `amount` of a line may go another way than by refunds still to be made.

        The newest of them are given up, as far as nothing is left for them.
        """
        after = self
        for refund in reversed(self.of_line(line)):
            if refund.ours and not refund.given and after.left_of(line) < amount:
                after = after.replacing(refund, refund.give_up(GivenUp.REPLACED))
        return after

    def replacing(self, old: LineRefund, new: LineRefund) -> "MatchedRefunds":
        """The same with `new` in the place of `old`."""
        refunds = tuple(new if refund == old else refund for refund in self.refunds)
        return evolve(self, refunds=refunds)


def match_refunds(order: "Order", payment: "Payment") -> MatchedRefunds:
    """Bring the refunds of `order` in step with those of its payment, oldest first.

    One that Koda made names its line, as does its fee that went back; if it failed and is not known
    any more, it is still to be made. One that was made elsewhere is of a line if there is no
    choice: the order has no other, or it gives back all that is left of all lines, alone or with
    the others of no line. What fits no line is unmatched, unless it is undone.

    What a lost dispute took is spread over the lines in proportion to their prices, until it is
    won after all. A refund that is still to be made, and for which a dispute or another refund
    leaves nothing, is given up.
    """
    matching = _Matching(_with_overturned(_with_fees(MatchedRefunds.kept(order), payment), payment))
    # Those that are known first: what is with the buyer must not make room for another one.
    for refund in sorted(payment.refunds, key=lambda made: not matching.knows(made)):
        matching.take(refund)
    # What a dispute took is decided once, even if it was nothing: a refund may fail later.
    decided = {dispute.id for dispute in order.settlement.disputes if dispute.lost}
    for dispute in payment.disputes:
        if dispute.lost and dispute.id not in decided:
            matching.lose(dispute)
    matching.take_together()
    unmatched = tuple(refund.id for refund in matching.left)
    return evolve(_with_fees(matching.matched, payment), unmatched=unmatched)


def _with_fees(matched: MatchedRefunds, payment: "Payment") -> MatchedRefunds:
    """The same with the fees that went back to the seller, by the names of their refunds."""
    names = {made.name for made in payment.fee_returns if made.name}
    refunds = tuple(
        evolve(refund, fee_back=True) if fee_name(matched.order, refund) in names else refund
        for refund in matched.refunds
    )
    return evolve(matched, refunds=refunds)


def _with_overturned(matched: MatchedRefunds, payment: "Payment") -> MatchedRefunds:
    """The same with the disputes that were lost when they were kept last, and were won since."""
    lost = {dispute.id for dispute in matched.order.settlement.disputes if dispute.lost}
    won = (dispute.id for dispute in payment.disputes if dispute.id in lost and not dispute.lost)
    overturned = dict.fromkeys((*matched.overturned, *won))
    return evolve(matched, overturned=tuple(overturned))


def _with_loss(matched: MatchedRefunds, dispute: Dispute) -> MatchedRefunds:
    """The same with what a dispute took of each line."""
    lines, step = matched.order.lines, step_of(dispute.amount.currency).minor
    room = {line.number: matched.room_of(line).minor // step for line in lines}
    prices = {line.number: line.price.minor for line in lines}
    taken = spread(dispute.amount.minor // step, prices, room)
    for line in lines:
        if taken[line.number]:
            amount = Money(taken[line.number] * step, dispute.amount.currency)
            matched = matched.with_room(line, amount)
            part = next_part(line.price, line.fee, matched.promised_of(line), amount)
            loss = LineLoss(dispute.id, line.number, part.amount, part.fee)
            matched = evolve(matched, losses=(*matched.losses, loss))
    return matched


@define
class _Matching:
    """A match that is being made; `left` are the refunds that were of no line so far."""

    matched: MatchedRefunds
    left: tuple[ChargeRefund, ...] = ()

    def knows(self, made: ChargeRefund) -> bool:
        """Whether a refund is of a line already."""
        return any(is_of(refund, made) for refund in self.matched.refunds)

    def take(self, made: ChargeRefund) -> None:
        """Find the line of one refund."""
        known = [refund for refund in self.matched.refunds if is_of(refund, made)]
        if any(_is_second(refund, made) for refund in known):
            self.left = (*self.left, made)
        elif known:
            for refund in known:
                self.matched = self.matched.replacing(refund, refund.followed(made))
        elif made.line is not None:
            self._take_own(made)
        elif not made.undone:
            self._take_other(made)

    def lose(self, dispute: Dispute) -> None:
        """Spread what a lost dispute took; what was of no line may be all that is left now."""
        self.matched = _with_loss(self.matched, dispute)
        left, self.left = self.left, ()
        for made in left:
            self.take(made)

    def take_together(self) -> None:
        """Take what is of no line where all of it gives back all that is left: one line by one."""
        order, currency = self.matched.order, self.matched.order.currency
        step = step_of(currency).minor
        if any(made.line is not None or made.amount.minor % step for made in self.left):
            return
        room = Money.total((self.matched.room_of(line) for line in order.lines), currency)
        if room != Money.total((made.amount for made in self.left), currency):
            return
        for made in self.left:
            left = made.amount
            for line in order.lines:
                part = min(left, self.matched.room_of(line))
                self._add(line, part, made)
                left -= part
        self.left = ()

    def _take_other(self, made: ChargeRefund) -> None:
        """Take a refund that somebody made at the provider."""
        lines = self.matched.order.lines
        for known in (self.matched.left_of, self.matched.room_of):
            rest = {line.number: known(line) for line in lines}
            if made.amount == Money.total(rest.values(), made.amount.currency):
                for line in lines:
                    self._add(line, rest[line.number], made)
                return
        if len(lines) == 1 and _fits(made.amount, self.matched.room_of(lines[0])):
            self._add(lines[0], made.amount, made)
        else:
            self.left = (*self.left, made)

    def _take_own(self, made: ChargeRefund) -> None:
        """Take a refund that Koda made and does not know any more."""
        keys = {refund.key for refund in self.matched.refunds}
        for line in self.matched.order.lines:
            unknown = (line.number, made.number, False) not in keys
            room = self.matched.left_of(line) if made.undone else self.matched.room_of(line)
            if line.number == made.line and unknown and _fits(made.amount, room):
                matched = self.matched.with_room(line, made.amount)
                refund = evolve(matched.next_of(line, made.amount), number=made.number)
                self.matched = matched.with_one(refund.followed(made))
                return
        if not made.undone:
            self.left = (*self.left, made)

    def _add(self, line: OrderLine, amount: Money, made: ChargeRefund) -> None:
        if amount.minor:
            matched = self.matched.with_room(line, amount)
            refund = matched.next_elsewhere(line, amount)
            self.matched = matched.with_one(refund.followed(made))


def fee_name(order: "Order", refund: LineRefund) -> str | None:
    """What the fee of a refund is given back under, if Koda makes it."""
    return None if refund.elsewhere else fee_name_of(order.id, part_of(refund.line, refund.number))


def _fits(amount: Money, room: Money) -> bool:
    return amount <= room and not amount.minor % step_of(amount.currency).minor


def is_of(refund: LineRefund, made: ChargeRefund) -> bool:
    """Whether `made` is a try of `refund`, or a refund elsewhere that is known as it."""
    if made.line is None:
        return refund.refund_id == made.id
    own = not refund.elsewhere and refund.amount == made.amount
    return own and refund.key == (made.line, made.number, False)


def _is_second(refund: LineRefund, made: ChargeRefund) -> bool:
    """Whether another refund of the same is with the buyer already."""
    return refund.given and not made.undone and refund.refund_id != made.id


def part_of_line(back: LineRefund | LineLoss) -> RefundPart:
    """What of its line a refund gives back, or a dispute took."""
    return RefundPart(back.amount, back.fee)
