"""What visitors find, and what is said of it."""

from datetime import timedelta

import pytest

from koda.domain.model.errors import InvalidForm
from koda.domain.model.extras import Extra, ExtraField, ExtraKind
from koda.domain.model.policy import Policy
from koda.domain.search.answers import Catalogue, Facet
from koda.domain.search.catalogue import MOST_COUNTED, Search, Sort
from koda.domain.search.corrections import Correction
from koda.domain.search.relevance import MOST_RESULTS
from koda.domain.usecases.catalogue.find_relevant import BLOCK
from koda.testing.examples import NOON, a_listing, an_automation
from koda.testing.marketplace import Marketplace


def listed(market: Marketplace, *titles: str, **changes: object) -> None:
    """Put listings of these titles up for sale, oldest first; each is known by its title."""
    for title in titles:
        listing = a_listing(title=title, description="It runs all by itself.", tags=(), **changes)
        market.automations.add(an_automation(f"aut_{title.replace(' ', '_')}", listing=listing))


def titles(catalogue: Catalogue) -> list[str]:
    """The titles on a page; what has only some of the words is in brackets."""
    shown = [(entry.automation.listing.title, entry.partial) for entry in catalogue.entries]
    return [f"({title})" if partial else title for title, partial in shown]


def pages(market: Marketplace, search: Search) -> list[list[str]]:
    """The titles of all pages."""
    catalogue = market.browse_catalogue(search)
    if catalogue.next_cursor is None:
        return [titles(catalogue)]
    following = Search(q=search.q, limit=search.limit, cursor=catalogue.next_cursor)
    return [titles(catalogue), *pages(market, following)]


def test_what_has_all_words_comes_before_what_has_some(market: Marketplace) -> None:
    """Page by page; only what has all is counted."""
    listed(market, "Slack mail", "Slack sheet", "Mail sheet", "Slack mail sheet", "Sheet")
    catalogue = market.browse_catalogue(Search(q="slack mail"))

    assert titles(catalogue) == ["Slack mail", "Slack mail sheet", "(Slack sheet)", "(Mail sheet)"]
    assert (catalogue.facets.total, catalogue.facets.exact) == (2, True)
    assert catalogue.facets.platforms == Facet({"n8n": 2})
    assert pages(market, Search(q="slack mail", limit=1)) == [
        [title] for title in titles(catalogue)
    ]


def test_other_orders_show_only_what_has_all_words(market: Marketplace) -> None:
    """The newest, or the cheapest, of what has some would say nothing."""
    listed(market, "Slack mail", "Slack sheet", "Slack mail sheet")

    newest = titles(market.browse_catalogue(Search(q="slack mail", sort="newest")))
    assert newest == ["Slack mail sheet", "Slack mail"]


def test_corrections_are_told(market: Marketplace) -> None:
    """And what is quoted is looked for as it is."""
    listed(market, "Slack mail", "Slack sheet")
    catalogue = market.browse_catalogue(Search(q="slakc mial"))

    assert titles(catalogue)[0] == "Slack mail"
    assert catalogue.corrections == (Correction("slakc", "slack"), Correction("mial", "mail"))
    quoted = market.browse_catalogue(Search(q='"slakc" mail'))
    assert (titles(quoted), quoted.corrections) == (["(Slack mail)"], ())


def test_choices_of_what_has_only_some_words_are_counted_where_nothing_has_all(
    market: Marketplace,
) -> None:
    """So that filters remain."""
    listed(market, "Slack mail", "Sheet")
    listed(market, "Slack", platform="Make")
    catalogue = market.browse_catalogue(Search(q="slack xyzzy", platform="make"))

    assert titles(catalogue) == ["(Slack)"]
    assert catalogue.facets.platforms == Facet({"n8n": 1, "Make": 1})


def test_where_nothing_is_found_less_is_offered(market: Marketplace) -> None:
    """Without the rarest word, and without each filter, if that finds something."""
    listed(market, "Slack mail")
    listed(market, "Slack sheet", platform="Make")
    catalogue = market.browse_catalogue(
        Search(q="slack mail", platform="Make", category="Sales", sort="newest")
    )

    assert not catalogue.entries
    assert [(near.text, near.category) for near in catalogue.nearest] == []
    catalogue = market.browse_catalogue(Search(q="slack mail", platform="Make", sort="newest"))
    assert [(near.text, near.platform) for near in catalogue.nearest] == [
        ("slack", "Make"),
        ("slack mail", None),
        ("", "Make"),
    ]
    assert catalogue.facets.platforms == Facet({"n8n": 1})


