"""Looking for automations."""

from attrs import frozen

from koda.domain.model.catalogue import (
    Catalogue,
    CatalogueEntry,
    CatalogueQuery,
    Facets,
    Search,
    pair_of,
)
from koda.domain.model.people import UNNAMED_SELLER, name_of
from koda.domain.model.policy import Policy
from koda.ports.automations import Automations
from koda.ports.people import People

MOST_HIDDEN = 10_000
"""Listings in other currencies that are counted; of more than these the facets show some."""


@frozen(eq=False, repr=False)
class BrowseCatalogue:
    """Searches the store.

    Where the marketplace's currency was changed (`currency_changed`), what is priced in another one
    is not counted either.
    """

    automations: Automations
    people: People
    policy: Policy
    currency_changed: bool = False

    def __call__(self, search: Search) -> Catalogue:
        """Return a page of published automations with the names of their sellers.

        Raises:
            InvalidValue: a parameter that is not allowed.
            Unavailable: the store is down.
        """
        return self.find(self.query(search))

    def query(self, search: Search) -> CatalogueQuery:
        """Return what is asked of the store; raises `InvalidValue`."""
        return search.query(self.policy)

    def find(self, query: CatalogueQuery) -> Catalogue:
        """Return what the store answers; raises `Unavailable`."""
        page = self.automations.search(query)
        people = self.people.some({automation.seller_id for automation in page.items})
        entries = tuple(
            CatalogueEntry(automation, name_of(people.get(automation.seller_id), UNNAMED_SELLER))
            for automation in page.items
            if automation.sold_in(self.policy.currency)
        )
        following = page.next_place.encode(query.scope) if page.next_place else None
        facets = page.facets.without(self._hidden(query)).in_order(self.policy)
        return Catalogue(entries, following, facets)

    def _hidden(self, query: CatalogueQuery) -> Facets:
        """What the store counts, and nobody is shown."""
        if not self.currency_changed:
            return Facets({}, {})
        others = self.automations.in_other_currencies(self.policy.currency, MOST_HIDDEN)
        hidden = filter(query.matches_freely, others)
        return Facets.of(query, ((*pair_of(automation), 1) for automation in hidden))
