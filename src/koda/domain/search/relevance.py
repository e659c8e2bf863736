"""Where a listing stands among those that are relevant to a search."""

from collections.abc import Sequence

from attrs import field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.paging import LONGEST_CURSOR, Cursor, no_cursor, read_cursor, written_cursor
from koda.domain.model.validation import check_text, integer
from koda.domain.search.corrections import Correction
from koda.domain.search.entries import IndexEntry, Order
from koda.domain.search.sought import MOST_PARTS, SOME, SoughtWord

MOST_RESULTS = 1000
"""Listings that a search by relevance comes to, on all of its pages."""


@frozen
class Block:
    """Listings that are compared by score: those by newest from the `first` to the `last` one.

    What is published later is no part of it, and what is withdrawn makes room for no other one.
    """

    first: Cursor
    last: Cursor

    @classmethod
    def of(cls, entries: Sequence[IndexEntry]) -> "Block":
        """The block of some entries, by newest."""
        return cls(entries[0].place(Order.NEWEST), entries[-1].place(Order.NEWEST))

    @property
    def start(self) -> Cursor:
        """The place just before the first one, and before some that were published with it."""
        return Cursor(self.first.value + 1, "")

    def has(self, entry: IndexEntry) -> bool:
        """Whether an entry is part of it."""
        begun = (entry.published, entry.id) <= (self.first.value, self.first.id)
        return begun and self.reaches(entry)

    def reaches(self, entry: IndexEntry) -> bool:
        """Whether an entry is not beyond its last one."""
        return (entry.published, entry.id) >= (self.last.value, self.last.id)


@frozen
class RelevancePlace:
    """A place in the order of relevance: by tier, then by score, then by newest.

    The listings of some tiers are read in blocks by newest, and those of a block stand by score.
    """

    tier: int = field(validator=integer(0, SOME))
    score: int
    newest: Cursor
    block: Block | None = None

    @classmethod
    def of(
        cls, entry: IndexEntry, tier: int, score: int, block: Block | None = None
    ) -> "RelevancePlace":
        """The place of an entry."""
        return cls(tier, score, entry.place(Order.NEWEST), block)

    @property
    def rank(self) -> tuple[int, int, str]:
        """What places of the same tier and block are compared by; the highest comes first."""
        return self.score, self.newest.value, self.newest.id


@frozen
class SearchCursor:
    """Where a search goes on, with the words as they were understood at its start.

    `shown` counts the listings of all pages so far, where they come by relevance. `corrections` are
    those that the first page told.
    """

    words: tuple[SoughtWord, ...]
    place: RelevancePlace | Cursor
    shown: int = 0
    corrections: tuple[Correction, ...] = ()

    def encode(self, scope: str) -> str:
        """The cursor as text, good for the list that `scope` names."""
        words = [[word.text, word.weight, _flags(word)] for word in self.words]
        told = [[correction.typed, correction.meant] for correction in self.corrections]
        if isinstance(self.place, Cursor):
            return written_cursor(scope, words, told, _written(self.place))
        place, block = self.place, self.place.block
        ends = [*_written(block.first), *_written(block.last)] if block else []
        newest = _written(place.newest)
        return written_cursor(scope, words, told, newest, place.tier, place.score, ends, self.shown)

    @classmethod
    def decode(cls, text: str, scope: str) -> "SearchCursor":
        """Read what `encode` wrote for the same `scope`.

        Raises:
            InvalidValue: anything else.
        """
        match read_cursor(text, scope):
            case [[*words], [*told], [*newest], *ranked] if 0 < len(words) <= MOST_PARTS:
                try:
                    place, before = _place(Cursor.of(*newest), ranked)
                    return cls(
                        tuple(map(_word, words)), place, before, tuple(map(_correction, told))
                    )
                except (TypeError, ValueError, InvalidValue) as error:
                    raise no_cursor() from error
            case _:
                raise no_cursor()


def _place(newest: Cursor, ranked: list[object]) -> tuple[RelevancePlace | Cursor, int]:
    """The place, and how many listings were shown before it."""
    match ranked:
        case []:
            return newest, 0
        case [int(tier), int(score), [*ends], int(shown)] if 0 <= shown <= MOST_RESULTS:
            block = Block(Cursor.of(*ends[:2]), Cursor.of(*ends[2:])) if ends else None
            return RelevancePlace(tier, score, newest, block), shown
        case _:
            raise no_cursor()


def _written(place: Cursor) -> list[object]:
    return [place.value, place.id]


def _flags(word: SoughtWord) -> int:
    return word.beginning + 2 * word.optional + 4 * word.unknown


def _word(parts: object) -> SoughtWord:
    """A word as `SearchCursor.encode` wrote it."""
    match parts:
        case [str(text), int(weight), int(flags)]:
            return SoughtWord(text, weight, *(bool(flags & flag) for flag in (1, 2, 4)))
        case _:
            raise no_cursor()


def _correction(parts: object) -> Correction:
    """A correction as `SearchCursor.encode` wrote it."""
    match parts:
        case [str(typed), str(meant)]:
            check_text("cursor", typed + meant, 0, LONGEST_CURSOR)
            return Correction(typed, meant)
        case _:
            raise no_cursor()
