"""Hypothesis strategies for listings that resemble one another, and for questions about them."""

from datetime import UTC, datetime

from attrs import evolve
from hypothesis import strategies as st

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.listings import Listing
from koda.domain.model.money import Money
from koda.domain.model.reports import InspectionReport, Uses, WorkflowReport
from koda.domain.model.reviews import Review, ReviewKind
from koda.domain.search.entries import Wanted
from koda.domain.search.labels import (
    category_label,
    currency_label,
    platform_label,
    seller_label,
    title_label,
)
from koda.domain.search.names import APPS, TAGS
from koda.domain.search.needs import NEEDS, Needed
from koda.domain.search.words import words_of
from koda.testing.listing_strategies import releases
from koda.testing.strategies import ids

_VOCABULARY = (
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
_TAGS = ("posting", "naïve", "日本 語", "a-b")
_APPS = ("Post", "naïve", "Google Sheets")
_FEW_MOMENTS = tuple(datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3))


def similar_listings() -> st.SearchStrategy[Listing]:
    """Listings of few words, prices, categories, platforms and tags."""
    words = st.lists(st.sampled_from(_VOCABULARY), min_size=1, max_size=3).map(" ".join)
    return st.builds(
        Listing,
        words.map(lambda word: f"{word} ..."),
        words.map(lambda word: f"{word} ....................."),
        st.sampled_from((100, 200, 300)).map(lambda minor: Money(minor, "EUR")),
        st.sampled_from(("Sales", "Other")),
        st.sampled_from(("n8n", "Make")),
        st.lists(st.sampled_from(_TAGS), max_size=2, unique=True).map(tuple),
    )


def similar_reports() -> st.SearchStrategy[InspectionReport]:
    """What is found in files that work with few apps and need nearly the same, or in none."""
    uses = st.lists(st.sampled_from(_APPS), max_size=2, unique=True)
    workflows = st.builds(
        WorkflowReport,
        st.just(3),
        apps=uses.map(lambda names: tuple(Uses(name, 1) for name in names)),
        ai=st.integers(0, 1),
        configure=st.integers(0, 3),
    )
    return st.builds(InspectionReport, workflow=st.none() | workflows)


def similar_automations(several: int = 6) -> st.SearchStrategy[Automation]:
    """Automations `aut_1` to `aut_{several}` that match the same queries and tie in their order."""
    moment = st.sampled_from(_FEW_MOMENTS)
    of_release = releases(), similar_reports()
    return st.builds(
        Automation,
        ids("aut", several).map(AutomationId),
        ids("user", 2).map(UserId),
        similar_listings(),
        st.builds(lambda release, report: (evolve(release, report=report),), *of_release),
        st.none(),
        st.sampled_from(AutomationState) | st.just(AutomationState.PUBLISHED),
        moment,
        moment,
        st.none() | moment,
        review=st.none() | st.builds(Review, st.just(ReviewKind.COPY), moment),
    )


_WORDS = sorted(words_of(" ".join((*_VOCABULARY, *_TAGS, *_APPS))))
_WORD_LABELS = (*_WORDS, *map(title_label, _WORDS))
_LABELS = (
    *_WORD_LABELS,
    *map(TAGS.label, _TAGS),
    *(label for app in _APPS for label in APPS.labels(app)),
    *(Needed(need, value).label for need, values in NEEDS.items() for value in values),
    *map(platform_label, ("n8n", "Make", "Zapier")),
    *map(category_label, ("Sales", "Other")),
    *(seller_label(UserId(f"user_{number}")) for number in (1, 2, 3)),
    currency_label("EUR"),
    "N:1",
    "N:3",
    "nothing",
)
"""Every label that `similar_automations` have, and some that none has."""


@st.composite
def wanted_listings(draw: st.DrawFn) -> Wanted:
    """What some of `similar_automations` are."""
    begun = st.sampled_from(_WORD_LABELS)
    beginnings = {
        label[: draw(st.integers(3 if ":" in label else 1, 12))]
        for label in draw(st.lists(begun, max_size=2))
    }
    price = st.none() | st.sampled_from((0, 100, 200, 300, 301))
    return Wanted(
        labels=frozenset(draw(st.lists(st.sampled_from(_LABELS), max_size=2))),
        beginnings=frozenset(beginnings),
        min_price=draw(price),
        max_price=draw(price),
    )
