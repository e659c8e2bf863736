"""Searching listings that no index holds, by reading one after another."""

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.search.entries import Wanted
from koda.domain.search.indexing import entry_of
from koda.domain.search.sought import TypedWord, typed_words
from koda.domain.search.stop_words import STOP_WORDS

_Readings = tuple[Wanted, ...]
"""The ways to understand what stands between two spaces; a listing must have one of them."""


@frozen
class PlainSearch:
    """All words of a text, the last one as the beginning of a word, too; none is corrected.

    Words are taken apart and folded as the catalogue does, and stop words need not be there.
    """

    words: tuple[_Readings, ...]

    @classmethod
    def of(cls, text: str) -> "PlainSearch":
        """What is looked for by a text; one that holds no letter and no digit finds nothing."""
        typed = typed_words(text)
        required = [word for word in typed if not _optional(word)] or typed
        return cls(tuple(_readings(word, last=word is typed[-1]) for word in required))

    def finds(self, automation: Automation) -> bool:
        """Whether a listing has all that is looked for."""
        entry = entry_of(automation)
        return bool(self.words) and all(
            any(reading.fits(entry) for reading in readings) for readings in self.words
        )


def _optional(typed: TypedWord) -> bool:
    return not typed.quoted and set(typed.token.readings[0]) <= STOP_WORDS


def _readings(typed: TypedWord, *, last: bool) -> _Readings:
    # A pair of characters is whole; a single one of such a script is where a word begins.
    open_ended = not typed.token.paired or len(typed.token.words) == 1
    if not last or typed.quoted or not open_ended:
        return tuple(Wanted(labels=frozenset(words)) for words in typed.token.readings)
    return tuple(
        Wanted(labels=frozenset(words), beginnings=frozenset((begun,)))
        for *words, begun in typed.token.readings
    )
