"""Looking at what was refunded."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from operator import attrgetter

from attrs import frozen

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import PROVIDER
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.people import Person, Principal
from koda.domain.model.periods import Period
from koda.domain.model.refund_causes import RefundCause, cause_of
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.roles import Permission
from koda.domain.model.settlements import LineRefund
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_statement import every_entry
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.people import People

_CAUSES: Mapping[Cause, RefundCause] = {
    Cause.REFUND: RefundCause.DECIDED,
    Cause.DOUBLE_REFUNDED: RefundCause.PAID_TWICE,
    Cause.REFUND_UNMATCHED: RefundCause.ELSEWHERE,
}
"""The entries of refunds, and why each was made where its order does not tell."""


@frozen
class BookedRefund:
    """A try to give money back to a buyer at a time (UTC); it did not arrive if it `failed_at` one.

    `refund_id` is the provider's. `cause` is why it was made, and `decision` is that of a person,
    if one is known. One that is `unassigned` belongs to no line, until somebody says to which.
    """

    at: datetime
    order_id: OrderId
    line: int | None
    seller_id: UserId | None
    amount: Money
    refund_id: str | None
    failed_at: datetime | None
    cause: RefundCause
    decision: RefundDecision | None
    unassigned: bool

    @property
    def failed(self) -> bool:
        """Whether the money stayed with the marketplace, or came back to it."""
        return self.failed_at is not None

    @property
    def arrived(self) -> Money:
        """What the buyer has of it."""
        return Money.zero(self.amount.currency) if self.failed else self.amount


def arrived_in_all(refunds: Sequence[BookedRefund]) -> list[Money]:
    """Return what buyers have of some refunds, one amount a currency, sorted by it."""
    totals: dict[str, Money] = {}
    for refund in refunds:
        currency = refund.amount.currency
        totals[currency] = totals.get(currency, Money.zero(currency)) + refund.arrived
    return [totals[currency] for currency in sorted(totals)]


@frozen(eq=False, repr=False)
class ViewRefunds:
    """Shows what was refunded in a period: when, of which order, by whom, why, under which id."""

    journal: Journal
    orders: Orders
    people: People
    authorize: Authorize

    def __call__(self, principal: Principal, period: Period) -> Iterator[BookedRefund]:
        """Yield the refunds of a period, oldest first; one read of an order each.

        One that failed since is known by an entry of its own, maybe after the period.

        Raises:
            Forbidden: `principal` may not read other people's payments.
        """
        self.authorize(principal, Permission.READ_MONEY)
        lists = [
            every_entry(
                self.journal, EntryQuery.of_cause(cause).between(period.since, period.until)
            )
            for cause in _CAUSES
        ]
        undone = EntryQuery.of_cause(Cause.REFUND_FAILED).between(period.since, None)
        failed = {entry.reference: entry.occurred_at for entry in every_entry(self.journal, undone)}
        return (
            self._refund(entry, entry.order_id, failed.get(entry.reference))
            for entry in merge(*lists, key=attrgetter("occurred_at", "key"))
            if entry.order_id is not None and entry.change_of(PROVIDER)
        )

    def deciders(self, refunds: Iterable[BookedRefund]) -> Mapping[UserId, Person]:
        """Return what is known of who decided on some refunds, by id; one read."""
        return self.people.some({refund.decision.by for refund in refunds if refund.decision})

    def _refund(self, entry: Entry, order_id: OrderId, failed_at: datetime | None) -> BookedRefund:
        order = self.orders.get(order_id)
        known = _parts(order, entry)
        # What was made at the provider is booked before it is known of which line it is.
        line = entry.line or (known[0].line if len(known) == 1 else None)
        return BookedRefund(
            entry.occurred_at,
            order_id,
            line,
            entry.seller_id or (order.line(line).seller_id if line else None),
            Money(abs(entry.change_of(PROVIDER)), entry.currency),
            entry.reference,
            failed_at,
            cause_of(known[0], order.settlement) if known else _CAUSES[entry.cause],
            known[0].decision if known else None,
            entry.reference in order.settlement.unmatched,
        )


def _parts(order: Order, entry: Entry) -> Sequence[LineRefund]:
    """The refunds of lines that an entry is of: an earlier try has no place in the order."""
    refunds = order.settlement.refunds
    known = [part for part in refunds if part.refund_id == entry.reference]
    minor = abs(entry.change_of(PROVIDER))
    return known or [
        part
        for part in refunds
        if part.line == entry.line and part.amount.minor == minor and not part.elsewhere
    ]
