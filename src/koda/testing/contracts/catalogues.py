"""Hypothesis strategies for listings that resemble one another, and for questions about them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.catalogue import CatalogueQuery, Sort, words_of
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.testing.listing_strategies import releases
from koda.testing.strategies import ids

VOCABULARY = (
    "Straße",
    "strasse",
    "naïve",
    "NAIVE",
    "日本",
    "日本語",
    "Σίσυφος",
    "posting",
    "post",
    "п",
)
"""Words that are alike: folded to the same, or the beginning of one another."""
TAGS = ("posting", "naïve", "日本 語", "a-b")
FEW_MOMENTS = tuple(datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3))


def similar_listings() -> st.SearchStrategy[Listing]:
    """Listings of few words, prices, categories, platforms and tags."""
    words = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(" ".join)
    return st.builds(
        Listing,
        words.map(lambda word: f"{word} ..."),
        words.map(lambda word: f"{word} ....................."),
        st.sampled_from((100, 200, 300)).map(lambda minor: Money(minor, "EUR")),
        st.sampled_from(("Sales", "Other")),
        st.sampled_from(("n8n", "Make")),
        st.lists(st.sampled_from(TAGS), max_size=2, unique=True).map(tuple),
    )


def similar_automations(several: int = 6) -> st.SearchStrategy[Automation]:
    """Automations `aut_1` to `aut_{several}` that match the same queries and tie in their order."""
    moment = st.sampled_from(FEW_MOMENTS)
    return st.builds(
        Automation,
        ids("aut", several).map(AutomationId),
        ids("user", 2).map(UserId),
        similar_listings(),
        releases().map(lambda release: (release,)),
        st.none(),
        st.sampled_from(AutomationState) | st.just(AutomationState.PUBLISHED),
        moment,
        moment,
        st.none() | moment,
    )


@st.composite
def catalogue_queries(draw: st.DrawFn) -> CatalogueQuery:
    """Queries that some of `similar_automations` match, from the first page on."""
    typed = draw(st.lists(st.sampled_from(VOCABULARY), max_size=2).map(" ".join))
    cut = draw(st.integers(0, 3))
    bounds = sorted(draw(st.tuples(st.sampled_from((100, 200, 300)), st.integers(100, 300))))
    return CatalogueQuery(
        words=words_of(typed[: len(typed) - cut] if draw(st.booleans()) else typed),
        platform=draw(st.sampled_from((None, None, "n8n", "Python"))),
        category=draw(st.sampled_from((None, None, "Sales"))),
        tag=draw(st.none() | st.sampled_from(TAGS)),
        min_price=draw(st.sampled_from((None, bounds[0]))),
        max_price=draw(st.sampled_from((None, bounds[1]))),
        sort=draw(st.sampled_from(Sort)),
        limit=draw(st.integers(1, 4)),
    )
