"""What is found among listings that are read one after another."""

import pytest

from koda.domain.search.plain import PlainSearch
from koda.testing.examples import a_listing, an_automation

LISTING = a_listing(
    title="GPT-4o summary of calls", description="For C++ and 東京都 teams, กนี.", tags=("big data",)
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("summary", True),
        ("summ", True),
        ("summ calls", False),
        ("calls summ", True),
        ('"summ"', False),
        ("gpt4o", True),
        ("GPT-4o", True),
        ("gpt-4", True),
        ("4o gp", True),
        ("c++", True),
        ("c#", False),
        ("東京", True),
        ("京東", False),
        ("data the", True),
        ("the", False),
        ("and", True),
        ("กนี", True),
        ("กน", False),
        ('summary "the"', False),
        ("summary sales", False),
        ("?!", False),
        ("", False),
    ],
)
def test_a_listing_has_all_words_or_is_not_found(text: str, found: bool) -> None:
    """In title, description or tags; a quoted word is whole, and a stop word need not be there."""
    assert PlainSearch.of(text).finds(an_automation(listing=LISTING)) == found
