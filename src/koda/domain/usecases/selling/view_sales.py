"""Looking at what was sold."""

from collections.abc import Iterable, Mapping

from attrs import frozen

from koda.domain.model.errors import Conflict
from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.purchases import Purchase, PurchaseState, SalesDay
from koda.domain.model.refundable import Refundable
from koda.ports.orders import Orders
from koda.ports.purchases import Purchases


@frozen
class Sales:
    """A page of sold items, the days with sales, and the sums of those days.

    Money that went back counts in neither; a page shows such items with what went back.
    """

    page: ListPage[Purchase]
    days: tuple[SalesDay, ...]
    count: int
    gross: Money
    fee: Money
    net: Money


@frozen(eq=False, repr=False)
class ViewSales:
    """Shows a seller what was sold, for how much, and what was theirs of it."""

    purchases: Purchases
    orders: Orders
    policy: Policy

    def __call__(
        self, principal: Principal, cursor: str | None = None, limit: int | None = None
    ) -> Sales:
        """Return a page of `principal`'s sales with all days, in the marketplace's currency.

        Raises:
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        scope = f"sold:{principal.user_id}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.purchases.of_seller(principal.user_id, self.policy.limit(limit), after)
        currency = self.policy.currency
        everything = self.purchases.sales_by_day(principal.user_id)
        days = tuple(day for day in everything if day.gross.currency == currency)
        gross = Money.total((day.gross for day in days), currency)
        fee = Money.total((day.fee for day in days), currency)
        count = sum(day.count for day in days)
        return Sales(page.in_list(scope), days, count, gross, fee, gross - fee)

    def obstacles(self, sold: Iterable[Purchase]) -> Mapping[PurchaseId, Conflict | None]:
        """Return why each of `sold` that is not over may not be refunded, if so; one read.

        As far as is known here. One whose order cannot be read is left out.
        """
        active = [sale for sale in sold if sale.state is PurchaseState.ACTIVE]
        orders = self.orders.some({sale.order_id for sale in active}) if active else {}
        return {
            sale.id: Refundable.known(orders[sale.order_id]).obstacle(
                orders[sale.order_id].line(sale.line)
            )
            for sale in active
            if sale.order_id in orders
        }
