"""The marketplace's books."""

from collections.abc import Iterator, Sequence

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.books.balances import KindBalance, by_kind
from koda.domain.model.books.statements import Revenue
from koda.domain.model.errors import InvalidValue
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.view_books import Books, ViewBooks
from koda.domain.usecases.money.view_revenue import ViewRevenue
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.book_words import ACCOUNTS, CAUSES
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.language import language
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.ports.clock import Clock


@frozen
class BooksPages:
    """The revenue of some days, and the trial balance at their end."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    view: ViewBooks
    view_revenue: ViewRevenue
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/books", "books", self.books)

    def books(self) -> ResponseReturnValue:
        """Show them; of the month that is not over, unless other days are asked for."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        now = self.clock()
        days = AskedDays.of_request().or_else(now.date().replace(day=1), now.date())
        try:
            period = days.period(now)
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(days, errors=refusal.faults), refusal.status
        books = self.view(min(period.until, now))
        revenues = self.view_revenue(period)
        return self._page(days, books, revenues=revenues, losses=list(_lost(revenues)))

    def _page(
        self,
        days: AskedDays,
        books: Books | None = None,
        errors: Sequence[Fault] = (),
        **shown: object,
    ) -> str:
        return self.render(
            "books",
            books=books,
            balances=list(_named(by_kind(books.balances))) if books else [],
            form=days.typed,
            errors=errors,
            days=days.query,
            **shown,
            here="admin",
        )


def _named(balances: Sequence[KindBalance]) -> Iterator[tuple[str, KindBalance]]:
    """The balances, each with what the visitor's language calls the accounts."""
    for balance in balances:
        yield language().text(ACCOUNTS[balance.kind]), balance


def _lost(revenues: Sequence[Revenue]) -> Iterator[tuple[str, int, str]]:
    """What made the losses in the visitor's language, how much of them, and in which currency."""
    for told in revenues:
        for cause, minor in told.lost.items():
            yield language().text(CAUSES[cause]), minor, told.currency
