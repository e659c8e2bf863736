"""Words that were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.search.corrections import corrected, distance, forms_of, mistakes

words = st.text("abcd", max_size=10)


@pytest.mark.parametrize(
    ("word", "other", "expected"),
    [
        ("slack", "slack", 0),
        ("slakc", "slack", 1),
        ("slck", "slack", 1),
        ("slaack", "slack", 1),
        ("slick", "slack", 1),
        ("hubsopt", "hubspot", 1),
        ("autmoaton", "automation", 2),
        ("kitten", "sitting", 3),
        ("", "ab", 2),
    ],
)
def test_distance_counts_what_was_mistyped(word: str, other: str, expected: int) -> None:
    """Letters left out, added, replaced, or exchanged with their neighbour."""
    assert distance(word, other, 3) == expected == distance(other, word, 3)
    assert distance(word, other, expected) == expected
    assert distance(word, other, 0) == min(expected, 1)


@given(words, words)
def test_near_words_have_a_form_in_common(word: str, other: str) -> None:
    """So that they are found by it."""
    if distance(word, other, mistakes(word)) <= mistakes(word):
        assert forms_of(word) & forms_of(other)


def test_nearest_word_is_meant_and_then_the_most_frequent() -> None:
    """Of those in as many listings the first by the alphabet."""
    assert corrected("slakc", 0, {"slack": 10, "slick": 50}) == "slack"
    assert corrected("sleck", 0, {"slack": 10, "slick": 50}) == "slick"
    assert corrected("sleck", 0, {"slick": 10, "slack": 10}) == "slack"
    assert corrected("sleck", 0, {"invoice": 10}) is None


def test_a_word_that_is_not_far_rarer_is_no_mistake() -> None:
    """One in a thousand of its neighbour's listings is enough."""
    assert corrected("slick", 1, {"slack": 1000}) is None
    assert corrected("slick", 1, {"slack": 1001}) == "slack"


@pytest.mark.parametrize("word", ["hr", "a", "", "2024"])
def test_short_words_and_numbers_are_not_corrected(word: str) -> None:
    """Anything would be near."""
    near = {"hrs": 5, "at": 5, "2025": 5, "ha": 5}
    assert corrected(word, 0, near) is None


def test_long_words_are_forgiven_more() -> None:
    """One mistake in five letters, two in six."""
    assert corrected("sxaxk", 0, {"slack": 9}) is None
    assert corrected("hxbspxt", 0, {"hubspot": 9}) == "hubspot"


@given(words, st.integers(0, 100), st.dictionaries(words, st.integers(0, 10**6), max_size=20))
def test_what_enough_listings_have_is_never_corrected(
    word: str, listings: int, near: dict[str, int]
) -> None:
    """One in a thousand of those of the best near word is enough."""
    meant = corrected(word, listings, near)

    assert meant is None or near[meant] > 1000 * listings
    assert meant is None or distance(word, meant, 2) <= mistakes(word)