def test_signs_alone_find_nothing(market: Marketplace) -> None:
    """And it is offered to search without them."""
    listed(market, "Slack mail")
    catalogue = market.browse_catalogue(Search(q="?!", platform="n8n"))

    assert (titles(catalogue), catalogue.facets.total) == ([], 0)
    assert [(near.text, near.platform) for near in catalogue.nearest] == [("", "n8n")]


def test_listings_of_a_seller_are_a_filter(market: Marketplace) -> None:
    """By their id."""
    listed(market, "Slack mail")
    market.list_automation(market.ready_seller("cyd"), title="Slack sheet")

    assert titles(market.browse_catalogue(Search(seller="user_cyd"))) == ["Slack sheet"]
    assert not titles(market.browse_catalogue(Search(seller="user_nobody")))


@pytest.fixture
def asking() -> Marketplace:
    """A marketplace that asks for two fields, and three listings that say something of them."""
    level = ExtraField("level", choices=("Easy", "Hard"))
    market = Marketplace(Policy(extras=(level, ExtraField("needs_key", ExtraKind.YES_NO))))
    listed(market, "Slack", extras=(Extra("level", "Easy"), Extra("needs_key", True)))
    listed(market, "Mail", extras=(Extra("level", "Hard"), Extra("needs_key", True)))
    listed(market, "Sheet", extras=(Extra("level", "Hard"),), platform="Make")
    return market


@pytest.mark.parametrize(
    ("extras", "expected"),
    [
        ({"level": "hard"}, ["Sheet", "Mail"]),
        ({"needs_key": "true"}, ["Slack", "Mail"]),
        ({"level": "Hard", "needs_key": "yes"}, ["Mail"]),
        ({"needs_key": "no"}, []),
    ],
)
def test_extra_fields_are_filters(
    asking: Marketplace, extras: dict[str, str], expected: list[str]
) -> None:
    """Several narrow down together; what says nothing of a field is not found by it."""
    assert titles(asking.browse_catalogue(Search(extras=extras))) == expected


@pytest.mark.parametrize("typed", ["Büro", "BUERO", "buro", "\uff22üro"])
def test_what_is_written_alike_is_the_same_filter(typed: str) -> None:
    """But for case, marks and full width; another word is not found."""
    market = Marketplace(Policy(extras=(ExtraField("place"),)))
    listed(market, "Desk", extras=(Extra("place", "Büro"),))
    listed(market, "Chair", extras=(Extra("place", "Bürostuhl"),))
    market.list_automation(market.ready_seller("ada"), title="Lamp", tags=("büro",))

    assert titles(market.browse_catalogue(Search(extras={"place": typed}))) == ["Desk"]
    assert titles(market.browse_catalogue(Search(tag=typed))) == ["Lamp"]


def test_values_are_counted_where_nothing_else_narrows_down(asking: Marketplace) -> None:
    """Each field as if it were not chosen itself."""
    levels, keys = {"Easy": 1, "Hard": 2}, {"yes": 2, "no": 0}
    counted = [
        (Search(), {"level": levels, "needs_key": keys}),
        (Search(extras={"level": "easy"}), {"level": levels}),
        (Search(platform="n8n"), {}),
        (Search(max_price=5000), {}),
        (Search(q="slack"), {}),
    ]

    for search, extras in counted:
        assert asking.browse_catalogue(search).facets.extras == extras


def test_where_nothing_is_found_it_is_offered_without_an_extra_field(asking: Marketplace) -> None:
    """If that finds something, as without any other filter."""
    level, key = Extra("level", "Easy"), Extra("needs_key", True)
    offered: list[tuple[dict[str, str], list[tuple[str | None, tuple[Extra, ...]]]]] = [
        ({"level": "Easy", "needs_key": "yes"}, [(None, (level, key))]),
        ({"level": "Easy"}, [("Make", ()), (None, (level,))]),
        ({"level": "Hard", "needs_key": "yes"}, [("Make", (Extra("level", "Hard"),))]),
    ]

    for extras, expected in offered:
        catalogue = asking.browse_catalogue(Search(platform="Make", extras=extras))
        nearest = [(near.platform, near.extras) for near in catalogue.nearest]
        assert nearest[: len(expected)] == expected


def test_what_is_sold_in_another_currency_is_not_found() -> None:
    """Nor counted, once the marketplace changed its currency."""
    before = Marketplace(Policy(currency="CHF"))
    before.list_automation(before.ready_seller("ada"), title="Old one")
    after = before.but(Policy(currency="EUR"))
    listed(after, "New one")

    assert titles(after.browse_catalogue(Search())) == ["New one"]


