import re
from datetime import timedelta
from urllib.parse import quote

import pytest

from koda.domain.model.errors import Unavailable
from koda.domain.model.people import Principal
from koda.domain.search.catalogue import MOST_COUNTED
from koda.entrypoints.web.app import create_app
from koda.testing.examples import NOON, a_listing, an_automation
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of

FORGED = "WyJ4IiwxLCJ5Il0"


def links(page: str) -> list[str]:
    """The addresses of the cards, in order."""
    return re.findall(r'<h2><a href="([^"]+)"', page)


def test_an_empty_catalogue_says_what_to_do(site: Site) -> None:
    """The first visitor of a new marketplace is invited to sell."""
    page = site.anybody().get("/")

    assert page.status_code == 200
    assert "The shelves are empty" in text_of(page)


def test_listings_show_title_price_platform_and_seller(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """A card says what it is, what it costs, what it runs on and whose it is."""
    automation = market.list_automation(seller, title="Nightly invoices", price="1000")

    page = site.anybody().get("/")

    assert links(page.text) == [f"/automations/{automation.id}"]
    for shown in ("Nightly invoices", "€1,000.00", "n8n", "Ada", "1 automation"):
        assert shown in text_of(page)


def test_what_sellers_wrote_is_never_markup(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Titles, descriptions and tags are text, whatever they hold."""
    evil = "<script>alert(1)</script>"
    automation = market.list_automation(
        seller, title=f"Evil {evil}", description=f"{evil} and more text", tags=("<b>x",)
    )

    for path in ("/", f"/automations/{automation.id}", f"/?q={evil}&tag={evil}"):
        assert "<script>alert" not in site.anybody().get(path).text


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=newsl", ["Weekly newsletter"]),
        ("q=NOTHING+like+it", []),
        ("platform=make", ["Weekly newsletter"]),
        ("category=Sales", ["Lead triage"]),
        ("tag=crm", ["Lead triage"]),
        ("min_price=10", ["Weekly newsletter"]),
        ("max_price=9,99", ["Lead triage"]),
        ("sort=price_asc", ["Lead triage", "Weekly newsletter"]),
        ("sort=price_desc", ["Weekly newsletter", "Lead triage"]),
    ],
)
def test_search_and_filters_choose(
    site: Site, market: Marketplace, seller: Principal, query: str, titles: list[str]
) -> None:
    """Words, platform, category, tag, price and sort each choose, alone."""
    market.list_automation(seller, title="Lead triage", price="5", category="Sales", tags=("crm",))
    market.list_automation(seller, title="Weekly newsletter", price="10", platform="Make")

    page = site.anybody().get(f"/?{query}")

    assert re.findall(r'<h2><a href="[^"]+">([^<]+)', page.text) == titles


def test_a_facet_says_how_many_and_is_taken_back_by_its_own_link(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """The count stands beside the choice; a chosen one links to the search without it."""
    market.list_automation(seller)
    browser = site.anybody()

    page = browser.get("/?q=post")
    chosen = browser.get("/?q=post&platform=n8n")

    assert 'href="/?q=post&amp;platform=n8n"><span>n8n</span><span class="n">1</span>' in page.text
    assert '<a href="/?q=post" aria-current="true"><span>n8n' in chosen.text


def test_a_number_that_is_at_least_so_many_has_a_plus(site: Site, market: Marketplace) -> None:
    """But that of the choice in force is the total, which is exact."""
    for number in range(MOST_COUNTED + 1):
        listing = a_listing(platform="n8n" if number else "Make")
        published = NOON + timedelta(seconds=number)
        market.automations.add(
            an_automation(f"aut_{number}", listing=listing, published_at=published)
        )
    page = site.anybody().get("/?q=post&platform=make").text

    assert '<span>n8n</span><span class="n">2,000+</span>' in page
    assert re.search(r'<span>Make<span [^>]+>[^<]+</span></span><span class="n">1</span>', page)
    assert "1 automation<" in page


def test_pages_follow_by_links_and_stay_when_opened_again(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Each page has an address of its own, so that going back shows the same again."""
    for number in range(14):
        market.list_automation(seller, title=f"Automation {number}")
    browser = site.anybody()

    first = browser.get("/")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert following is not None
    second = browser.get(following[1].replace("&amp;", "&"))

    assert len(links(first.text)) == 12
    assert len(links(second.text)) == 2
    assert not set(links(first.text)) & set(links(second.text))
    assert links(browser.get("/").text) == links(first.text)
    assert 'href="/">First page' in second.text


@pytest.mark.parametrize("query", ["", "q=flow", "sort=price_asc"])
def test_kept_page_holds_nothing_of_whoever_asked_first(site: Site, query: str) -> None:
    """Of their address only what was searched for; signing in leads back to that."""
    asked = f"/?{query}" if query else "/"
    client, base = site.app.test_client(), "http://127.0.0.1:8000"

    first = client.get(f"{asked}{'&' if query else '?'}from=a-friend", base_url=base)
    second = client.get(asked, base_url=base)

    assert first.data == second.data
    assert "a-friend" not in second.text
    assert f'next={quote(asked, safe="/")}"' in second.text


def test_pages_of_different_texts_are_kept_apart(site: Site) -> None:
    """Each shows its visitor's own words, though they find the same."""
    client, base = site.app.test_client(), "http://127.0.0.1:8000"

    pages = [client.get(f"/?q={word}", base_url=base).text for word in ("Flow", "flow", "FLOW")]

    assert "Results for “FLOW”" in pages[2]
    assert len(set(pages)) == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("min_price=abc", "Lowest price must be an amount"),
        ("max_price=1e400", "Highest price must be an amount"),
        ("min_price=5&max_price=1", "Lowest price must not be above the highest price."),
        ("platform=" + "x" * 41, "Platform must have 1 to 40 characters"),
        ("sort=random", "The order is none of those that are offered."),
        (f"cursor={FORGED}", "The page is not one of this list"),
        ("q=" + "x" * 201, "The search must have"),
    ],
)
def test_what_cannot_be_searched_for_is_refused_and_kept(
    site: Site, query: str, words: str
) -> None:
    """The page says what is wrong, with its code, and the fields keep what was typed."""
    page = site.anybody().get(f"/?{query}")

    assert page.status_code == 422
    assert words in text_of(page)
    assert "invalid_value" in page.text
    if query.startswith("min_price=abc"):
        assert 'inputmode="decimal" autocomplete="off" value="abc"' in page.text


