import logging
from datetime import date
from functools import partial
from typing import Any

import pytest
from attrs import evolve

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.domain.model.automations import Automation
from koda.domain.model.errors import InvalidValue, NotFound, PaymentMismatch, TooMany, Unavailable
from koda.domain.model.identifiers import AutomationId, OrderId
from koda.domain.model.money import Money
from koda.domain.model.orders import OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Person, Principal
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.roles import Role
from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import Search
from koda.testing.examples import WORKFLOW
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def many(market: Marketplace, seller: Principal, count: int) -> list[Automation]:
    """That many automations, a minute apart."""
    listed = []
    for number in range(1, count + 1):
        market.pass_time(minutes=1)
        listed.append(market.list_automation(seller, title=f"Flow {number}", price=f"{number}"))
    return listed


def titles(catalogue: Catalogue) -> bytes:
    """Write the titles of a catalogue."""
    return ", ".join(entry.automation.listing.title for entry in catalogue.entries).encode()


def saying(name: str, _: Catalogue) -> bytes:
    """Write a name, whatever is in the catalogue."""
    return name.encode()


def presented(market: Marketplace, search: Search) -> str:
    """The titles, as they may have been written before."""
    return market.present_catalogue(search, "titles", titles).decode()


# --- catalogue ------------------------------------------------------------------------------------


def test_visitors_see_names_of_sellers(market: Marketplace, poster: Automation) -> None:
    """Names come with the listing; an unknown seller has a placeholder."""
    (entry,) = market.browse_catalogue(Search()).entries
    assert (entry.automation.id, entry.seller_name) == (poster.id, "Ada")
    market.people.remove(poster.seller_id, market.pass_time(minutes=1))
    market.cache.invalidate()

    assert market.browse_catalogue(Search()).entries[0].seller_name == "A seller"


def test_catalogue_is_read_page_by_page(market: Marketplace, ada: Principal) -> None:
    """Newest first, each listing once."""
    listed = many(market, ada, 5)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = market.browse_catalogue(Search(limit=2, cursor=cursor))
        seen += [entry.automation.id for entry in page.entries]
        cursor = page.next_cursor

    assert seen == [automation.id for automation in reversed(listed)]


def test_answers_are_kept_for_five_minutes(market: Marketplace, ada: Principal) -> None:
    """A change that bypasses the use cases shows after that."""
    (poster,) = many(market, ada, 1)
    presented(market, Search())
    market.automations.save(*poster.withdraw(market.clock()))
    market.pass_time(minutes=4)
    assert presented(market, Search()) == "Flow 1"
    market.pass_time(minutes=2)

    assert presented(market, Search()) == ""


def test_kept_answers_survive_an_outage_of_the_store(
    market: Marketplace, poster: Automation
) -> None:
    """What was asked before is answered; the rest is unavailable and not kept so."""
    page = presented(market, Search())
    down = market.but(automations=Failing(market.automations, 1))
    assert presented(down, Search()) == page
    with pytest.raises(Unavailable):
        presented(down, Search(q="post"))

    assert presented(down, Search(q="post")) == page


def test_answers_are_kept_as_each_writes_them(market: Marketplace, poster: Automation) -> None:
    """What one made of a catalogue is never given for what another one makes of it."""
    names = ("a", "a:", "b", "1:a", "")
    for name in names:
        market.present_catalogue(Search(), name, partial(saying, name))

    pages = [market.present_catalogue(Search(), name, lambda _: b"new") for name in names]
    assert pages == [name.encode() for name in names]


def test_search_is_admitted_only_where_it_costs_something(
    market: Marketplace, poster: Automation
) -> None:
    """Who searches too often is still answered what is kept; a refusal is not kept."""

    def refuse() -> None:
        raise TooMany("search", 7)

    page = presented(market, Search())

    assert market.present_catalogue(Search(), "titles", titles, refuse).decode() == page
    with pytest.raises(TooMany):
        market.present_catalogue(Search(q="post"), "titles", titles, refuse)
    assert presented(market, Search(q="post")) == page


def test_refused_search_is_neither_admitted_nor_kept(market: Marketplace) -> None:
    """Nothing is asked of the cache, the store or whoever counts."""

    def never() -> None:
        raise AssertionError("it got through")

    untouched = market.but(automations=None, cache=None)
    for search in (Search(cursor="x"), Search(q="x" * 10_000), Search(sort="random")):
        with pytest.raises(InvalidValue):
            untouched.present_catalogue(search, "titles", titles, never)


# --- one automation -------------------------------------------------------------------------------


