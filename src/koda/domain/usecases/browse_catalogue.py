"""Looking for automations."""

from attrs import frozen

from koda.domain.model.catalogue import Catalogue, CatalogueEntry, CatalogueQuery, Search
from koda.domain.model.people import UNNAMED_SELLER, name_of
from koda.domain.model.policy import Policy
from koda.ports.automations import Automations
from koda.ports.people import People


@frozen
class BrowseCatalogue:
    """Searches the store."""

    automations: Automations
    people: People
    policy: Policy

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
        people = self.people.some({one.seller_id for one in page.items})
        entries = tuple(
            CatalogueEntry(one, name_of(people.get(one.seller_id), UNNAMED_SELLER))
            for one in page.items
            if one.sold_in(self.policy.currency)
        )
        return Catalogue(entries, page.next_cursor, page.facets)
