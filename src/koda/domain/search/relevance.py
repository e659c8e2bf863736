"""Where a listing stands among those that are relevant to a search."""

from attrs import field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.paging import Cursor, no_cursor, read_cursor, written_cursor
from koda.domain.model.validation import integer
from koda.domain.search.entries import IndexEntry, Order
from koda.domain.search.labels import MOST_WORDS
from koda.domain.search.sought import SOME, SoughtWord

MOST_RESULTS = 1000
"""Listings that a search by relevance comes to, on all of its pages."""


@frozen
class RelevancePlace:
    """A place in the order of relevance: by tier, then by score, then by newest.

    The listings of some tiers are read block by block, and those of a block by score; `block` is
    the place by newest behind which theirs begins.
    """

    tier: int = field(validator=integer(0, SOME))
    score: int
    newest: Cursor
    block: Cursor | None = None

    @classmethod
    def of(
        cls, entry: IndexEntry, tier: int, score: int, block: Cursor | None = None
    ) -> "RelevancePlace":
        """The place of an entry."""
        return cls(tier, score, entry.place(Order.NEWEST), block)

    @property
    def rank(self) -> tuple[int, int, str]:
        """What places of the same tier and block are compared by; the highest comes first."""
        return self.score, self.newest.value, self.newest.id


@frozen
class RelevanceCursor:
    """Where a search by relevance goes on, with the words as they were understood at its start.

    `shown` counts the listings of all pages so far.
    """

    words: tuple[SoughtWord, ...]
    place: RelevancePlace
    shown: int

    def encode(self, scope: str) -> str:
        """The cursor as text, good for the list that `scope` names."""
        place = self.place
        words = [
            [word.text, word.weight, word.beginning, word.optional, word.unknown]
            for word in self.words
        ]
        block = [place.block.value, place.block.id] if place.block else []
        newest = [place.newest.value, place.newest.id]
        return written_cursor(scope, place.tier, place.score, newest, block, self.shown, words)

    @classmethod
    def decode(cls, text: str, scope: str) -> "RelevanceCursor":
        """Read what `encode` wrote for the same `scope`.

        Raises:
            InvalidValue: anything else.
        """
        match read_cursor(text, scope):
            case [int(tier), int(score), [*newest], [*block], int(shown), [*words]] if (
                0 < len(words) <= MOST_WORDS
            ):
                try:
                    begun = Cursor.of(*block) if block else None
                    place = RelevancePlace(tier, score, Cursor.of(*newest), begun)
                    return cls(tuple(_word(word) for word in words), place, shown)
                except (TypeError, InvalidValue) as error:
                    raise no_cursor() from error
            case _:
                raise no_cursor()


def _word(parts: object) -> SoughtWord:
    """A word as `RelevanceCursor.encode` wrote it; raises `InvalidValue`."""
    match parts:
        case [str(text), int(weight), beginning, optional, unknown]:
            return SoughtWord(text, weight, bool(beginning), bool(optional), bool(unknown))
        case _:
            raise no_cursor()
