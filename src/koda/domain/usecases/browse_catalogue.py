"""Looking for automations."""

from attrs import frozen

from koda.domain.model.catalogue import Catalogue, CatalogueEntry, CatalogueQuery, Search
from koda.domain.model.policy import Policy
from koda.ports.automations import Automations
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.people import People

UNNAMED_SELLER = "A seller"


@frozen
class BrowseCatalogue:
    """Answers visitors, from the cache where it can."""

    automations: Automations
    people: People
    cache: CatalogueCache
    policy: Policy

    def __call__(self, search: Search) -> Catalogue:
        """Return a page of published automations with the names of their sellers.

        Raises:
            InvalidValue: a parameter that is not allowed.
            Unavailable: the answer is not cached and the store is down.
        """
        query = search.query(self.policy)
        return self.cache.get_or_load(query.key, lambda: self._load(query))

    def _load(self, query: CatalogueQuery) -> Catalogue:
        page = self.automations.search(query)
        people = self.people.some({one.seller_id for one in page.items})
        entries = tuple(
            CatalogueEntry(
                one, people[one.seller_id].name if one.seller_id in people else UNNAMED_SELLER
            )
            for one in page.items
        )
        return Catalogue(entries, page.next_cursor, page.facets)
