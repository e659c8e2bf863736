from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.automations import AutomationState
from koda.domain.model.catalogue import (
    CatalogueQuery,
    Facets,
    Search,
    Sort,
    searched_words,
    terms_of,
    words_of,
)
from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.paging import Cursor
from koda.domain.model.policy import Policy
from koda.testing.examples import NOON, a_listing, an_automation


@given(st.text())
def test_folded_words_stay_as_they_are(text: str) -> None:
    """Folding a second time changes nothing more."""
    words = words_of(text)

    assert words == words_of(" ".join(words))


@given(st.text("abc \u00e9\u00c9\u00df\u0130-_.,", max_size=30))
def test_case_does_not_matter(text: str) -> None:
    """Text is found however it is written."""
    assert words_of(text.upper()) == words_of(text.upper().lower())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Caf\u00e9 \u00c9T\u00c9", ("cafe", "ete")),
        ("Stra\u00dfe STRASSE", ("strasse", "strasse")),
        ("e-mail_to.me", ("e", "mail", "to", "me")),
        ("n8n 2.0", ("n8n", "2", "0")),
        ("\u210cello", ("hello",)),
        (".* $where {}", ("where",)),
        ("\u65e5\u672c", ("\u65e5\u672c",)),
        ("", ()),
    ],
)
def test_words_are_folded(text: str, words: tuple[str, ...]) -> None:
    """No case, no accents, letters and digits alone."""
    assert words == words_of(text)


def test_listing_is_found_by_title_description_and_tags() -> None:
    """All of what a seller says of it."""
    terms = terms_of(a_listing())

    assert {"post", "takes", "posting"} <= terms


@pytest.mark.parametrize("text", ["a" * 201, " ".join("abcdefghijk"), "a\0"])
def test_too_much_is_not_searched(text: str) -> None:
    """At most 200 characters and ten words, all of them printable."""
    with pytest.raises(InvalidValue, match=r"^q: "):
        searched_words(text)


@pytest.mark.parametrize(
    ("words", "matches"),
    [
        ((), True),
        (("post",), True),
        (("po",), True),
        (("every", "netw"), True),
        (("netw", "every"), False),
        (("every", "nothing"), False),
        (("ost",), False),
    ],
)
def test_every_word_must_be_there_and_the_last_may_begin_one(
    words: tuple[str, ...], matches: bool
) -> None:
    """As a visitor types: whole words first, then the one being typed."""
    assert matches is CatalogueQuery(words=words).matches_freely(an_automation())


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({"tag": "posting"}, True),
        ({"tag": "post"}, False),
        ({"min_price": 1250, "max_price": 1250}, True),
        ({"min_price": 1251}, False),
        ({"max_price": 1249}, False),
        ({"platform": "Zapier"}, True),
    ],
)
def test_filters_narrow(filters: dict[str, Any], matches: bool) -> None:
    """Tags are whole, price bounds included; platform and category are asked separately."""
    query = CatalogueQuery(**filters)

    assert matches is query.matches_freely(an_automation())


@pytest.mark.parametrize(
    "state", [state for state in AutomationState if state.value != "published"]
)
def test_what_is_not_for_sale_is_not_found(state: AutomationState) -> None:
    """Drafts, withdrawn and suspended listings are nobody's to find."""
    assert not CatalogueQuery().matches_freely(an_automation(state=state))


@pytest.mark.parametrize(
    ("platform", "category", "fits"),
    [
        (None, None, True),
        ("n8n", None, True),
        ("Make", None, False),
        (None, "Sales", False),
        ("n8n", "Social Media", True),
    ],
)
def test_platform_and_category_fit_as_asked(
    platform: str | None, category: str | None, fits: bool
) -> None:
    """Nothing asked for fits everything."""
    query = CatalogueQuery(platform=platform, category=category)

    assert fits is query.fits("n8n", "Social Media")


@pytest.mark.parametrize("sort", Sort)
def test_sort_value_is_what_the_order_compares(sort: Sort) -> None:
    """The price, or the moment of publication in milliseconds; drafts by their creation."""
    query = CatalogueQuery(sort=sort)
    later = NOON + timedelta(milliseconds=1500)
    expected = round(later.timestamp() * 1000) if sort is Sort.NEWEST else 1250

    assert expected == query.sort_value(an_automation(published_at=later))
    assert expected == query.sort_value(an_automation(published_at=None, created_at=later))
    assert (sort is not Sort.PRICE_ASC) is sort.descending


def test_next_cursor_reads_back_for_the_same_question_alone() -> None:
    """It is bound to every filter and the order, not to the page size."""
    query = CatalogueQuery(words=("a",), sort=Sort.PRICE_ASC)
    text = Cursor(query.sort_value(an_automation()), "aut_1").encode(query.scope)

    assert Cursor(1250, "aut_1") == Cursor.decode(text, evolve(query, limit=50).scope)
    for other in (evolve(query, words=("b",)), evolve(query, sort=Sort.PRICE_DESC)):
        with pytest.raises(InvalidValue):
            Cursor.decode(text, other.scope)


def test_names_with_signs_make_keys_of_their_own() -> None:
    """A name may hold what stands between two parts of a key."""
    queries = [CatalogueQuery(platform="a:b"), CatalogueQuery(platform="a", category="b")]
    queries += [CatalogueQuery(platform="None"), CatalogueQuery()]

    assert len({query.key for query in queries}) == len(queries)