def test_automation_is_seen_by_all_while_it_is_for_sale(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """As a visitor, its seller, a stranger and its buyer."""
    market.buy(bea, poster)
    views = [
        market.view_automation(who, poster.id) for who in (None, ada, market.person("eve"), bea)
    ]

    assert [(view.own, view.purchase is not None) for view in views] == [
        (False, False),
        (True, False),
        (False, False),
        (False, True),
    ]
    assert {view.seller_name for view in views} == {"Ada"}


def test_automation_off_sale_is_seen_by_those_who_have_to_do_with_it(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """Its seller, its buyers and admins; not visitors or strangers."""
    market.buy(bea, poster)
    market.withdraw_automation(ada, poster.id)
    for who in (ada, bea, market.person("root", Role.ADMIN)):
        assert market.view_automation(who, poster.id).automation.id == poster.id

    for other in (None, market.person("eve")):
        with pytest.raises(NotFound):
            market.view_automation(other, poster.id)


def test_seller_without_a_name_is_shown_as_a_seller(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """Where none was given, and where nothing is known of them."""
    later = market.pass_time(minutes=1)
    market.people.put(Person(ada.user_id, None, "ada@example.com", None, later))
    assert market.view_automation(None, poster.id).seller_name == "A seller"
    assert market.browse_catalogue(Search()).entries[0].seller_name == "A seller"
    market.people.remove(ada.user_id, market.pass_time(minutes=1))

    assert market.view_automation(None, poster.id).seller_name == "A seller"


# --- basket ---------------------------------------------------------------------------------------


def test_basket_shows_what_stands_in_the_way(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The total counts what can be bought."""
    market.buy(bea, poster)
    ids = (poster.id, mailer.id, AutomationId("aut_x"))
    basket = market.view_basket(bea, ids)
    codes = [line.obstacle.code if line.obstacle else None for line in basket.lines]

    assert codes == ["already_owned", None, "not_found"]
    assert (basket.total, basket.ready) == (Money(2000, "EUR"), False)


def test_basket_shows_a_thing_once(market: Marketplace, poster: Automation) -> None:
    """However often it was put in."""
    basket = market.view_basket(None, (poster.id, poster.id))

    assert [line.automation_id for line in basket.lines] == [poster.id]
    assert basket.total == poster.listing.price


def test_visitor_has_a_basket(market: Marketplace, poster: Automation, mailer: Automation) -> None:
    """Before signing in nothing is owned, and nothing is one's own."""
    basket = market.view_basket(None, (poster.id, mailer.id))

    assert (basket.total, basket.ready) == (Money(3250, "EUR"), True)


# --- orders ---------------------------------------------------------------------------------------


def test_success_page_records_what_no_message_told(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The buyer comes back, and the provider is asked."""
    order = market.order(bea, poster)
    assert market.view_order(bea, order.id).payment is PaymentState.OPEN
    market.provider.pay(session(order))
    seen = market.view_order(bea, order.id)

    assert (seen.payment, seen.order.state) == (PaymentState.PAID, OrderState.PAID)
    assert market.purchases.owned(bea.user_id, [poster.id]) == {poster.id}


def test_settled_order_is_shown_without_asking(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider may be down."""
    order = market.buy(bea, poster)
    with market.provider.outage():
        seen = market.view_order(bea, order.id)

    assert (seen.payment, seen.order) == (PaymentState.PAID, order)


@pytest.mark.parametrize(
    ("state", "payment"),
    [
        (OrderState.OPEN, PaymentState.OPEN),
        (OrderState.EXPIRED, PaymentState.EXPIRED),
        (OrderState.FAILED, PaymentState.FAILED),
    ],
)
def test_order_is_shown_as_known_during_an_outage(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    caplog: pytest.LogCaptureFixture,
    state: OrderState,
    payment: PaymentState,
) -> None:
    """And it is logged that the provider could not be asked."""
    order = market.order(bea, poster)
    if state is not OrderState.OPEN:
        order = market.orders.save(*order.close(state, market.clock()))
    with market.provider.outage(), caplog.at_level(logging.WARNING, "koda.payments"):
        seen = market.view_order(bea, order.id)

    assert (seen.payment, seen.order) == (payment, order)
    assert "as it was known" in caplog.text


def test_provider_is_asked_about_an_open_order_as_often_as_the_limit_lets(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """However often it is looked at; each order is counted for itself, and a paid one is not."""
    limited = market.but(rate_limiter=MemoryRateLimiter({"payment_look": "2/hour"}))
    order, other = market.order(bea, poster), market.order(bea, mailer)
    looks = [limited.view_order(bea, order.id) for _ in range(2)]
    market.provider.pay(session(order))
    with market.provider.outage():
        late = limited.view_order(bea, order.id)
    market.deliver(order)

    assert [look.payment for look in (*looks, late)] == [PaymentState.OPEN] * 3
    assert limited.view_order(bea, order.id).payment is PaymentState.PAID
    market.provider.pay(session(other))
    assert limited.view_order(bea, other.id).payment is PaymentState.PAID


def test_order_without_session_is_shown_as_known(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Where checkout was cut off there is nothing to ask for."""
    with market.provider.outage(), pytest.raises(Unavailable):
        market.order(bea, poster)

    assert market.view_order(bea, OrderId("ord_00000002")).payment is PaymentState.OPEN


def test_order_of_another_is_not_found(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Neither by a stranger nor an admin, nor an unknown one by anybody."""
    order = market.buy(bea, poster)

    for who in (market.person("eve"), market.person("root", Role.ADMIN)):
        with pytest.raises(NotFound):
            market.view_order(who, order.id)
    with pytest.raises(NotFound):
        market.view_order(bea, OrderId("ord_x"))


def test_order_paid_wrongly_says_so(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Nothing is handed over on the page, either."""
    order, other = market.order(bea, poster), market.order(bea, mailer)
    opened = market.provider.session(session(order))
    market.provider.sessions[session(order)] = evolve(opened, order=other)

    with pytest.raises(PaymentMismatch):
        market.view_order(bea, order.id)


# --- library, listings, sales ---------------------------------------------------------------------


def test_library_holds_what_was_bought_newest_first(
    market: Marketplace, ada: Principal, bea: Principal
) -> None:
    """Page by page, withdrawn ones included."""
    listed = many(market, ada, 3)
    for automation in listed:
        market.pass_time(minutes=1)
        market.buy(bea, automation)
    market.withdraw_automation(ada, listed[0].id)
    first = market.view_library(bea, limit=2)
    second = market.view_library(bea, first.next_cursor, 2)

    assert [item.automation.id for item in (*first.items, *second.items)] == [
        automation.id for automation in reversed(listed)
    ]
    assert second.next_cursor is None
    assert market.view_library(market.person("eve")).items == ()


def test_library_leaves_out_what_no_store_knows(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """A purchase whose automation cannot be read does not hide the others."""
    market.buy(bea, poster)
    strange = market.but(automations=Marketplace().automations)

    assert strange.view_library(bea).items == ()


def test_seller_sees_all_of_their_listings(
    market: Marketplace, ada: Principal, mailer: Automation
) -> None:
    """In every state, newest first, page by page; nobody else's."""
    listed = many(market, ada, 3)
    market.withdraw_automation(ada, listed[0].id)
    first = market.view_listings(ada, limit=2)
    second = market.view_listings(ada, first.next_cursor, 2)

    assert [automation.id for automation in (*first.items, *second.items)] == [
        listing.id for listing in reversed(listed)
    ]


def test_sales_add_up(market: Marketplace, ada: Principal, bea: Principal) -> None:
    """Day by day and in all; what was given back counts in neither and is shown."""
    listed = many(market, ada, 3)
    market.buy(bea, *listed[:2])
    market.pass_time(days=1)
    market.buy(bea, listed[2])
    market.buy(market.person("eve"), listed[2])
    back = market.purchases.find(bea.user_id, listed[2].id)
    assert back is not None
    market.purchases.save(evolve(back, state=PurchaseState.REFUNDED))
    sales = market.view_sales(ada)

    assert [(day.day, day.count, day.gross.minor) for day in sales.days] == [
        (date(2026, 3, 1), 2, 300),
        (date(2026, 3, 2), 1, 300),
    ]
    assert (sales.count, sales.gross.minor, sales.fee.minor, sales.net.minor) == (3, 600, 90, 510)
    assert len(sales.page.items) == 4


def test_sales_are_read_page_by_page(market: Marketplace, ada: Principal, bea: Principal) -> None:
    """The days are all there on every page."""
    for automation in many(market, ada, 3):
        market.pass_time(minutes=1)
        market.buy(bea, automation)
    first = market.view_sales(ada, limit=2)
    second = market.view_sales(ada, first.page.next_cursor, 2)

    assert (len(first.page.items), len(second.page.items), second.page.next_cursor) == (2, 1, None)
    assert first.days == second.days


def test_sales_in_another_currency_are_left_to_that_marketplace(
    market: Marketplace, ada: Principal, bea: Principal
) -> None:
    """Sums never mix currencies."""
    market.buy(bea, *many(market, ada, 1))
    abroad = Marketplace(evolve(market.policy, currency="USD"), purchases=market.purchases)

    assert (abroad.view_sales(ada).days, str(abroad.view_sales(ada).net)) == ((), "0.00 USD")


@pytest.mark.parametrize("view", ["view_library", "view_listings", "view_sales"])
def test_lists_take_only_their_own_cursors(
    market: Marketplace, ada: Principal, bea: Principal, view: str
) -> None:
    """Of another list, another user, or made up; and limits that are allowed."""
    for automation in many(market, ada, 2):
        market.buy(bea, automation)
    of_another = market.view_library(bea, limit=1).next_cursor
    look: Any = getattr(market, view)

    for cursor in (of_another, "x"):
        with pytest.raises(InvalidValue, match=r"^cursor: "):
            look(market.person("eve"), cursor)
    for limit in (0, 101):
        with pytest.raises(InvalidValue, match=r"^limit: "):
            look(ada, None, limit)


def test_file_that_was_sold_stays(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """Nothing that its seller may do alters or removes it."""
    market.buy(bea, poster)
    market.withdraw_automation(ada, poster.id)
    market.files.forget(market.pass_time(days=30))

    assert market.files.read(poster.latest.file.key, 1000) == WORKFLOW
