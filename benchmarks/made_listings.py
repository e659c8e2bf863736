"""Listings of real shape: titles and descriptions of words as frequent as those of any language."""

import random
from bisect import bisect
from collections.abc import Iterator
from itertools import accumulate

from attrs import field, frozen

VOCABULARY = 120_000
_CONSONANTS, _VOWELS, _ENDINGS = "bcdfghklmnprstvz", "aeiou", ("", "n", "r", "s", "t")
_TITLE, _DESCRIPTION = (4, 9), (12, 40)
"""The fewest and the most words."""


@frozen
class Told:
    """A title and a description."""

    title: str
    description: str


@frozen
class Listings:
    """Made-up listings; equal seeds make equal ones.

    The frequency of a word falls with its rank, as Zipf's law says of languages.
    """

    seed: int = 1
    _chance: random.Random = field(init=False)
    _words: tuple[str, ...] = field(init=False)
    _shares: tuple[float, ...] = field(init=False)

    def __attrs_post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - made-up listings, not secrets
        words = {_word(chance): None for _ in range(VOCABULARY)}
        shares = tuple(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        object.__setattr__(self, "_chance", chance)
        object.__setattr__(self, "_words", tuple(words))
        object.__setattr__(self, "_shares", shares)

    def __iter__(self) -> Iterator[Told]:
        while True:
            title, description = self._text(*_TITLE), self._text(*_DESCRIPTION)
            yield Told(title.capitalize(), f"{description.capitalize()}.")

    def _text(self, fewest: int, most: int) -> str:
        return " ".join(self._pick() for _ in range(self._chance.randint(fewest, most)))

    def _pick(self) -> str:
        return self._words[bisect(self._shares, self._chance.random() * self._shares[-1])]


def _word(chance: random.Random) -> str:
    syllables = chance.randint(1, 4)
    parts = (chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(syllables))
    return "".join(parts) + chance.choice(_ENDINGS)
