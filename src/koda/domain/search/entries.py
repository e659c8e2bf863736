"""What the catalogue's index holds of a listing, and what is asked of it."""

from collections import Counter
from collections.abc import Iterable
from enum import Enum
from heapq import nlargest
from typing import TypeVar

from attrs import evolve, field, frozen

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.paging import Cursor
from koda.domain.search.label_sets import Labels, as_labels
from koda.domain.search.labels import currency_label


class Order(Enum):
    """An order of listings: by publication in milliseconds, or by price in minor units.

    Those of the same value are in the order of their ids.
    """

    NEWEST = "newest"
    PRICE = "price"


@frozen
class IndexEntry:
    """A listing that is for sale, as the index has it.

    `published` is in milliseconds since 1970 (UTC), `price` in minor units.
    """

    id: AutomationId
    published: int
    price: int
    platform: str
    category: str
    labels: Labels = field(converter=as_labels)

    def place(self, order: Order) -> Cursor:
        """Where it stands in an order."""
        return Cursor(self.published if order is Order.NEWEST else self.price, self.id)


@frozen
class Wanted:
    """Which listings: with all of `labels`, and for each of `beginnings` a label that begins so.

    A beginning is one of a word, or of the label that a word of the title has. Prices in minor
    units, both ends included.
    """

    labels: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()
    min_price: int | None = None
    max_price: int | None = None

    @property
    def priced(self) -> bool:
        """Whether it is narrowed down by the price."""
        return self.min_price is not None or self.max_price is not None

    def __and__(self, other: "Wanted") -> "Wanted":
        """What is wanted by both; prices are those of `self`."""
        return evolve(
            self,
            labels=self.labels | other.labels,
            beginnings=self.beginnings | other.beginnings,
        )

    def priced_in(self, currency: str) -> "Wanted":
        """What is wanted, as far as its price is in this currency."""
        return self & Wanted(labels=frozenset((currency_label(currency),)))

    def fits(self, entry: IndexEntry) -> bool:
        """Whether a listing is wanted."""
        return (
            (self.min_price is None or self.min_price <= entry.price)
            and (self.max_price is None or entry.price <= self.max_price)
            and self.has(entry.labels)
        )

    def has(self, labels: Labels) -> bool:
        """Whether a listing of these labels is wanted, whatever its price."""
        return all(label in labels for label in self.labels) and all(
            labels.begun(beginning) for beginning in self.beginnings
        )


Place = TypeVar("Place", int, tuple[int, str])


def heaviest(weighed: Iterable[tuple[int, Iterable[Place]]], most: int) -> list[Place]:
    """At most so many places, the heaviest first, and of equal ones the highest.

    A place weighs the sum of the weights with which it comes.
    """
    weights: Counter[Place] = Counter()
    for weight, places in weighed:
        for place in places:
            weights[place] += weight
    return nlargest(most, weights, key=lambda place: (weights[place], place))
