from datetime import date, timedelta

from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.purchases import SalesDay
from koda.domain.model.roles import Role
from koda.entrypoints.web.pages.sales import MOST_MONTHS, periods_of
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session

FIRST = date(2026, 1, 30)


def sold(day: date, gross: int = 1000) -> SalesDay:
    """One sale on a day."""
    return SalesDay(day, 1, Money(gross, "EUR"), Money(gross * 15 // 100, "EUR"))


def test_without_sales_the_page_says_what_comes(site: Site, seller: Principal) -> None:
    """No table and no chart of nothing."""
    page = site.browser(seller).get("/sales")

    assert "No sales yet" in text_of(page)
    assert "<table" not in page.text


def test_sales_show_gross_fee_and_net(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Each sale, the sums, the chart and the same as a table."""
    market.buy(buyer, market.list_automation(seller, title="Sold first", price="10"))
    market.pass_time(days=2)
    market.buy(buyer, market.list_automation(seller, title="Sold second", price="20"))

    page = site.browser(seller).get("/sales")
    said = text_of(page)

    for words in ("Yours €25.50", "Paid by buyers €30.00", "Koda's fee €4.50", "Sold 2"):
        assert words in said
    assert said.index("Sold second") < said.index("Sold first", said.index("Every sale"))
    assert page.text.count('class="bar-net" x') == 3
    for label in ("1 Mar", "2 Mar", "3 Mar"):
        assert f'<th scope="row">{label}</th>' in page.text
    assert "style=" not in page.text


def test_what_was_no_sale_has_no_net(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """While it is being refunded, since it was suspended before its payment was known."""
    order = market.order(buyer, item := market.list_automation(seller, title="Late", price="10"))
    market.provider.pay(session(order))
    moe = market.person("moe", Role.MODERATOR)
    market.moderate_automation(moe, item.id, "It asks for keys.", suspended=True)
    market.deliver(order)

    browser = site.browser(seller)
    assert "Late refunded No sale: being refunded €10.00 \u2013 \u2013" in text_of(
        browser.get("/sales")
    )
    market.capture(order)
    assert "No sale" not in text_of(browser.get("/sales"))


def test_one_sees_only_ones_own_sales(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """What others sold is theirs to know."""
    market.buy(buyer, market.list_automation(seller, title="Sold by Ada"))

    assert "Sold by Ada" not in text_of(site.browser(market.ready_seller("dan")).get("/sales"))


def test_a_long_list_of_sales_has_pages(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Twelve a page; the sums are those of all."""
    market.buy(buyer, *(market.list_automation(seller, price="1") for _ in range(13)))
    browser = site.browser(seller)

    first = browser.get("/sales")
    following = first.text.split('rel="next" href="')[1].split('"')[0]
    second = browser.get(following)

    assert "Paid by buyers €13.00" in text_of(second)
    assert 'href="/sales">First page' in second.text


def test_a_short_time_is_shown_day_by_day() -> None:
    """Days without a sale are there, with nothing."""
    periods = periods_of([sold(FIRST), sold(FIRST + timedelta(days=3))])

    assert [period.label for period in periods] == ["30 Jan", "31 Jan", "1 Feb", "2 Feb"]
    assert [period.count for period in periods] == [1, 0, 0, 1]


def test_a_long_time_is_shown_month_by_month() -> None:
    """Months without a sale are there; the sums of a month are those of its days."""
    days = [sold(FIRST), sold(FIRST + timedelta(days=1)), sold(date(2026, 4, 30))]

    periods = periods_of(days)

    assert [period.label for period in periods] == ["Jan 2026", "Feb 2026", "Mar 2026", "Apr 2026"]
    assert [period.gross.minor for period in periods] == [2000, 0, 0, 1000]
    assert all(period.net + period.fee == period.gross for period in periods)


def test_of_many_years_the_latest_months_are_shown() -> None:
    """The chart stays readable."""
    periods = periods_of([sold(date(2020, 12, 31)), sold(date(2026, 1, 1))])

    assert len(periods) == MOST_MONTHS
    assert periods[-1].label == "Jan 2026"


def test_nothing_has_no_periods() -> None:
    """Without sales there is no time."""
    assert periods_of([]) == []
