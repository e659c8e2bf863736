"""Statements of sellers: everybody's for those who look after money, and one's own."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from attrs import frozen
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from koda.domain.model.books.statements import Statement, StatementLine
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.periods import Period
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_statement import ViewStatement
from koda.entrypoints.statement_csv import as_csv
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.book_words import CAUSES
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.language import language
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.ports.clock import Clock

MOST_LINES = 200
"""Lines of a statement that its page shows, the latest; the file has all."""
_QUARTERS = 4
"""How many quarters the page offers."""


@frozen
class Quarter:
    """Three months of a year; `number` counts from 1."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter that a day is in."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return Quarter.of(self.first + timedelta(days=100)).first - timedelta(days=1)

    @property
    def days(self) -> Mapping[str, str]:
        """What asks for its days in an address."""
        return {"from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def before(self) -> "Quarter":
        """The one before it."""
        return Quarter.of(self.first - timedelta(days=1))


def latest_quarters(today: date) -> Sequence[Quarter]:
    """Return the quarter of a day and those before it, latest first."""
    quarters = [Quarter.of(today)]
    while len(quarters) < _QUARTERS:
        quarters.append(quarters[-1].before)
    return quarters


@frozen
class StatementPages:
    """What sellers sold, got and are due in some days, as a page and as CSV."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewStatement
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/sales/statement", "own_statement", self.own)
        blueprint.add_url_rule("/sales/statement.csv", "own_statement_file", self.own_file)
        blueprint.add_url_rule("/admin/statements", "statement", self.of_seller)
        blueprint.add_url_rule("/admin/statements.csv", "statement_file", self.file_of_seller)

    def own(self) -> ResponseReturnValue:
        """Show the visitor's own; of the quarter that is not over, unless other days are asked."""
        return self._page(self.visitors.required().user_id, own=True)

    def own_file(self) -> ResponseReturnValue:
        """Send the same as a file."""
        return self._file(self.visitors.required().user_id, own=True)

    def of_seller(self) -> ResponseReturnValue:
        """Ask for a seller's id, and show their statement."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        return self._page(_asked_seller(), own=False)

    def file_of_seller(self) -> ResponseReturnValue:
        """Send the same as a file."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        return self._file(_asked_seller(), own=False)

    def _days(self) -> AskedDays:
        today = self.clock().date()
        return AskedDays.of_request().or_else(Quarter.of(today).first, today)

    def _page(self, seller_id: UserId, *, own: bool) -> ResponseReturnValue:
        days = self._days()
        whose: dict[str, Any] = {} if own else {"seller": seller_id}
        shown: dict[str, Any] = {
            "form": {**days.typed, **whose},
            "own": own,
            "asked": {**whose, **days.query},
            "quarters": [
                (quarter, {**whose, **quarter.days})
                for quarter in latest_quarters(self.clock().date())
            ],
            "here": "sales" if own else "admin",
        }
        try:
            period = days.period(self.clock())
            statements = self._view(seller_id, period, own=own) if seller_id else ()
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self.render("statement", told=(), errors=refusal.faults, **shown), refusal.status
        told = [_told(statement, days) for statement in statements]
        return self.render("statement", told=told, errors=(), **shown)

    def _view(self, seller_id: UserId, period: Period, *, own: bool) -> Sequence[Statement]:
        """Somebody's own, also before they sold anything, or that of somebody who did."""
        return (self.view if own else self.view.of_seller)(seller_id, period)

    def _file(self, seller_id: UserId, *, own: bool) -> Response:
        days = self._days()
        content = as_csv(self._view(seller_id, days.period(self.clock()), own=own))
        name = f"statement-{days.typed['from']}-{days.typed['to']}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, mimetype="text/csv", headers=headers)


def _asked_seller() -> UserId:
    return UserId(request.args.get("seller", "").strip())


def _told(statement: Statement, days: AskedDays) -> Mapping[str, Any]:
    """A statement with its latest lines, each with its day in the zone and what it is called."""
    latest = latest_lines(statement)
    return {
        "statement": statement,
        "left_out": len(statement.lines) - len(latest),
        "lines": [
            (
                line.entry.occurred_at.astimezone(days.zone),
                language().text(CAUSES[line.entry.cause]),
                line,
            )
            for line in latest
        ],
    }


def latest_lines(statement: Statement, most: int = MOST_LINES) -> Sequence[StatementLine]:
    """Return at most so many lines of a statement, latest first."""
    return statement.lines[: -most - 1 : -1]
