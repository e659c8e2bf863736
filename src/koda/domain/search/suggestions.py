"""What is offered to somebody who is typing a search."""

from collections.abc import Iterable
from enum import IntEnum, StrEnum

from attrs import frozen

from koda.domain.model.identifiers import AutomationId
from koda.domain.search.sought import TypedWord
from koda.domain.search.words import spellings_of, words_of

MOST_SUGGESTIONS = 8


class SuggestionKind(StrEnum):
    """What a suggestion is the name of: a listing, or a filter of the catalogue."""

    TITLE = "title"
    TAG = "tag"
    APP = "app"
    PLATFORM = "platform"
    CATEGORY = "category"


@frozen
class Suggestion:
    """The title of a listing (`automation_id`), or a filter that `count` listings pass.

    Where it is costly to tell how many pass it, `count` is `None`.
    """

    kind: SuggestionKind
    text: str
    count: int | None = None
    automation_id: AutomationId | None = None


class Begun(IntEnum):
    """Where a text begins as somebody typed; less comes first."""

    AT_ITS_START = 0
    AT_A_WORD = 1
    NOWHERE = 2

    @classmethod
    def of(cls, text: str, typed: Iterable[str]) -> "Begun":
        """Where `text` begins in one of the ways that are `typed`, as `spellings_of` tells them."""
        lines = [f" {line}" for line in spellings_of(text)]
        beginnings = [f" {beginning}" for beginning in typed if beginning]
        if any(line.startswith(begun) for line in lines for begun in beginnings):
            return cls.AT_ITS_START
        inside = any(begun in line for line in lines for begun in beginnings)
        return cls.AT_A_WORD if inside else cls.NOWHERE


def names_typed(typed: Iterable[TypedWord], names: Iterable[str]) -> tuple[str, ...]:
    """The names that have all words that were typed, the last one whole or as a beginning."""
    *whole, last = [word.token.readings for word in typed]
    return tuple(
        name
        for name in names
        if (words := words_of(name))
        and all(any(words.issuperset(reading) for reading in readings) for readings in whole)
        and any(all(_is_begun(word, words) for word in reading) for reading in last)
    )


def _is_begun(beginning: str, words: Iterable[str]) -> bool:
    return any(word.startswith(beginning) for word in words)
