"""The books and statements of sellers, as pages and as CSV."""

import csv
import re
from datetime import UTC, date
from io import StringIO

import pytest

from koda.domain.model.books.accounts import AccountKind
from koda.domain.model.books.entries import Cause
from koda.domain.model.people import Principal
from koda.domain.model.periods import EARLIEST, Period
from koda.domain.model.roles import Role
from koda.entrypoints.web.book_words import ACCOUNTS, CAUSES
from koda.entrypoints.web.pages.statements import Quarter, latest_lines, latest_quarters
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of

MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def support(site: Site, market: Marketplace) -> Browser:
    """The browser of Sue, who answers the mail."""
    return site.browser(market.person("sue", Role.SUPPORT))


@pytest.fixture
def sold(market: Marketplace, seller: Principal, buyer: Principal) -> str:
    """The id of an order of 20 euros, with a fee of 3, that Ada was paid on 1 March 2026."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    market.pass_time(days=1)
    return order.id


def test_the_books_show_revenue_and_trial_balance(support: Browser, sold: str) -> None:
    """Of the month that is not over, unless other days are asked for."""
    page = support.get("/admin/books")
    later = support.get("/admin/books?from=2026-03-02&to=2026-03-02&zone=Europe/Berlin")
    said = text_of(page)

    assert 'value="2026-03-01"' in page.text
    assert "EUR €3.00 €0.00 €0.00 €0.00 €3.00" in said
    assert "Balance at the payment provider €20.00 €17.00 €3.00" in said
    assert f"Fees of the marketplace €0.00 €3.00 {MINUS}€3.00" in said
    assert "Debits and credits are equal." in said
    assert "EUR €0.00 €0.00 €0.00 €0.00 €0.00" in text_of(later)


def test_books_of_no_sale_say_so(support: Browser) -> None:
    """Nothing is wrong with that."""
    assert "Nothing was sold so far." in text_of(support.get("/admin/books"))


@pytest.mark.parametrize("path", ["/admin/books", "/admin/statements", "/sales/statement"])
def test_days_that_cannot_be_read_are_told(support: Browser, path: str) -> None:
    """Beside the field; nothing else is shown."""
    page = support.get(f"{path}?from=someday")

    assert (page.status_code, "First day must be a day" in text_of(page)) == (422, True)


def test_a_seller_reads_their_statement_and_takes_it_along(
    site: Site, seller: Principal, sold: str
) -> None:
    """Entry by entry, latest first; a quarter as CSV."""
    browser = site.browser(seller)

    page = browser.get("/sales/statement")
    said = text_of(page)
    address = re.findall(r'href="([^"]+)" download', page.text)[0].replace("&amp;", "&")
    file = browser.get(address)
    rows = list(csv.DictReader(StringIO(file.text)))

    assert f"Passed on {sold} {MINUS}€17.00 €0.00 {MINUS}€17.00 €0.00" in said
    assert f"Sold {sold} €20.00 €3.00 €17.00 €17.00" in said
    assert address == "/sales/statement.csv?from=2026-01-01&to=2026-03-02"
    assert file.mimetype == "text/csv"
    assert "statement-2026-01-01-2026-03-02.csv" in file.headers["Content-Disposition"]
    assert [(row["cause"], row["gross"]) for row in rows] == [
        ("charge", "20.00"),
        ("transfer", "-17.00"),
    ]
    assert "/sales/statement?from=2025-10-01&amp;to=2025-12-31" in page.text
    assert "No entries in these days" in text_of(browser.get("/sales/statement?to=2025-12-31"))


def test_nobody_reads_the_statement_of_another(site: Site, buyer: Principal, sold: str) -> None:
    """Whatever the address asks for, it is one's own."""
    browser = site.browser(buyer)

    assert sold not in browser.get("/sales/statement?seller=user_ada").text
    assert sold not in browser.get("/sales/statement.csv?seller=user_ada").text
    assert browser.get("/admin/statements?seller=user_ada").status_code == 403


def test_support_reads_the_statement_of_any_seller(support: Browser, sold: str) -> None:
    """By their id; each entry leads to its order."""
    asked = support.get("/admin/statements")
    page = support.get("/admin/statements?seller=user_ada")
    file = support.get("/admin/statements.csv?seller=user_ada")

    assert "Id of the seller" in text_of(asked)
    assert f'href="/admin/orders/{sold}"' in page.text
    assert len(file.text.splitlines()) == 3


@pytest.mark.parametrize("nobody", ["%00", "Ada Okafor", "user_nobody"])
def test_there_is_no_statement_of_who_never_sold(support: Browser, sold: str, nobody: str) -> None:
    """It says where the id stands, which leads to the statement, on the page of an order."""
    page = support.get(f"/admin/statements?seller={nobody}")
    file = support.get(f"/admin/statements.csv?seller={nobody}")

    assert (page.status_code, file.status_code) == (422, 422)
    assert "Id of the seller must be that of somebody who sold; it" in text_of(page)
    assert "Ada user_ada" in text_of(order := support.get(f"/admin/orders/{sold}"))
    assert 'href="/admin/statements?seller=user_ada"' in order.text


def test_a_long_statement_shows_its_latest_entries(
    market: Marketplace, seller: Principal, sold: str
) -> None:
    """The file has all of them."""
    period = Period.of_days(EARLIEST, date(2026, 3, 2), UTC)
    (statement,) = market.view_statement(seller.user_id, period)

    assert [line.entry.cause for line in latest_lines(statement)] == [Cause.TRANSFER, Cause.CHARGE]
    assert [line.entry.cause for line in latest_lines(statement, 1)] == [Cause.TRANSFER]


def test_quarters_are_those_before_a_day() -> None:
    """Each of three whole months."""
    latest = latest_quarters(date(2026, 3, 31))

    assert latest == [Quarter(2026, 1), Quarter(2025, 4), Quarter(2025, 3), Quarter(2025, 2)]
    assert [(quarter.first, quarter.last) for quarter in latest[:2]] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2025, 10, 1), date(2025, 12, 31)),
    ]
    assert Quarter.of(date(2026, 12, 31)).last == date(2026, 12, 31)


def test_every_account_and_cause_has_words() -> None:
    """The pages show no code."""
    assert ACCOUNTS.keys() == {*AccountKind}
    assert CAUSES.keys() == {*Cause}
