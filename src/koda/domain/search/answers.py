"""What the public catalogue answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.validation import spelled
from koda.domain.search.corrections import Correction
from koda.domain.search.needs import Need

if TYPE_CHECKING:
    from koda.domain.search.catalogue import CatalogueQuery


@frozen
class Facet:
    """How many listings each choice of a filter would leave, every other filter honoured.

    They are at least so many if not `exact`: then only the newest ones were counted.
    """

    counts: Mapping[str, int] = field(factory=dict)
    exact: bool = True

    def with_chosen(self, name: str | None, total: int) -> "Facet":
        """The same, where the choice of this name, with all filters, leaves `total` at least."""
        present = spelled(name, self.counts) if name else None
        if not name or not total or (self.exact and present):
            return self
        least = max(total, self.counts.get(present or name, 0))
        return evolve(self, counts={**self.counts, present or name: least})

    def counted_to(self, many: int) -> "Facet":
        """The same, exact only if it comes to fewer than so many, which were looked at."""
        return evolve(self, exact=self.exact and sum(self.counts.values()) < many)


@frozen
class Facets:
    """What the choices of a filter would leave, and how many listings match.

    At least `total` match if not `exact`. Of `extras` those values are counted that a field lists,
    where nothing but that field narrows the listings down. Of `apps` there are the most frequent
    ones; since a listing has all that are asked for, they are those that others may be added to.
    """

    platforms: Facet = Facet()
    categories: Facet = Facet()
    total: int = 0
    exact: bool = True
    extras: Mapping[str, Mapping[str, int]] = field(factory=dict)
    apps: Facet = Facet()
    needs: Mapping[Need, Facet] = field(factory=dict)


@frozen
class CatalogueEntry:
    """A listing as visitors see it in the catalogue.

    It is `partial` if it has only some of the words that were looked for.
    """

    automation: Automation
    seller_name: str
    partial: bool = False


@frozen
class Catalogue:
    """A page of the catalogue as visitors see it.

    Of an answer that is `cut` there are more listings than are shown on all of its pages. `nearest`
    are queries that find something where this one does not, the nearest first.
    """

    entries: tuple[CatalogueEntry, ...]
    next_cursor: str | None
    facets: Facets
    corrections: tuple[Correction, ...] = ()
    cut: bool = False
    nearest: "tuple[CatalogueQuery, ...]" = ()
