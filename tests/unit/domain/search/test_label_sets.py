"""Sets of labels."""

import pytest

from koda.domain.search.label_sets import as_labels

LABELS = as_labels(("tea", "T:tea", "M:EUR", "teapot"))


def test_labels_are_a_set() -> None:
    """Of all that they were made of, in whatever order that came."""
    assert list(LABELS) == sorted(("tea", "T:tea", "M:EUR", "teapot"))
    assert as_labels(reversed(list(LABELS))) == LABELS
    assert len(LABELS) == 4
    assert repr(as_labels(("a",))) == "as_labels(['a'])"
    assert list(as_labels(())) == []


@pytest.mark.parametrize("text", ["te", "ea", "T:te", "tea\nteapot", "", "\n"])
def test_a_part_of_labels_is_no_label(text: str) -> None:
    """Nor are several of them."""
    assert text not in LABELS


def test_beginnings_are_those_of_a_label() -> None:
    """Not of what is within one, and not of two."""
    assert all(map(LABELS.begun, ("t", "tea", "teap", "T:t", "M:")))
    assert not any(map(LABELS.begun, ("ea", "teas", "EUR", "tea\nteapot")))
