import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda.adapters.redis.answers import read_answer, write_answer
from koda.domain.model.catalogue import Catalogue, CatalogueEntry, Facets
from koda.testing.contracts.catalogue_cache import an_answer
from koda.testing.strategies import automations

ENTRIES = st.builds(CatalogueEntry, automations(), st.text())
FACETS = an_answer(1).facets


@settings(max_examples=25)
@given(st.lists(ENTRIES, max_size=2), st.none() | st.text())
def test_whatever_is_written_is_read(entries: list[CatalogueEntry], cursor: str | None) -> None:
    """Every listing there can be comes back equal."""
    answer = Catalogue(tuple(entries), cursor, FACETS)

    assert read_answer("key", write_answer("key", answer)) == answer


def test_counts_are_read(an_entry: CatalogueEntry) -> None:
    """Their keys are platforms and categories again."""
    listing = an_entry.automation.listing
    facets = Facets({listing.platform: 3}, {listing.category: 2})
    answer = Catalogue((an_entry,), None, facets)

    assert read_answer("key", write_answer("key", answer)) == answer


def test_answer_to_another_question_is_none() -> None:
    """However it came to be under this key."""
    assert read_answer("other", write_answer("key", an_answer(1))) is None


@pytest.mark.parametrize(
    "document",
    [
        None,
        7,
        "text",
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        b"[" * 100_000,
        b"9" * 5000,
        write_answer("key", an_answer(1))[:-1],
        write_answer("key", an_answer(1)).replace(b'"next_cursor"', b'"cursor"'),
        write_answer("key", an_answer(1)).replace(b'"Ada"', b"7"),
        write_answer("key", an_answer(1)).replace(b'"EUR"', b'"EURO"'),
        json.dumps(json.loads(write_answer("key", an_answer(1))) | {"more": 1}).encode(),
    ],
)
def test_malformed_document_is_no_answer(document: object) -> None:
    """It is loaded again instead."""
    assert read_answer("key", document) is None


@pytest.fixture
def an_entry() -> CatalogueEntry:
    """A listing as visitors see it."""
    (entry,) = an_answer(1).entries
    return entry
