"""The marketplace's books beside the payment provider's ledger, and beside the orders."""

from collections.abc import Sequence

from attrs import frozen
from flask import Blueprint
from flask.typing import ResponseReturnValue

from koda.domain.model.books.checking import BooksCheck
from koda.domain.model.errors import InvalidValue
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.money.check_books import CheckBooks
from koda.entrypoints.web.asked_days import AskedDays
from koda.entrypoints.web.book_words import ACCOUNTS, DIFFERENCES, SUBJECTS
from koda.entrypoints.web.errors import Fault
from koda.entrypoints.web.forms import Refusal
from koda.entrypoints.web.language import language
from koda.entrypoints.web.rendering import Renderer
from koda.entrypoints.web.visitors import Visitors
from koda.ports.clock import Clock

MOST_DAYS = 31
"""Days that are compared at once: whoever waits, waits for all that the provider tells of them."""


@frozen
class BooksCheckPages:
    """Whether the books agree with the provider and the orders, of the days that are asked for."""

    render: Renderer
    visitors: Visitors
    authorize: Authorize
    check: CheckBooks
    clock: Clock

    def route(self, blueprint: Blueprint) -> None:
        """Add the routes."""
        blueprint.add_url_rule("/admin/books/check", "books_check", self.checked)

    def checked(self) -> ResponseReturnValue:
        """Ask for the days; then show what one side has and another has not."""
        self.authorize(self.visitors.required(), Permission.READ_MONEY)
        now, asked = self.clock(), AskedDays.of_request()
        if not asked.some:
            return self._page(asked.or_else(now.date().replace(day=1), now.date()))
        try:
            return self._page(asked, self.check(asked.period(now).at_most(MOST_DAYS)))
        except InvalidValue as error:
            refusal = Refusal.of(error)
            return self._page(asked, errors=refusal.faults), refusal.status

    def _page(
        self, asked: AskedDays, checked: BooksCheck | None = None, errors: Sequence[Fault] = ()
    ) -> str:
        return self.render(
            "books_check",
            checked=checked,
            differences=[
                (
                    language().text(SUBJECTS[difference.subject.kind]),
                    language().text(DIFFERENCES[difference.code]),
                    language().say(difference.what_to_do),
                    difference,
                )
                for difference in (checked.differences if checked else ())
            ],
            orders=[
                (
                    language().text(ACCOUNTS[difference.account.kind]),
                    language().say(difference.what_to_do),
                    difference,
                )
                for difference in (checked.orders if checked else ())
            ],
            form=asked.typed,
            errors=errors,
            here="admin",
        )
