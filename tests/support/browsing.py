"""The catalogue of stores that no marketplace holds."""

from koda.adapters.memory.people import MemoryPeople
from koda.domain.model.policy import Policy
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.domain.usecases.catalogue.count_choices import CountChoices
from koda.domain.usecases.catalogue.count_needs import CountNeeds
from koda.domain.usecases.catalogue.find_relevant import FindRelevant
from koda.domain.usecases.catalogue.read_words import ReadWords
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex


def browsing(index: CatalogueIndex, automations: Automations) -> BrowseCatalogue:
    """The use case over an index and the automations that it is of."""
    policy = Policy()
    counts = CountChoices(index, policy), CountNeeds(index)
    parts = ReadWords(index), FindRelevant(index), *counts
    return BrowseCatalogue(index, automations, MemoryPeople(), policy, *parts)
