"""The lists of everybody's orders."""

import re

import pytest

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import PaymentId
from koda.domain.model.order_lists import OrderList
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.domain.model.settlements import HeldShare, Settlement
from koda.entrypoints.web.words import WORDS
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of

IDS = re.compile(r'href="/admin/orders/([^"]+)"')


@pytest.fixture
def support(site: Site, market: Marketplace) -> Browser:
    """The browser of Sue, who answers the mail."""
    return site.browser(market.person("sue", Role.SUPPORT))


def ids_on(browser: Browser, query: str) -> list[str]:
    """The orders of a page, from the top."""
    page = browser.get(f"/admin/orders?{query}")
    assert page.status_code == 200, page.text
    return IDS.findall(page.text)


def test_orders_are_listed_latest_first_and_narrowed(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, support: Browser
) -> None:
    """By state, buyer and days; the one that is paid last is on top."""
    waiting = market.order(buyer, market.list_automation(seller))
    market.pass_time(days=1)
    paid = market.buy(market.person("eve"), market.list_automation(seller))

    assert ids_on(support, "") == [paid.id, waiting.id]
    assert ids_on(support, "state=open") == [waiting.id]
    assert ids_on(support, "buyer=user_eve") == [paid.id]
    assert ids_on(support, "from=2026-03-02&to=2026-03-02") == [paid.id]
    assert ids_on(support, "to=2026-03-01") == [waiting.id]
    # Noon in Greenwich is the morning of the next day there.
    on_the_second = "from=2026-03-02&to=2026-03-02&zone=Pacific/Kiritimati"
    assert ids_on(support, on_the_second) == [waiting.id]
    assert ids_on(support, "state=unsettled") == []
    page = text_of(support.get("/admin/orders"))
    assert f"1 March 2026 {waiting.id} " in page
    assert "Bo open €" in page


def test_an_order_without_a_transfer_says_so(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, support: Browser
) -> None:
    """Those of a month that hold money are a list of their own."""
    order = market.order(buyer, market.list_automation(seller), market.list_automation(seller))
    held = HeldShare(seller.user_id, (1,), order.shares[0].net, HoldReason.ACCOUNT, 2)
    market.orders.save(order.pay(PaymentId("pi_9"), market.clock(), Settlement(held=(held,))).state)

    month = "state=holding&from=2026-03-01&to=2026-03-31&zone=Europe%2FBerlin"

    assert ids_on(support, month) == [order.id]
    said = text_of(support.get(f"/admin/orders?{month}"))
    assert "and 1 more Bo paid not settled holding money €" in said


def test_any_id_that_support_may_be_told_finds(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, support: Browser
) -> None:
    """That of the order, its session, its payment, and of its buyer."""
    order = market.buy(buyer, market.list_automation(seller))
    assert order.checkout is not None

    for reference in (order.id, order.checkout.id, order.payment_id):
        found = support.get(f"/admin/orders?reference={reference}")
        assert found.headers["Location"] == f"/admin/orders/{order.id}"
    bought = support.get(f"/admin/orders?reference={buyer.user_id}")
    assert bought.headers["Location"] == f"/admin/orders?buyer={buyer.user_id}"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=someday", "First day must be a day such as 2026-03-31."),
        ("to=2026-02-30", "Last day must be a day such as 2026-03-31."),
        ("zone=Nowhere", "Time zone must be a time zone such as Europe/Berlin."),
        ("from=2026-03-02&to=2026-03-01", "The period must not end before it begins."),
        ("state=lost", "State must be one of all, open,"),
    ],
)
def test_what_cannot_be_read_is_told(support: Browser, query: str, said: str) -> None:
    """And nothing is listed."""
    page = support.get(f"/admin/orders?{query}")

    assert (page.status_code, said in text_of(page)) == (422, True)
    assert IDS.findall(page.text) == []


def test_a_long_list_has_pages_that_keep_what_was_asked(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, support: Browser
) -> None:
    """Twelve a page."""
    item = market.list_automation(seller)
    for number in range(13):
        market.order(market.person(f"buyer{number}"), item)

    first = support.get("/admin/orders?state=open&to=2026-03-01")
    following = re.findall(r'rel="next" href="([^"]+)"', first.text)[0].replace("&amp;", "&")
    second = support.get(following)

    assert "state=open&to=2026-03-01" in following
    assert (len(IDS.findall(first.text)), len(IDS.findall(second.text))) == (12, 1)


def test_a_list_of_nothing_says_so(support: Browser) -> None:
    """Whether there is nothing at all, or nothing of the kind."""
    assert "No orders yet" in text_of(support.get("/admin/orders"))
    assert "No order of the kind" in text_of(support.get("/admin/orders?state=failed"))


def test_every_list_has_a_word() -> None:
    """The pages show no code."""
    assert WORDS.keys() >= {*OrderList}
