"""Comparing what the books have of an order with what its own record says."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import frozen

from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.balances import turnover
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.making import LOSSES, Change
from koda.domain.model.books.order_differences import OrderDifference
from koda.domain.model.disputes import Dispute
from koda.domain.model.identifiers import OrderId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.refund_matching import part_of_line

_COMPARED = frozenset(AccountKind) - {
    AccountKind.PROVIDER,
    AccountKind.PROVIDER_FEES,
    AccountKind.BANK,
}
"""The kinds of accounts of which an order's record says what they have of it."""
_DISPUTED = Account(AccountKind.DISPUTED)
_BUYERS = Account(AccountKind.BUYERS)


def order_differences(
    order: Order, never_sold: Collection[int], entries: Iterable[Entry]
) -> tuple[OrderDifference, ...]:
    """About what all `entries` of an order and its record differ, sorted by account and currency.

    `never_sold` are the numbers of the lines that were no sale from the first. Refunds of no line
    are left out: the record does not know their amounts. What sellers are due is left out while
    there is one, or a refund is under way: it changes with each step of it.
    """
    unmatched = order.settlement.unmatched
    booked = _booked(entry for entry in entries if entry.reference not in unmatched)
    recorded = {
        (account, order.currency): minor
        for account, minor in recorded_balances(order, never_sold).items()
    }
    kinds = _COMPARED - {AccountKind.PAYABLE} if order.settlement.due or unmatched else _COMPARED
    return tuple(
        OrderDifference(order.id, account, currency, ours, theirs)
        for account, currency in sorted(booked.keys() | recorded.keys())
        for ours in [booked.get((account, currency), 0)]
        for theirs in [recorded.get((account, currency), 0)]
        if account.kind in kinds and ours != theirs
    )


def unknown_differences(order_id: OrderId, entries: Iterable[Entry]) -> tuple[OrderDifference, ...]:
    """What `entries` leave in each account of an order that does not exist."""
    return tuple(
        OrderDifference(order_id, account, currency, minor, None)
        for (account, currency), minor in _booked(entries).items()
        if account.kind in _COMPARED and minor
    )


def _booked(entries: Iterable[Entry]) -> Mapping[tuple[Account, str], int]:
    return {(left.account, left.currency): left.minor for left in turnover(entries)}


def recorded_balances(order: Order, never_sold: Collection[int]) -> Mapping[Account, int]:
    """What each account has of an order by its record, in signed minor units, debits positive.

    What sellers are due is as it is once all refunds are done.
    """
    left: Counter[Account] = Counter()
    if order.state is OrderState.PAID:
        for account, minor in _Record(order, never_sold).changes():
            left[account] += minor
    return left


@frozen
class _Record:
    """The record of a paid order."""

    order: Order
    never_sold: Collection[int]

    def changes(self) -> Iterator[Change]:
        """Everything that an account has of it."""
        for share in self.order.settlement.held:
            yield Account(AccountKind.HELD, share.seller_id), -share.net.minor
        for owed in self.order.settlement.owed:
            yield Account(AccountKind.DEBTS, owed.seller_id), owed.amount.minor
        for line in self.order.lines:
            yield from self._left_of(line)
        for dispute in self.order.settlement.disputes:
            yield from self._taken_by(dispute)
        yield LOSSES, sum(self._losses())

    @property
    def _direct(self) -> bool:
        """Whether the charge paid its seller itself, also for what was no sale."""
        return self.order.destination is not None

    def _left_of(self, line: OrderLine) -> Iterator[Change]:
        """What of a line did not go back, and may never do so.

        Whoever was paid for what was no sale has it in advance. What became a double since is due
        to its seller no more, unless they have it.
        """
        payable = Account(AccountKind.PAYABLE, line.seller_id)
        back = self.order.settlement.returned(line.number, self.order.currency)
        net = line.net.minor - back.net.minor
        if line.number in self.never_sold:
            yield _BUYERS, back.amount.minor - line.price.minor
            yield payable, net if self._direct else 0
        else:
            is_double = line.number in self.order.settlement.doubles
            yield Account(AccountKind.REVENUE, line.seller_id), back.fee.minor - line.fee.minor
            yield payable, -net if is_double and not self._direct else 0

    def _taken_by(self, dispute: Dispute) -> Iterator[Change]:
        """What an open dispute has, and what a lost one took that is of no line."""
        if dispute.open:
            yield _DISPUTED, dispute.amount.minor
        if dispute.lost:
            losses = self.order.settlement.lasting_losses
            of_lines = sum(loss.amount.minor for loss in losses if loss.dispute_id == dispute.id)
            yield LOSSES, dispute.amount.minor - of_lines

    def _losses(self) -> Iterator[int]:
        """What the marketplace bears in the sellers' place."""
        for made in self.order.settlement.written_off:
            yield made.left.minor
        for refund in self.order.settlement.refunds:
            if refund.arrived and self._direct and not refund.came_back:
                covered = refund.covered.minor if refund.covered else 0
                yield part_of_line(refund).net.minor - covered