@pytest.mark.parametrize("count", [MOST_COUNTED, MOST_COUNTED + 1])
def test_up_to_two_thousand_matches_are_counted(market: Marketplace, count: int) -> None:
    """Of more it is said that there are at least so many; single filters are counted already."""
    listed(market, *(f"Slack {number}" for number in range(count)))
    words = market.browse_catalogue(Search(q="slack")).facets
    all_of_them = market.browse_catalogue(Search()).facets
    chosen = market.browse_catalogue(Search(seller="user_ada")).facets
    exact = count == MOST_COUNTED

    assert (words.total, words.exact) == (MOST_COUNTED, exact)
    assert words.platforms.exact == exact
    assert (all_of_them.total, all_of_them.exact) == (chosen.total, chosen.exact) == (count, True)
    assert all_of_them.platforms == Facet({"n8n": count})
    assert chosen.platforms.exact == chosen.categories.exact == exact


def test_a_search_by_relevance_comes_to_a_thousand(market: Marketplace) -> None:
    """And the last page says that there are more."""
    listed(market, *(f"Slack {number}" for number in range(MOST_RESULTS + 5)))
    search, seen = Search(q="slack", limit=100), list[str]()
    while True:
        catalogue = market.browse_catalogue(search)
        seen += titles(catalogue)
        if catalogue.next_cursor is None:
            break
        assert not catalogue.cut
        search = Search(q="slack", limit=100, cursor=catalogue.next_cursor)

    assert catalogue.cut
    assert len(set(seen)) == len(seen) == MOST_RESULTS


@pytest.mark.parametrize(
    "words",
    [
        "毎月の請求書を自動で作成してメールで送信する",
        " ".join(f"слово{'и' * 13}{letter}" for letter in "абвгдежзик"),
        "foo.tool.foo.a.b.c.d.e.f.g.h.i.j.k.l",
        "\u0e01\u0e48" * 60,
        "foo \u3164",
    ],
)
@pytest.mark.parametrize("sort", Sort)
def test_searches_of_many_and_odd_words_go_on(market: Marketplace, words: str, sort: Sort) -> None:
    """No cursor is handed out that is refused."""
    for number in range(4):
        text = a_listing(title=f"Some title {number}", description=f"{words} {'.' * 20}")
        market.automations.add(an_automation(f"aut_{number}", listing=text))

    page = market.browse_catalogue(Search(q=words, sort=sort, limit=1))
    shown = titles(page)
    while page.next_cursor:
        search = Search(q=words, sort=sort, limit=1, cursor=page.next_cursor)
        page = market.browse_catalogue(search)
        shown += titles(page)

    assert len(set(shown)) == len(shown) == 4


@pytest.mark.parametrize("sort", ["newest", "price_asc", "relevance"])
def test_pages_go_on_with_the_words_as_they_were_understood(market: Marketplace, sort: str) -> None:
    """And tell them, as the first one did, though what was corrected has become a word by now."""
    listed(market, *(f"Send invoice {number}" for number in range(6)))
    first = market.browse_catalogue(Search(q="invoise", sort=sort, limit=2))
    listed(market, "Invoise")

    cursor = first.next_cursor or ""
    rest = market.browse_catalogue(Search(q="invoise", sort=sort, limit=9, cursor=cursor))

    assert len(titles(first)) + len(titles(rest)) == 6
    assert rest.corrections == first.corrections == (Correction("invoise", "invoice"),)


def test_choices_that_only_old_listings_have_are_counted(market: Marketplace) -> None:
    """However many newer ones there are, and though some are of what is listed no longer."""
    listed(market, "Old one", platform="Make", category="Productivity")
    listed(market, "Strange one", platform="Gone", category="Gone")
    for number in range(MOST_COUNTED + 5):
        text, later = a_listing(), NOON + timedelta(seconds=1)
        market.automations.add(an_automation(f"aut_{number}", listing=text, published_at=later))
    facets = market.browse_catalogue(Search()).facets
    chosen = market.browse_catalogue(Search(seller="user_ada", platform="make")).facets
    gone = market.browse_catalogue(Search(platform="Gone")).facets

    assert gone.platforms.counts["Gone"] == gone.total == 1
    assert facets.platforms.counts["Make"] == facets.categories.counts["Productivity"] == 1
    assert (chosen.total, chosen.exact) == (1, True)
    assert chosen.platforms == Facet({"n8n": MOST_COUNTED, "Make": 1}, exact=False)


def test_names_that_differ_by_case_alone_are_one_choice(market: Marketplace) -> None:
    """As a filter takes them for one, though the marketplace has changed how it writes a name."""
    listed(market, "Listing A", platform="N8N", category="Gone")
    listed(market, "Listing B", platform="n8n", category="GONE")
    facets = market.browse_catalogue(Search(max_price=5000)).facets

    assert facets.platforms == Facet({"n8n": 2})
    assert facets.categories == Facet({"GONE": 2})
    assert market.browse_catalogue(Search()).facets.categories == facets.categories


