"""How every adapter of `Automations` searches the catalogue."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.catalogue import CatalogueQuery, Facets, Sort, searched_words
from koda.domain.model.money import Money
from koda.ports.automations import Automations
from koda.testing.contracts.automations_machine import every, expected_answer, expected_facets
from koda.testing.contracts.catalogues import catalogue_queries, similar_automations
from koda.testing.contracts.running import (
    EXAMPLES,
    assert_same,
)
from koda.testing.examples import NOON, a_listing, an_automation, changed
from koda.testing.strategies import NASTY

Make = Callable[[], Automations]


def priced(automation_id: str, minor: int, **changes: object) -> Automation:
    """An automation for sale at a price."""
    listing = a_listing(price=Money(minor, "EUR"), **changes)
    return an_automation(automation_id, listing=listing)


def found(store: Automations, **query: object) -> list[str]:
    """The ids of the first page."""
    return [automation.id for automation in store.search(changed(CatalogueQuery(), **query)).items]


def filled(store: Automations, *automations: Automation) -> Automations:
    """The store with some automations in it."""
    for automation in automations:
        store.add(automation)
    return store


class SearchingContract:
    """The part of the suite for `Automations` that is about the catalogue."""

    @pytest.mark.parametrize("state", AutomationState)
    def test_search_shows_only_what_is_published(self, make: Make, state: AutomationState) -> None:
        """Neither the page nor the facets show anything else."""
        page = filled(make(), an_automation(state=state)).search(CatalogueQuery())

        published = state is AutomationState.PUBLISHED
        assert published == bool(page.items)
        assert published == bool(page.facets.platforms)

    def test_search_follows_every_save(self, make: Make) -> None:
        """What was saved before the call is in the answer, and what it replaced is not."""
        store = filled(make(), an_automation())
        automation = store.save(
            an_automation(listing=a_listing(title="Brew tea", tags=("tea",), platform="Make"))
        )

        assert ["aut_1"] == found(store, words=("tea",)) == found(store, tag="tea")
        assert [] == found(store, words=("post", "schedule")) == found(store, tag="posting")
        assert store.search(CatalogueQuery()).facets.platforms == {"Make": 1}
        store.save(*automation.withdraw(NOON))
        assert [] == found(store) == found(store, words=("tea",)) == found(store, tag="tea")
        assert Facets({}, {}) == store.search(CatalogueQuery()).facets

    def test_search_finds_the_last_word_by_its_beginning(self, make: Make) -> None:
        """Earlier words must be whole, the last one may be cut."""
        store = filled(make(), an_automation())

        assert found(store, words=("post", "netw")) == ["aut_1"]
        assert found(store, words=("netw", "post")) == []
        assert found(store, words=("post", "etwork")) == []

    @pytest.mark.parametrize("text", NASTY)
    def test_search_finds_text_of_any_script(self, make: Make, text: str) -> None:
        """Words are compared folded, as the domain folds them, and by nothing else."""
        other = an_automation("aut_2", listing=a_listing(title="Brew tea"))
        listed = an_automation(listing=a_listing(title=text.replace("\r\n", " "), tags=()))
        store = filled(make(), listed, other)

        for typed in (text, text.upper(), text.lower(), text[:-1], text[:5], text[3:9]):
            query = CatalogueQuery(words=searched_words(typed)[:5])
            expected = [
                automation.id for automation in (other, listed) if query.matches_freely(automation)
            ]
            assert expected == found(store, words=query.words)

    def test_search_takes_no_word_for_a_command(self, make: Make) -> None:
        """A word that an engine's query language knows is a word."""
        store = filled(make(), an_automation())

        for word in ("and", "or", "not", "near", "null", "x", "", "*", '"', "a:b", "\ud800", "0"):
            for words in ((word,), (word, "post"), ("post", word)):
                expected = CatalogueQuery(words=words).matches_freely(an_automation())
                assert expected == bool(found(store, words=words))

    def test_search_by_tag_is_exact(self, make: Make) -> None:
        """Part of a tag finds nothing."""
        store = filled(make(), an_automation(listing=a_listing(tags=("日本 語", "two words"))))

        assert ["aut_1"] == found(store, tag="日本 語") == found(store, tag="two words")
        assert [] == found(store, tag="two") == found(store, tag="日本") == found(store, tag="%")

    def test_price_bounds_are_included(self, make: Make) -> None:
        """Both ends belong to the range."""
        store = filled(make(), priced("aut_1", 100), priced("aut_2", 200), priced("aut_3", 300))

        assert found(store, max_price=200) == ["aut_2", "aut_1"]
        assert found(store, min_price=200) == ["aut_3", "aut_2"]
        assert found(store, min_price=200, max_price=200) == ["aut_2"]

    def test_ties_fall_by_id_in_the_direction_of_the_order(self, make: Make) -> None:
        """Ascending prices have ascending ids, everything else descending ones."""
        store = filled(make(), priced("aut_2", 200), priced("aut_1", 200), priced("aut_3", 100))

        assert found(store, sort=Sort.PRICE_ASC) == ["aut_3", "aut_1", "aut_2"]
        assert found(store, sort=Sort.PRICE_DESC) == ["aut_2", "aut_1", "aut_3"]
        assert found(store, sort=Sort.NEWEST) == ["aut_3", "aut_2", "aut_1"]

    def test_newest_goes_by_publication(self, make: Make) -> None:
        """A draft that waited is new on the day it is published."""
        days = [NOON + timedelta(days=number) for number in range(4)]
        store = filled(
            make(),
            an_automation("aut_1", created_at=days[0], published_at=days[3]),
            an_automation("aut_2", created_at=days[1], published_at=days[2]),
            an_automation("aut_3", created_at=days[2], published_at=None),
        )

        assert found(store) == ["aut_1", "aut_3", "aut_2"]

    def test_facets_honour_every_other_filter(self, make: Make) -> None:
        """A platform's count leaves out the platform asked for, and a category's its own."""
        sales = a_listing(category="Sales", platform="Make")
        store = filled(
            make(),
            an_automation("aut_1"),
            an_automation("aut_2", listing=sales),
            an_automation("aut_3", listing=evolve(sales, platform="n8n")),
            an_automation("aut_4", listing=evolve(sales, price=Money(9900, "EUR"))),
        )

        for words in ((), ("post",)):
            query = CatalogueQuery(words=words, platform="n8n", category="Sales", max_price=5000)
            facets = store.search(query).facets
            assert facets.platforms == {"n8n": 1, "Make": 1}
            assert facets.categories == {"Sales": 1, "Social Media": 1}

    @pytest.mark.parametrize("sort", Sort)
    def test_pages_stand_still_while_listings_are_added(self, make: Make, sort: Sort) -> None:
        """What comes before a page's last item does not push items to the next page."""
        store = filled(make(), *(priced(f"aut_{number}", 200) for number in range(2, 6)))
        query = CatalogueQuery(sort=sort, limit=2)
        first = store.search(query)
        before = {Sort.PRICE_ASC: priced("aut_1", 200)}.get(sort, priced("aut_9", 200))
        filled(store, before)

        second = store.search(evolve(query, after=first.next_place))
        ids = [automation.id for automation in (*first.items, *second.items)]
        assert sorted(ids, reverse=sort.descending) == ids
        assert {"aut_2", "aut_3", "aut_4", "aut_5"} == set(ids)

    def test_place_of_a_page_is_that_of_its_last_item(self, make: Make) -> None:
        """By what the query sorts by, and the id; the last page has none."""
        store = filled(make(), an_automation("aut_1"), an_automation("aut_2"))
        query = CatalogueQuery(limit=1)
        place = store.search(query).next_place

        assert place is not None
        assert place.id == "aut_2"
        assert store.search(evolve(query, limit=2)).next_place is None

    @EXAMPLES
    @given(
        listed=st.lists(
            similar_automations(8), max_size=8, unique_by=lambda automation: automation.id
        ),
        queries=st.lists(catalogue_queries(), min_size=1, max_size=4),
    )
    def test_search_answers_what_the_query_says(
        self, make: Make, listed: list[Automation], queries: list[CatalogueQuery]
    ) -> None:
        """Page by page, in order, with the facets of the whole answer."""
        store = filled(make(), *listed)

        for query in queries:
            assert_same(expected_answer(query, listed), every(store, query))
            assert expected_facets(query, listed) == store.search(query).facets
