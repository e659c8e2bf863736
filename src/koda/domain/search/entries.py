"""What the catalogue's index holds of a listing, and what is asked of it."""

from enum import Enum

from attrs import evolve, frozen

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.paging import Cursor


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
    labels: frozenset[str]

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

    def fits(self, entry: IndexEntry) -> bool:
        """Whether a listing is wanted."""
        return (
            self.labels <= entry.labels
            and (self.min_price is None or self.min_price <= entry.price)
            and (self.max_price is None or entry.price <= self.max_price)
            and all(
                any(label.startswith(beginning) for label in entry.labels)
                for beginning in self.beginnings
            )
        )
