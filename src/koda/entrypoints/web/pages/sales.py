"""What a seller sold."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.identifiers import PurchaseId
from koda.domain.model.money import Money
from koda.domain.model.purchases import SalesDay
from koda.domain.usecases.money.view_requested_refunds import ViewRequestedRefunds
from koda.domain.usecases.selling.view_held_sales import ViewHeldSales
from koda.domain.usecases.selling.view_sales import Sales, ViewSales
from koda.entrypoints.web.charts import Chart, stack
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import asked_cursor, paging
from koda.entrypoints.web.pages.held_sales import why_held
from koda.entrypoints.web.pages.refund_obstacles import Barred, barred
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.cursors import Cursors

MOST_DAYS = 21
MOST_MONTHS = 12


@frozen
class Period:
    """A day or a month with what was sold in it; fee + net = gross."""

    label: str
    count: int
    gross: Money
    fee: Money

    @property
    def net(self) -> Money:
        """What is the seller's."""
        return self.gross - self.fee


@frozen
class SalesPages:
    """Every sale, the sums and their course over time, what is held, and what buyers ask for."""

    render: Renderer
    visitors: Visitors
    cursors: Cursors
    view: ViewSales
    view_held: ViewHeldSales
    view_requested: ViewRequestedRefunds

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sales", "sales", self.sales)

    def sales(self) -> ResponseReturnValue:
        """Show a page of sales, newest first, under the sums and the chart.

        What is held or owed, and that buyers ask for refunds, stands above the first page.
        """
        cursor = asked_cursor(self.cursors)
        seller = self.visitors.required()
        sales, held = self.view(seller, cursor), () if cursor else self.view_held(seller)
        requests = () if cursor else self.view_requested.of_seller(seller)
        periods = periods_of(sales.days)
        return self.render(
            "sales",
            sales=sales,
            refundable=self._refundable(sales),
            held=[(sale, why_held(sale.reason)) for sale in held],
            owed=() if cursor else self.view_held.owed(seller),
            requests=len(requests),
            overdue=sum(waiting.overdue for waiting in requests),
            periods=periods,
            chart=drawn(periods, sales.gross.currency),
            **paging("sales", self.cursors, sales.page.next_cursor),
            here="sales",
        )

    def _refundable(self, sales: Sales) -> dict[PurchaseId, Barred | None]:
        """Which sales on the page the seller may refund, or why not."""
        obstacles = self.view.obstacles(sales.page.items)
        return {
            sale: barred(obstacle, assigns=False) if obstacle else None
            for sale, obstacle in obstacles.items()
        }


def drawn(periods: Sequence[Period], currency: str) -> Chart:
    """Lay the periods out as bars."""
    return stack(
        [(period.label, period.net.minor, period.fee.minor) for period in periods], currency
    )


def periods_of(days: Sequence[SalesDay]) -> list[Period]:
    """Return the days between the first and the last sale, or the months if those are many.

    Days and months without a sale are there, too; of months only the latest `MOST_MONTHS`.
    """
    if not days:
        return []
    if (days[-1].day - days[0].day).days < MOST_DAYS:
        return list(_daily(days))
    return list(_monthly(days))[-MOST_MONTHS:]


def _daily(days: Sequence[SalesDay]) -> Iterator[Period]:
    sold = {sales.day: sales for sales in days}
    day, nothing = days[0].day, Money.zero(days[0].gross.currency)
    while day <= days[-1].day:
        total = sold.get(day)
        label = language().formats.day_of_month(day)
        yield (
            Period(label, total.count, total.gross, total.fee)
            if total
            else Period(label, 0, nothing, nothing)
        )
        day += timedelta(days=1)


def _monthly(days: Sequence[SalesDay]) -> Iterator[Period]:
    sold = {month: list(some) for month, some in groupby(days, lambda day: day.day.replace(day=1))}
    currency, month = days[0].gross.currency, days[0].day.replace(day=1)
    while month <= days[-1].day:
        some = sold.get(month, [])
        gross = Money.total((day.gross for day in some), currency)
        fee = Money.total((day.fee for day in some), currency)
        yield Period(language().formats.month(month), sum(day.count for day in some), gross, fee)
        month = _next_month(month)


def _next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
