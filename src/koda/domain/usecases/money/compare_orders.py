"""Comparing what the books have of orders with what the orders' own records say."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.entries import Cause, Entry
from koda.domain.model.books.order_balances import order_differences, unknown_differences
from koda.domain.model.books.order_differences import OrderDifference
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.identifiers import OrderId
from koda.domain.model.orders import Order
from koda.domain.model.paging import in_pages
from koda.domain.model.periods import Period
from koda.domain.model.purchases import purchase_id_of
from koda.domain.usecases.money.view_statement import every_entry
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.purchases import Purchases

AT_ONCE = 100
"""Orders that are read at once."""


@frozen
class OrderLook:
    """About what the books and an order differed when somebody looked.

    `revision` is the order's, nothing if there is none, and `changed_at` (UTC) when its newest
    entry occurred, or a dispute of it came into its state.
    """

    order_id: OrderId
    revision: int | None
    changed_at: datetime
    differences: tuple[OrderDifference, ...]

    @classmethod
    def of(
        cls, order: Order, never_sold: Collection[int], entries: Collection[Entry]
    ) -> "OrderLook":
        """What is seen of an order and all its entries, of which there are some."""
        changes = (*map(_occurred_at, entries), *(step.at for step in order.dispute_steps))
        different = order_differences(order, never_sold, entries)
        return cls(order.id, order.revision, max(changes), different)

    @classmethod
    def of_nothing(cls, order_id: OrderId, entries: Collection[Entry]) -> "OrderLook":
        """What is seen of the entries of an order that does not exist."""
        changed_at = max(map(_occurred_at, entries))
        return cls(order_id, None, changed_at, unknown_differences(order_id, entries))


@frozen(eq=False, repr=False)
class CompareOrders:
    """Compares all that the journal has of an order with the order's record, as it is now.

    Whoever records a payment books a part before the order is saved, and the rest after it. So an
    order may differ that is being recorded. What differs is looked at `again`: if it differs in the
    same, of the same revision and with the same entries, nobody was at it in between.

    A look takes one call to the journal for an order, one more for each further 500 of its
    entries, and one to the orders for a hundred of them; one to the purchases for an order that has
    doubles. In memory are the ids of the orders, and those that differ.
    """

    journal: Journal
    orders: Orders
    purchases: Purchases

    def __call__(self, period: Period) -> tuple[OrderLook, ...]:
        """Look at the orders that have an entry in a period; return those that differ.

        Raises:
            CorruptRecord: an entry, an order or a purchase cannot be read.
            Unavailable: a store is down.
        """
        entries = every_entry(self.journal, EntryQuery().between(period.since, period.until))
        return self._differing({entry.order_id for entry in entries if entry.order_id is not None})

    def again(self, looks: Iterable[OrderLook]) -> tuple[OrderLook, ...]:
        """Look at those once more; return those that differ now, and raise as the call does."""
        return self._differing({look.order_id for look in looks})

    def agree(self, order: Order) -> bool:
        """Whether the books have the charge of a paid order, and differ from it in no account.

        Raises:
            CorruptRecord: an entry or a purchase cannot be read.
            Unavailable: a store is down.
        """
        entries = self._entries(order.id)
        charged = any(entry.cause is Cause.CHARGE for entry in entries)
        return charged and not order_differences(order, self._never_sold(order), entries)

    def _entries(self, order_id: OrderId) -> tuple[Entry, ...]:
        return tuple(every_entry(self.journal, EntryQuery.of_order(order_id)))

    def _differing(self, order_ids: Collection[OrderId]) -> tuple[OrderLook, ...]:
        """Those of the orders that differ, latest changed first."""
        looks = (
            look
            for page in in_pages(sorted(order_ids), AT_ONCE)
            for look in self._looks(page)
            if look.differences
        )
        return tuple(sorted(looks, key=lambda look: look.changed_at, reverse=True))

    def _looks(self, order_ids: Collection[OrderId]) -> Iterator[OrderLook]:
        orders = self.orders.some(order_ids)
        for order_id in order_ids:
            order = orders.get(order_id)
            entries = self._entries(order_id)
            if order is None:
                yield OrderLook.of_nothing(order_id, entries)
            else:
                yield OrderLook.of(order, self._never_sold(order), entries)

    def _never_sold(self, order: Order) -> Collection[int]:
        """The lines that were no sale from the first; some of the doubles were one."""
        numbers = {purchase_id_of(order.id, number): number for number in order.doubles}
        purchases = self.purchases.some(numbers) if numbers else {}
        sold = {numbers[name] for name, bought in purchases.items() if not bought.never_sold}
        return order.settlement.unsold - sold


def _occurred_at(entry: Entry) -> datetime:
    return entry.occurred_at
