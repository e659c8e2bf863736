"""Words that were meant: near to what was typed, and in far more listings.

A word is near by the optimal string alignment distance: letters that were left out, added, replaced
or exchanged with their neighbour. Words that are near have a form in common: what is left of their
first letters without one or two of them. So whoever keeps words by their forms finds those that may
be near without looking at all of them (Garbe's symmetric deletes).
"""

from collections.abc import Mapping
from itertools import combinations
from zlib import crc32

from attrs import frozen

_PREFIX = 7
"""Letters from the front that forms are made of."""
_SHORT, _LONG = 3, 6
"""Letters from which on one mistake is forgiven, and two."""
MUCH_RARER = 1000
"""A word that the best near one is in so many times as many listings as is a mistake."""


@frozen
class Correction:
    """A word that was typed, and the one that was looked for instead."""

    typed: str
    meant: str


def mistakes(word: str) -> int:
    """How many mistakes are forgiven in a word: none where a digit tells it from its like."""
    if len(word) < _SHORT or any(map(str.isdecimal, word)):
        return 0
    return 1 if len(word) < _LONG else 2


def forms_of(word: str) -> frozenset[int]:
    """The forms of a word, each as a number of 32 bits."""
    first = word[:_PREFIX]
    left = {
        "".join(letters)
        for gone in range((2 if len(first) >= _LONG else 1) + 1)
        for letters in combinations(first, max(len(first) - gone, 0))
    }
    return frozenset(crc32(form.encode("utf-8", "surrogatepass")) for form in left)


def distance(word: str, other: str, most: int) -> int:
    """The optimal string alignment distance of two words; `most + 1` if it is more than `most`."""
    if abs(len(word) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(word, 1):
        previous, before, row = before, row, [place]
        for column, facing in enumerate(other, 1):
            same = letter == facing
            best = min(before[column] + 1, row[-1] + 1, before[column - 1] + (not same))
            swapped = place > 1 and column > 1 and word[place - 2] == facing
            if swapped and letter == other[column - 2]:
                best = min(best, previous[column - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def corrected(word: str, listings: int, near: Mapping[str, int]) -> str | None:
    """What was meant by a word that is in so many listings, or nothing if it was the word itself.

    `near` are words that may be near with the number of their listings. The nearest one is meant;
    of several the one that is in most listings, and then the first by the alphabet.
    """
    most = mistakes(word)
    ranked = (
        (distance(word, other, most), -count, other)
        for other, count in near.items()
        if other != word and count > listings * MUCH_RARER
    )
    return min((found for found in ranked if found[0] <= most), default=(0, 0, None))[2]
