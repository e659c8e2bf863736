"""The pages that compare orders and books with the payment provider."""

import pytest

from koda.domain.model.books.checking import DifferenceCode
from koda.domain.model.books.entries import Cause
from koda.domain.model.books.making import LOSSES, PROVIDER, About, entry_of
from koda.domain.model.money import Money
from koda.domain.model.orders import OrderState
from koda.domain.model.people import Principal
from koda.domain.model.provider_ledger import LedgerKind
from koda.domain.model.roles import Role
from koda.entrypoints.web.book_words import DIFFERENCES, SUBJECTS
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of
from tests.support.sessions import session

DAY = "from=2026-03-01&to=2026-03-01"


@pytest.fixture
def support(site: Site, market: Marketplace) -> Browser:
    """The browser of Sue, who answers the mail."""
    return site.browser(market.person("sue", Role.SUPPORT))


def test_books_that_agree_say_so(
    market: Marketplace, support: Browser, seller: Principal, buyer: Principal
) -> None:
    """With both balances, once days are asked for."""
    market.buy(buyer, market.list_automation(seller, price="20"))
    market.pass_time(hours=2)

    asking = text_of(support.get("/admin/books/check"))
    said = text_of(support.get(f"/admin/books/check?{DAY}"))
    market.pass_time(days=1)
    past = text_of(support.get(f"/admin/books/check?{DAY}"))

    assert "balance was left out" not in said
    assert "They agree. The provider\u2019s balance was left out" in past.replace("'", "\u2019")
    assert "Compare" in asking
    assert "agree" not in asking
    assert "They agree." in said
    assert "EUR €3.00 €3.00 €0.00 €0.00" in said


def test_differences_are_told_with_what_to_do(
    market: Marketplace, support: Browser, seller: Principal, buyer: Principal
) -> None:
    """Each by the provider's id, with its order where there is one."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    refund_id = market.provider.refund(session(order), Money(500, "EUR"))
    market.pass_time(hours=2)

    page = support.get(f"/admin/books/check?{DAY}")
    said = text_of(page)

    assert "They differ." in said
    assert f"Refund, not in the books {refund_id}" in said
    assert "see what reconciling its day says of its order." in said


def test_orders_of_which_the_books_say_something_else_are_told(
    market: Marketplace, support: Browser, seller: Principal, buyer: Principal
) -> None:
    """With the account, both amounts and what to do; one that changed just now is counted."""
    order = market.capture(market.buy(buyer, market.list_automation(seller, price="20")))
    about, losses = About(order.id, market.clock()), [(LOSSES, 7), (PROVIDER, -7)]
    market.journal.add([entry_of(Cause.TRANSFER, about, "EUR", losses, "by_hand")])

    young = text_of(support.get(f"/admin/books/check?{DAY}"))
    market.pass_time(hours=2)
    said = text_of(support.get(f"/admin/books/check?{DAY}"))

    assert "1 order that differs changed within the hour" in young
    assert f"{order.id} Losses €0.07 €0.00 Reconcile the day of its payment" in said


def test_what_is_younger_than_an_hour_may_be_on_its_way(
    market: Marketplace, support: Browser, seller: Principal, buyer: Principal
) -> None:
    """It is counted only."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    market.provider.refund(session(order), Money(500, "EUR"))
    market.pass_time(minutes=30)

    assert "1 movement is younger than an hour" in text_of(support.get(f"/admin/books/check?{DAY}"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/admin/books/check?from=2026-01-01&to=2026-03-01", "must be at most 31 days"),
        ("/admin/reconciliation?from=2026-02-01&to=2026-03-01", "must be at most 7 days"),
        ("/admin/reconciliation?to=2026-03-01", "must be at most 7 days"),
    ],
)
def test_long_periods_are_refused(support: Browser, path: str, said: str) -> None:
    """The command line takes any."""
    page = support.get(path)

    assert page.status_code == 422
    assert said in text_of(page)


def test_an_admin_looks_and_then_records(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, admin: Principal
) -> None:
    """What no message told; the reason stands in the audit log."""
    order = market.order(buyer, market.list_automation(seller))
    market.provider.pay(session(order))
    browser, place = site.browser(admin), "/admin/reconciliation"
    days = {"from": "2026-03-01", "to": "2026-03-01", "zone": "UTC"}

    looked = text_of(browser.get(f"{place}?{DAY}"))
    untouched = market.orders.get(order.id).state
    refused = browser.post(place, **days, reason="?")
    done = browser.post(place, **days, reason="No message came.")

    assert "Not in step 1" in looked
    assert untouched is OrderState.OPEN
    assert refused.status_code == 422
    assert 'value="2026-03-01"' in refused.text
    assert "Recorded now 1" in text_of(done)
    assert market.orders.get(order.id).state is OrderState.PAID
    assert "No message came." in text_of(browser.get("/admin/audit"))


def test_findings_lead_to_their_orders(
    market: Marketplace, support: Browser, seller: Principal, buyer: Principal
) -> None:
    """Support sees them, and no form that records."""
    order = market.buy(buyer, market.list_automation(seller), market.list_automation(seller))
    market.provider.refund(session(order), Money(500, "EUR"))
    market.deliver_charge(order)

    page = support.get(f"/admin/reconciliation?{DAY}")

    assert "For a person to look at 1" in text_of(page)
    assert f'href="/admin/orders/{order.id}"' in page.text
    assert 'method="post"' not in page.text.split("<main", 1)[1]


def test_every_kind_of_difference_has_a_word() -> None:
    """The page shows no code."""
    assert {*SUBJECTS, *DIFFERENCES} == {*LedgerKind, *DifferenceCode}
