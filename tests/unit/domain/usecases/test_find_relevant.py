"""The order of relevance."""

from datetime import timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.domain.model.automations import AutomationState
from koda.domain.model.errors import InvalidValue
from koda.domain.model.paging import LONGEST_CURSOR, written_cursor
from koda.domain.search.entries import Order, Wanted
from koda.domain.search.labels import whole_title
from koda.domain.search.relevance import RelevancePlace, SearchCursor
from koda.domain.search.sought import ANYWHERE, Sought
from koda.domain.usecases.catalogue.find_relevant import BLOCK, FindRelevant
from koda.domain.usecases.catalogue.read_words import ReadWords
from koda.testing.examples import NOON, a_listing, an_automation
from koda.testing.strategies import texts
from tests.support.indexes import index_of

WORDS = ("slack", "mail", "sheet", "invoice", "lead")


def sought_in(index: MemoryCatalogueIndex, text: str) -> Sought:
    """What is looked for by a text."""
    return Sought.of(text, (word.sought for word in ReadWords(index)(text)))


def ids(index: MemoryCatalogueIndex, text: str) -> list[str]:
    """The ids of all that is found, as numbers of the titles."""
    found = FindRelevant(index)(sought_in(index, text), Wanted())
    return [entry.id.removeprefix("aut_") for _, entry in found]


def test_title_before_text_and_all_words_before_some() -> None:
    """The title that is just the words comes first, newer ones before older ones."""
    index = index_of(
        (
            "Slack invoices",
            "Slack invoices for all | Sends what is due",
            "Invoices | Tells Slack what is due today",
            "Slack invoicesplus | Sends what is due",
            "Something else | Slack and invoices in one",
            "Slack only | Sends what is due today",
            "Invoices only | Sends what is due today",
            "Neither | Sends what is due today",
        )
    )

    assert ids(index, "slack invoices") == ["1", "2", "4", "3", "5", "7", "6"]
    assert ids(index, "invoices slack") == ["1", "2", "3", "5", "7", "6", "4"]


def test_a_title_is_found_by_itself_first_though_others_have_its_words() -> None:
    """Even if it holds a rare spelling that looks like a mistake."""
    index = index_of(("Slakc alerts", *(f"Slack alerts {number}" for number in range(30))))

    assert ids(index, "slakc alerts")[0] == "1"


ALIKE = (
    *("slack", "slakc", "slac", "Slack's", "sync", "synch", "to", "the", "für", "fuer", "Köpfe"),
    *(
        "koepfe",
        "C#",
        "C",
        "GPT-4o",
        "gpt",
        "4o",
        "日本語",
        "日本",
        "node.js",
        "3.5",
        "35",
        "\U0001d518",
        "é",
    ),
)
"""Words that are near to one another, or read in several ways."""


@given(
    st.lists(
        st.lists(st.sampled_from(ALIKE), min_size=1, max_size=14).map(" ".join)
        | texts(1, 40).filter(lambda text: any(map(str.isalnum, text))),
        min_size=1,
        max_size=8,
    )
)
def test_a_listing_is_found_by_its_whole_title(titles: list[str]) -> None:
    """Among the first three, unless the title of another one has the same words."""
    index = MemoryCatalogueIndex()
    for number, title in enumerate(titles):
        listing = a_listing(title=f"{title} ...", description="." * 20, tags=())
        index.put(an_automation(f"aut_{number}", listing=listing))

    for number, title in enumerate(titles):
        words = whole_title(title)
        if sum(whole_title(other) == words for other in titles) == 1:
            assert f"{number}" in ids(index, title)[:3]


def test_what_nobody_has_leaves_what_has_the_other_words() -> None:
    """The rarest of them decide."""
    index = index_of(("Slack mail", "Slack sheet", "Mail sheet"))

    assert ids(index, "xyzzy sheet mail") == ["3", "2", "1"]
    assert ids(index, "xyzzy") == []


