from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.extras import Extra, ExtraField, ExtraKind
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.paging import Cursor
from koda.domain.model.policy import Policy
from koda.domain.search.catalogue import CatalogueQuery, Search, Sort, as_typed
from koda.domain.search.needs import WITH, WITHOUT, Need, Needed

EXTRAS = Policy(
    extras=(
        ExtraField("level", choices=("Easy", "Hard")),
        ExtraField("minutes", ExtraKind.NUMBER),
        ExtraField("needs_key", ExtraKind.YES_NO),
        ExtraField("author"),
    )
)


@pytest.mark.parametrize("text", ["a" * 201, "a" * 10_000, "a\0", "\ud800"])
def test_what_cannot_be_searched_for_is_refused(text: str) -> None:
    """More than 200 characters, or what cannot be printed."""
    with pytest.raises(InvalidForm):
        Search(q=text).query(Policy())


def test_words_beyond_the_tenth_are_left_out() -> None:
    """And nobody is refused for them."""
    assert Search(q=" ".join("abcdefghijklmno")).query(Policy()).text


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
            {"text": "a"},
            {"seller": UserId("user_a")},
            {"platform": "n8n"},
            {"category": "Sales"},
            {"tag": "a"},
            {"apps": ("a",)},
            {"apps": ("a", "b")},
            {"needs": (Needed(Need.AI, WITH),)},
            {"needs": (Needed(Need.CODE, WITH),)},
            {"extras": (Extra("a", "b"),)},
            {"extras": (Extra("a", "b"), Extra("c", 1))},
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
    """Choices are found in any case, tags made normal."""
    sent = Search(
        q=" Caf\u00e9  po",
        platform="ZAPIER",
        category="sales",
        tag=" Big Data",
        apps="slack, Google  Sheets,,SLACK",
        needs={"ai": "Without", "n8n": "2", "setup": ""},
        min_price=100,
        max_price=200,
        sort="price_desc",
        limit=5,
    )

    assert CatalogueQuery(
        text="Caf\u00e9 po",
        platform="Zapier",
        category="Sales",
        tag="big data",
        apps=("Google Sheets", "SLACK"),
        needs=(Needed(Need.N8N, "2"), Needed(Need.AI, WITHOUT)),
        min_price=100,
        max_price=200,
        sort=Sort.PRICE_DESC,
        limit=5,
    ) == sent.query(Policy())


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ({"level": " EASY"}, "Easy"),
        ({"minutes": "03"}, 3),
        ({"minutes": "3"}, 3),
        ({"needs_key": "TRUE"}, True),
        ({"needs_key": "yes"}, True),
        ({"needs_key": "false"}, False),
        ({"author": "Ada  of Rome"}, "Ada of Rome"),
    ],
)
def test_search_reads_a_field_by_its_own_type(typed: dict[str, str], value: object) -> None:
    """What is written in several ways is one value, and one question."""
    [extra] = Search(extras=typed).query(EXTRAS).extras

    assert (extra.value, type(extra.value)) == (value, type(value))


def test_what_no_field_takes_is_refused_with_all_other_faults() -> None:
    """A field that there is not, and values of another kind, by name."""
    typed = {"colour": "red", "level": "so so", "minutes": "ten", "needs_key": "", "author": ""}

    with pytest.raises(InvalidForm) as refused:
        Search(tag="x" * 31, extras=typed).query(EXTRAS)
    assert {problem.field for problem in refused.value.problems} == {
        "tag",
        *(f"extras.{name}" for name in typed),
    }


def test_search_finds_what_the_marketplace_lists_no_longer() -> None:
    """A name that it does not know is asked for as it was said."""
    sent = Search(platform="Node-RED", category=" Old  news ")

    assert CatalogueQuery(platform="Node-RED", category="Old news") == sent.query(Policy())


def test_search_goes_on_behind_its_cursor() -> None:
    """The cursor of the same question places the next page."""
    text = Cursor(7, "aut_1").encode(Search(tag="post").query(Policy()).scope)
    query = Search(tag="post", cursor=text, limit=50).query(Policy())

    assert Cursor(7, "aut_1") == query.after
    for other in (Search(tag="post", q="a"), Search(tag="post", extras={"minutes": "1"})):
        with pytest.raises(InvalidValue, match=r"^cursor: "):
            evolve(other, cursor=text).query(EXTRAS)


def test_every_fault_of_a_search_is_told_at_once() -> None:
    """One refusal names all parameters that are wrong."""
    sent = Search(
        q="a" * 201,
        platform="a" * 41,
        category="\0",
        tag="a" * 31,
        apps="a,b,c,d,e,f",
        needs={"code": "perhaps", "setup": "3"},
        sort="?",
        limit=0,
    )

    with pytest.raises(InvalidForm) as refused:
        sent.query(Policy())
    assert [problem.field for problem in refused.value.problems] == [
        "q",
        "platform",
        "category",
        "tag",
        "apps",
        "code",
        "setup",
        "sort",
        "limit",
    ]


@pytest.mark.parametrize("cursor", ["x", Cursor(1, "aut_1").encode(CatalogueQuery(tag="a").scope)])
def test_cursor_of_another_search_is_refused(cursor: str) -> None:
    """A made-up one, or one of another question."""
    with pytest.raises(InvalidValue, match=r"^cursor: "):
        Search(cursor=cursor).query(Policy())


@pytest.mark.parametrize(
    ("sent", "sort"),
    [
        (Search(), Sort.NEWEST),
        (Search(q="post"), Sort.RELEVANCE),
        (Search(q="post", sort="newest"), Sort.NEWEST),
        (Search(sort="relevance"), Sort.NEWEST),
        (Search(sort="price_asc"), Sort.PRICE_ASC),
    ],
)
def test_with_words_relevance_comes_first(sent: Search, sort: Sort) -> None:
    """Unless another order is asked for; without words nothing is relevant."""
    assert sent.query(Policy()).sort is sort


def test_what_was_typed_can_be_searched_for_as_it_is() -> None:
    """In quotes, whatever was quoted before."""
    assert as_typed('slakc  "in voice') == '"slakc in voice"'
    assert as_typed("«slakc “in” voice") == '"slakc in voice"'
    assert len(as_typed("a" * 200)) == 200
    assert as_typed("inv slakc «in»", ["slakc"]) == 'inv "slakc" «in»'
    assert as_typed("slakc slakcs", ["slakc"]) == '"slakc" slakcs'
    assert as_typed("my node.js", ["node"]) == 'my "node".js'
    assert as_typed("Slakc mail", ["slakc"]) == '"Slakc mail"'
