"""The use cases of the catalogue, over their ports."""

from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.domain.usecases.catalogue.count_choices import CountChoices
from koda.domain.usecases.catalogue.count_needs import CountNeeds
from koda.domain.usecases.catalogue.find_relevant import FindRelevant
from koda.domain.usecases.catalogue.present_catalogue import PresentCatalogue
from koda.domain.usecases.catalogue.read_words import ReadWords
from koda.domain.usecases.catalogue.suggest_searches import SuggestSearches
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.domain.usecases.catalogue.view_picture import ViewPicture
from koda.entrypoints.wiring.backends import Backends


class CatalogueUseCases:
    """The part of `UseCases` that is about the catalogue."""

    authorize: Authorize

    def compose_catalogue(self, of: Backends) -> None:
        """Those by which listings are found and looked at."""
        automations, index, policy = of.automations, of.catalogue_index, of.policy
        self.read_words: ReadWords = ReadWords(index)
        self.find_relevant: FindRelevant = FindRelevant(index)
        self.count_choices: CountChoices = CountChoices(index, policy)
        self.count_needs: CountNeeds = CountNeeds(index)
        self.browse_catalogue: BrowseCatalogue = BrowseCatalogue(
            index,
            automations,
            of.people,
            policy,
            self.read_words,
            self.find_relevant,
            self.count_choices,
            self.count_needs,
            currency_changed=of.currency_changed,
        )
        self.suggest_searches: SuggestSearches = SuggestSearches(
            index,
            automations,
            policy,
            self.read_words,
            currency_changed=of.currency_changed,
        )
        self.present_catalogue: PresentCatalogue = PresentCatalogue(self.browse_catalogue, of.cache)
        self.view_automation: ViewAutomation = ViewAutomation(
            automations, of.people, of.purchases, self.authorize, policy
        )
        self.view_picture: ViewPicture = ViewPicture(automations, self.view_automation, policy)
