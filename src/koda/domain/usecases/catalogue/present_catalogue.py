"""Answering searches of the catalogue from the cache."""

from collections.abc import Callable

from attrs import frozen

from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import Search
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.ports.catalogue_cache import CatalogueCache


def _freely() -> None:
    """Let everybody search."""


@frozen(eq=False, repr=False)
class PresentCatalogue:
    """Answers visitors with finished bytes, from the cache where it can."""

    browse: BrowseCatalogue
    cache: CatalogueCache

    def __call__(
        self,
        search: Search,
        form: str,
        write: Callable[[Catalogue], bytes],
        admit: Callable[[], None] = _freely,
    ) -> bytes:
        """Return a page of published automations as `write` writes it.

        `form` tells what `write` makes of one catalogue from what others make of it. `admit` is
        called before the store is searched for anything; what it raises ends the search. The first
        page of all listings is open to everybody: the cache asks for it once, whoever comes.

        Raises:
            InvalidValue: a parameter that is not allowed.
            Unavailable: the answer is not cached and the store is down.
        """
        query = self.browse.query(search)

        def load() -> bytes:
            if search != Search():
                admit()
            return write(self.browse.find(query))

        return self.cache.get_or_load(f"{len(form)}:{form}:{query.key}", load)
