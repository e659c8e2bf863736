"""Indexes in memory of listings that tests name by their titles."""

from collections.abc import Iterable

from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.testing.examples import a_listing, an_automation


def index_of(titles: Iterable[str], description: str = "It runs by itself") -> MemoryCatalogueIndex:
    """An index of a listing for each title, oldest first; ids are the titles' numbers from 1.

    A title may be followed by `|` and a description of its own.
    """
    index = MemoryCatalogueIndex()
    for number, told in enumerate(titles, 1):
        title, _, text = told.partition("|")
        listing = a_listing(
            title=title.strip(), description=f"{text or description}, day by day", tags=()
        )
        index.put(an_automation(f"aut_{number}", listing=listing))
    return index