@given(
    titles=st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(" ".join),
        min_size=1,
        max_size=12,
    ),
    looked_for=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True).map(" ".join),
    later=st.lists(st.sampled_from(WORDS), max_size=3),
    size=st.integers(1, 4),
)
def test_pages_go_on_where_they_were_whatever_is_added(
    titles: list[str], looked_for: str, later: list[str], size: int
) -> None:
    """Nothing comes twice, and what was there before comes as if nothing had been added."""
    index = index_of(titles)
    sought, find = sought_in(index, looked_for), FindRelevant(index)
    before = [entry.id for _, entry in find(sought, Wanted())]
    shown: list[str] = []
    place: RelevancePlace | None = None
    words = iter(later)
    while page := list(islice(find(sought, Wanted(), place), size)):
        shown += (entry.id for _, entry in page)
        cursor = SearchCursor(sought.words, page[-1][0], len(shown))
        read = SearchCursor.decode(cursor.encode("s"), "s")
        assert read == cursor
        place = page[-1][0]
        for word in islice(words, 1):
            added = an_automation(f"aut_new_{len(shown)}", listing=a_listing(title=word * 3))
            index.put(added)

    assert len(set(shown)) == len(shown)
    assert [identity for identity in shown if "new" not in identity] == before
    assert {entry.id for _, entry in find(sought, Wanted())} >= set(before)


def test_blocks_stay_what_they_were_whatever_is_listed_and_withdrawn() -> None:
    """Nothing comes twice, and nothing of what stays is missed."""
    titles = ["All of it | Slack sends mail"] * (BLOCK + 50)
    titles[30] = titles[BLOCK + 20] = "All mail | Slack sends it"
    for change in (1, BLOCK + 40):
        index = index_of(titles)
        sought, find = sought_in(index, "slack mail"), FindRelevant(index)
        before = [entry.id for _, entry in find(sought, Wanted())]
        place, entry = next(find(sought, Wanted()))
        for number in range(3):
            text = a_listing(title="All of it", description="Slack sends mail to all")
            later = NOON + timedelta(seconds=number + 1)
            index.put(an_automation(f"aut_new_{number}", listing=text, published_at=later))
        index.put(an_automation(f"aut_{change}", state=AutomationState.WITHDRAWN))

        shown = [entry.id, *(entry.id for _, entry in find(sought, Wanted(), place))]

        assert shown == [identity for identity in before if identity != f"aut_{change}"]


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (0,),
        ([], [], [1, "a"]),
        ([["a", 1, 0]] * 21, [], [1, "a"]),
        ([["a", 1, 0]], [1, "a", 3]),
        ([["a" * 50, 1, 0]], [], [1, "a"]),
        ([["a", 1, 0, 0]], [], [1, "a"]),
        (["a"], [], [1, "a"]),
        ([["a", 1, 0]], ["a"], [1, "a"]),
        ([["a", 1, 0]], [["a", "\n\x00"]], [1, "a"]),
        ([["a", 1, 0]], "a", [1, "a"]),
        ([["a", 1, 0]], [], [1, "a"], 9, 0, [], 0),
        ([["a", 1, 0]], [], [1, "a"], 3, 0, [1], 0),
        ([["a", 1, 0]], [], [1, "a"], 3, 0, [], 1001),
        ([["a", 1, 0]], [], [1, "a"], 3, 0),
        ([["a", 1, 0]], [], [1, "a"], "x" * LONGEST_CURSOR),
    ],
)
def test_made_up_cursors_are_refused(parts: tuple[object, ...]) -> None:
    """Whatever they hold."""
    with pytest.raises(InvalidValue, match="not one of this list"):
        SearchCursor.decode(written_cursor("s", *parts), "s")


@pytest.mark.parametrize("listings", [3, BLOCK // 4 + 10])
def test_what_the_caller_has_read_is_not_read_again(listings: int) -> None:
    """Whether it is all that has all words or the first of it, the answer is the same."""
    titles = ("Slack mail", "Slack mail today", "Slack | With mail", "Mail | With slack")
    index = index_of((*titles * listings, "Slack"))
    find, sought = FindRelevant(index), sought_in(index, "slack mail")
    first = index.read(sought.wanted(ANYWHERE), Order.NEWEST, BLOCK)
    expected = list(find(sought, Wanted()))

    assert list(find(sought, Wanted(), first=first)) == expected
    for number in (0, listings + 1, 3 * listings):
        place, _ = expected[number]
        assert list(find(sought, Wanted(), place, first=first)) == expected[number + 1 :]