def test_more_than_a_block_of_some_of_the_words_is_told(market: Marketplace) -> None:
    """Only the best of them are shown."""
    for number in range(BLOCK + 20):
        text = a_listing(title="Slack alerts" if number % 2 else "Mail alerts")
        market.automations.add(an_automation(f"aut_{number}", listing=text))
    catalogue = market.browse_catalogue(Search(q="slack mail", limit=100))
    while catalogue.next_cursor:
        search = Search(q="slack mail", limit=100, cursor=catalogue.next_cursor)
        catalogue = market.browse_catalogue(search)

    assert catalogue.cut
    assert not catalogue.facets.exact
    assert not catalogue.facets.platforms.exact
    assert not catalogue.facets.categories.exact


def test_what_was_typed_is_offered_where_its_correction_finds_nothing(market: Marketplace) -> None:
    """It may be what was meant after all."""
    for number in range(1002):
        market.automations.add(
            an_automation(f"aut_{number}", listing=a_listing(title="Send invoice"))
        )
    listed(market, "Invoise zebra")
    catalogue = market.browse_catalogue(Search(q="invoise zebra", sort="newest"))

    assert titles(catalogue) == []
    assert catalogue.nearest[0].text == '"invoise" zebra'


def test_a_long_title_is_found_by_all_of_its_words(market: Marketplace) -> None:
    """More than the ten that a search has."""
    same = "One two three four five six seven eight nine ten version"
    listed(market, *(f"{same} {letter}" for letter in "abcdefgh"))

    assert titles(market.browse_catalogue(Search(q=f"{same} a")))[0] == f"{same} a"


def test_platform_and_category_are_words_too(market: Marketplace) -> None:
    """The likeliest first search is the name of one's own tool."""
    listed(market, "Slack", platform="Zapier", category="Social media")

    for words in ("zapier", "social media", "zapier slack"):
        assert titles(market.browse_catalogue(Search(q=words))) == ["Slack"]


def test_a_correction_is_told_as_it_is_written(market: Marketplace) -> None:
    """What was typed as typed, and what was meant as a listing has it."""
    market.automations.add(an_automation(listing=a_listing(title="Neue Kündigung")))
    catalogue = market.browse_catalogue(Search(q="KÜNDGUNG"))

    assert catalogue.corrections == (Correction("KÜNDGUNG", "kündigung"),)


@pytest.mark.parametrize("newer", [0, MOST_COUNTED + 5])
def test_platform_and_category_are_counted_together(market: Marketplace, newer: int) -> None:
    """Exactly, however many there are; what the marketplace has no longer is counted, too."""
    listed(market, "Listing A", platform="Make", category="Other")
    listed(market, "Listing B", platform="n8n", category="Other")
    listed(market, "Listing C", platform="Make", category="Sales")
    for number in range(newer):
        text = a_listing(platform="Make", category="Sales")
        market.automations.add(an_automation(f"aut_{number}", listing=text))
    sales = newer + 1
    expected = [
        (Search(platform="Make"), {"n8n": 1, "Make": sales + 1}, {"Sales": sales, "Other": 1}),
        (Search(category="Other"), {"n8n": 1, "Make": 1}, {"Sales": sales, "Other": 2}),
        (
            Search(platform="Make", category="Sales"),
            {"Make": sales},
            {"Sales": sales, "Other": 1},
        ),
    ]
    totals = []
    for search, platforms, categories in expected:
        facets = market.browse_catalogue(search).facets
        assert facets.platforms == Facet(platforms)
        assert facets.categories == Facet(categories)
        totals.append(facets.total)
    assert totals == [sales + 1, 2, sales]

    listed(market, "Listing D", platform="Make", category="Gone")
    facets = market.browse_catalogue(Search(platform="make")).facets
    assert facets.categories.counts.get("Gone") == 1


def test_more_than_a_block_with_all_words_is_counted(market: Marketplace) -> None:
    """As far as 2,000, as without words."""
    listed(market, *(f"Slack mail {number}" for number in range(BLOCK + 1)))
    facets = market.browse_catalogue(Search(q="slack mail")).facets

    assert (facets.total, facets.exact) == (BLOCK + 1, True)


def test_a_seller_who_cannot_be_one_is_refused(market: Marketplace) -> None:
    """Rather than looked for."""
    with pytest.raises(InvalidForm, match="seller"):
        market.browse_catalogue(Search(seller="\0"))


def test_a_platform_is_counted_however_it_is_spelled(market: Marketplace) -> None:
    """As it is found: letters that fold to several are as many as those."""
    listed(market, "Listing", platform="Straßenwerk", category="Sales")
    found = market.browse_catalogue(Search(platform="STRASSENWERK", category="sales"))

    assert titles(found) == ["Listing"]
    assert found.facets.total == 1
