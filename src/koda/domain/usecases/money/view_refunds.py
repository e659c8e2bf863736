"""Looking at what was refunded."""

from collections.abc import Iterator
from datetime import datetime
from heapq import merge
from operator import attrgetter

from attrs import frozen

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.making import PROVIDER
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_statement import every_entry
from koda.ports.journal import Journal
from koda.ports.orders import Orders

_CAUSES = (
    Cause.REFUND,
    Cause.DOUBLE_REFUNDED,
    Cause.REFUND_UNMATCHED,
    Cause.REFUND_FAILED,
)


@frozen
class BookedRefund:
    """Money that went back to a buyer at a time (UTC), or did not arrive (`failed`).

    `refund_id` is the provider's. `decision` is that of a person, if one is known. One that is
    `unassigned` belongs to no line, until somebody says to which.
    """

    at: datetime
    order_id: OrderId
    line: int | None
    seller_id: UserId | None
    amount: Money
    refund_id: str | None
    failed: bool
    decision: RefundDecision | None
    unassigned: bool


@frozen(eq=False, repr=False)
class ViewRefunds:
    """Shows what was refunded in a period: when, of which order, by whom, why, under which id."""

    journal: Journal
    orders: Orders
    authorize: Authorize

    def __call__(self, principal: Principal, period: Period) -> Iterator[BookedRefund]:
        """Yield the refunds of a period, oldest first; one read of an order each.

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
        return (
            self._refund(entry, entry.order_id)
            for entry in merge(*lists, key=attrgetter("occurred_at", "key"))
            if entry.order_id is not None and entry.change_of(PROVIDER)
        )

    def _refund(self, entry: Entry, order_id: OrderId) -> BookedRefund:
        order = self.orders.get(order_id)
        known = [part for part in order.settlement.refunds if part.refund_id == entry.reference]
        # What was made at the provider is booked before it is known of which line it is.
        line = entry.line or (known[0].line if len(known) == 1 else None)
        return BookedRefund(
            entry.occurred_at,
            order_id,
            line,
            entry.seller_id or (order.line(line).seller_id if line else None),
            Money(abs(entry.change_of(PROVIDER)), entry.currency),
            entry.reference,
            entry.cause is Cause.REFUND_FAILED,
            known[0].decision if known else None,
            entry.reference in order.settlement.unmatched,
        )