@pytest.mark.parametrize("query", ["tag[$regex]=.*", "$where=1", "q=.*", "q=%00", "a.b=c"])
def test_query_operators_are_plain_text_or_nothing(site: Site, query: str) -> None:
    """No parameter reaches the store as anything but text."""
    assert site.anybody().get(f"/?{query}").status_code in {200, 422}


def test_a_new_listing_is_there_at_the_next_request(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """The rendered page is kept only as long as the answer it was made from."""
    browser = site.anybody()
    browser.get("/")
    automation = market.list_automation(seller)

    assert links(browser.get("/").text) == [f"/automations/{automation.id}"]


def test_the_catalogue_is_rendered_once_for_one_answer(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Visitors share what is the same for all of them, and nothing else."""
    market.list_automation(seller)
    anybody, ada = site.anybody(), site.browser(seller)

    first, second, signed_in = anybody.get("/"), anybody.get("/"), ada.get("/")

    assert first.text == second.text
    assert "Sign out" in signed_in.text
    assert "Sign out" not in anybody.get("/").text


class DownStore:
    """A store that does not answer."""

    def read(self, *_: object, **__: object) -> None:
        """Fail as the store does."""
        raise Unavailable("store")


def test_a_store_that_is_down_is_told_with_when_to_come_back(market: Marketplace) -> None:
    """The page says that nothing was lost and carries Retry-After."""
    market.container.catalogue_index.override(DownStore())
    page = Site(market, create_app(market.container)).anybody().get("/")

    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"
    assert "unavailable" in page.text


def test_what_is_refused_is_told_though_the_store_is_down(market: Marketplace) -> None:
    """Only the numbers of the choices are missing."""
    market.container.catalogue_index.override(DownStore())
    page = Site(market, create_app(market.container)).anybody().get("/?tag=crm&min_price=abc")

    assert page.status_code == 422
    assert "Lowest price must be an amount" in text_of(page)
