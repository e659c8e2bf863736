"""The index of all that is for sale, by which it is found."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Protocol

from koda.domain.model.paging import Cursor
from koda.domain.search.entries import IndexEntry, Order, Wanted


class CatalogueIndex(Protocol):
    """Reads what `Automations` wrote: an entry (`entry_of`) of each published automation.

    An entry changes in the same write as its automation. Every method raises `Unavailable` while
    the store cannot be reached. A text that no label can be is one that nothing has.
    """

    @abstractmethod
    def read(
        self,
        wanted: Wanted,
        order: Order,
        limit: int,
        after: Cursor | None = None,
        *,
        ascending: bool = False,
    ) -> tuple[IndexEntry, ...]:
        """Return at most `limit` of the wanted entries in `order`, from just behind `after`.

        The highest places come first, or the lowest if `ascending`.
        """

    @abstractmethod
    def heaviest(
        self, weights: Mapping[Wanted, int], newest: int, most: int
    ) -> tuple[IndexEntry, ...]:
        """Return at most `most` entries, the heaviest first, and of equal ones the newest.

        An entry weighs the sum of the `weights` of what it is wanted by. Of what is wanted by one
        of them, only so many of the `newest` count for it.
        """

    @abstractmethod
    def tally(self, wanted: Wanted, most: int) -> Mapping[tuple[str, str], int]:
        """Count the wanted entries by platform and category, but no more than `most` in all.

        If there are more, those are counted that `read` would return first: the cheapest where
        prices narrow it down, else the newest.
        """

    @abstractmethod
    def frequencies(self, labels: Iterable[str]) -> Mapping[str, int]:
        """Return in how many entries each of the labels is; those in none are missing."""

    @abstractmethod
    def size(self) -> int:
        """Return how many entries there are."""

    @abstractmethod
    def beginning_with(self, text: str, most: int) -> Mapping[str, int]:
        """Return labels that begin with `text`, with the number of their entries.

        At most `most`, which are the first of them by their code points.
        """

    @abstractmethod
    def near(self, forms: Iterable[int]) -> Mapping[str, int]:
        """Return the words that have at least one of these forms, with the number of their entries.

        The forms of a word are those that `forms_of` tells. Words are the labels of which `is_word`
        holds.
        """