def test_key_tells_questions_places_and_sizes_apart() -> None:
    """What is cached for one is no answer to another."""
    query = CatalogueQuery()
    others = [
        evolve(query, **change)
        for change in (
            {"limit": 13},
            {"after": Cursor(1, "aut_1")},
            {"words": ("a",)},
            {"platform": "n8n"},
            {"category": "Sales"},
            {"tag": "a"},
            {"min_price": 1},
            {"max_price": 1},
            {"sort": Sort.PRICE_ASC},
        )
    ]

    assert len({query.key, *(other.key for other in others)}) == len(others) + 1
    assert query.key == CatalogueQuery().key


@pytest.mark.parametrize(
    "bounds",
    [
        {"min_price": -1},
        {"max_price": LARGEST_MINOR + 1},
        {"min_price": True},
        {"max_price": "5"},
        {"min_price": 2, "max_price": 1},
    ],
)
def test_odd_price_bounds_are_refused(bounds: dict[str, Any]) -> None:
    """Whole minor units in range, the lower one not above the higher."""
    with pytest.raises(InvalidValue, match="_price: "):
        CatalogueQuery(**bounds)


def test_empty_search_asks_for_the_newest() -> None:
    """Nothing sent is no filter, newest first, a page of twelve."""
    assert CatalogueQuery() == Search().query(Policy())


def test_search_reads_what_was_sent() -> None:
    """Words are folded, choices found in any case, tags made normal."""
    sent = Search(
        q="Caf\u00e9 po",
        platform="ZAPIER",
        category="sales",
        tag=" Big Data",
        min_price=100,
        max_price=200,
        sort="price_desc",
        limit=5,
    )

    assert CatalogueQuery(
        words=("cafe", "po"),
        platform="Zapier",
        category="Sales",
        tag="big data",
        min_price=100,
        max_price=200,
        sort=Sort.PRICE_DESC,
        limit=5,
    ) == sent.query(Policy())


def test_search_finds_what_the_marketplace_lists_no_longer() -> None:
    """A name that it does not know is asked for as it was said."""
    sent = Search(platform="Node-RED", category=" Old \x0c news\t")

    assert CatalogueQuery(platform="Node-RED", category="Old news") == sent.query(Policy())


def test_facets_stand_in_the_order_of_the_marketplace() -> None:
    """Behind those that it lists come, by name, those of earlier listings."""
    counts = {"b": 1, "Make": 2, "a": 3, "n8n": 4}
    facets = Facets(counts, {"z": 1, "Sales": 1}).in_order(Policy())

    assert [*facets.platforms.items()] == [("n8n", 4), ("Make", 2), ("a", 3), ("b", 1)]
    assert [*facets.categories] == ["Sales", "z"]


def test_search_goes_on_behind_its_cursor() -> None:
    """The cursor of the same question places the next page."""
    text = Cursor(7, "aut_1").encode(Search(q="post").query(Policy()).scope)
    query = Search(q="post", cursor=text, limit=50).query(Policy())

    assert Cursor(7, "aut_1") == query.after


def test_every_fault_of_a_search_is_told_at_once() -> None:
    """One refusal names all parameters that are wrong."""
    sent = Search(q="a" * 201, platform="a" * 41, category="\0", tag="a" * 31, sort="?", limit=0)

    with pytest.raises(InvalidForm) as refused:
        sent.query(Policy())
    assert [problem.field for problem in refused.value.problems] == [
        "q",
        "platform",
        "category",
        "tag",
        "sort",
        "limit",
    ]


@pytest.mark.parametrize("cursor", ["x", Cursor(1, "aut_1").encode(CatalogueQuery(tag="a").scope)])
def test_cursor_of_another_search_is_refused(cursor: str) -> None:
    """A made-up one, or one of another question."""
    with pytest.raises(InvalidValue, match=r"^cursor: "):
        Search(cursor=cursor).query(Policy())


groups = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(1, 9)), max_size=20
)
asked = st.builds(
    CatalogueQuery,
    platform=st.none() | st.sampled_from("abc"),
    category=st.none() | st.sampled_from("xyz"),
)


@given(asked, groups)
def test_facets_count_what_each_choice_would_leave(
    query: CatalogueQuery, counted: list[tuple[str, str, int]]
) -> None:
    """A platform's count honours the category asked for, and the other way round."""
    facets = Facets.of(query, counted)

    assert facets.platforms == _positive(
        {
            platform: sum(n for p, c, n in counted if p == platform and query.category in (None, c))
            for platform in "abc"
        }
    )
    assert facets.categories == _positive(
        {
            category: sum(n for p, c, n in counted if c == category and query.platform in (None, p))
            for category in "xyz"
        }
    )


def _positive(counts: Mapping[str, int]) -> dict[str, int]:
    return {value: count for value, count in counts.items() if count}


def test_price_of_another_currency_still_sorts_by_its_units() -> None:
    """The order compares minor units alone."""
    listing = a_listing(price=Money(5, "JPY"))

    assert CatalogueQuery(sort=Sort.PRICE_ASC).sort_value(an_automation(listing=listing)) == 5
