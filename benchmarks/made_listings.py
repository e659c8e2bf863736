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
_FREQUENT, _RARE = (1, 4), (1, 6)
"""The fewest and the most syllables: the rarer words are the longer ones."""


@frozen
class Told:
    """A title and a description, and what people who look for it may type, if that is known."""

    title: str
    description: str
    asked: tuple[str, ...] = ()


@frozen
class Listings:
    """Made-up listings; equal seeds make equal ones.

    The frequency of a word falls with its rank, as Zipf's law says of languages. `words` are the
    vocabulary, the most frequent one first, and `shares` how frequent each is with those before it.
    """

    seed: int = 1
    words: tuple[str, ...] = field(init=False)
    shares: tuple[float, ...] = field(init=False)
    _chance: random.Random = field(init=False)

    def __attrs_post_init__(self) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - made-up listings, not secrets
        words = {_word(chance, rank): None for rank in range(VOCABULARY)}
        shares = tuple(accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        object.__setattr__(self, "_chance", chance)
        object.__setattr__(self, "words", tuple(words))
        object.__setattr__(self, "shares", shares)

    def __iter__(self) -> Iterator[Told]:
        while True:
            title, description = self._text(*_TITLE), self._text(*_DESCRIPTION)
            yield Told(title.capitalize(), f"{description.capitalize()}.")

    def _text(self, fewest: int, most: int) -> str:
        return " ".join(self._pick() for _ in range(self._chance.randint(fewest, most)))

    def _pick(self) -> str:
        return self.words[bisect(self.shares, self._chance.random() * self.shares[-1])]


def _word(chance: random.Random, rank: int) -> str:
    syllables = chance.randint(*(_FREQUENT if rank < VOCABULARY // 2 else _RARE))
    parts = (chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(syllables))
    return "".join(parts) + chance.choice(_ENDINGS)
