"""What is offered to somebody who is typing a search."""

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

from koda.domain.model.identifiers import AutomationId
from koda.domain.search.sought import TypedWord
from koda.domain.search.words import words_of

MOST_SUGGESTIONS = 8


class SuggestionKind(StrEnum):
    """What a suggestion is the name of: a listing, or a filter of the catalogue."""

    TITLE = "title"
    TAG = "tag"
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
