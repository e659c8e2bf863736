"""What every adapter of `CatalogueIndex` does."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, ClassVar, cast

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.search.corrections import forms_of
from koda.domain.search.entries import IndexEntry, Order, Wanted
from koda.domain.search.indexing import labels_of
from koda.domain.search.labels import is_word, title_label
from koda.domain.search.names import TAGS
from koda.domain.search.words import words_of
from koda.ports.catalogue_index import CatalogueIndex
from koda.testing.contracts.catalogue_index_machine import (
    WAYS,
    CatalogueIndexMachine,
    IndexedAutomations,
    every,
    expected_counts,
    expected_entries,
)
from koda.testing.contracts.running import EXAMPLES
from koda.testing.contracts.stores import InTurn, StoreContract
from koda.testing.examples import NOON, a_listing, an_automation
from koda.testing.listing_strategies import automations
from koda.testing.strategies import NASTY

Make = Callable[[], IndexedAutomations]

_ODD = ("and", "or", "not", "near", "null", "", "*", '"', "a:b", "\ud800", "0", "=", "x" * 5000)
"""Words that an engine's query language knows, or that nothing can have."""


def filled(case: IndexedAutomations, *added: Automation) -> IndexedAutomations:
    """The case with some automations in it."""
    for automation in added:
        case.automations.add(automation)
    return case


def titled(automation_id: str, title: str) -> Automation:
    """An automation for sale that is found by hardly more than its title."""
    text = "." * 20
    return an_automation(automation_id, listing=a_listing(title=title, description=text, tags=()))


def ids(entries: Iterable[IndexEntry]) -> list[str]:
    """The ids of some entries."""
    return [entry.id for entry in entries]


def found(
    case: IndexedAutomations, *labels: str, begun: Iterable[str] = (), **prices: int | None
) -> list[str]:
    """The ids of what is wanted, newest first."""
    wanted = Wanted(frozenset(labels), frozenset(begun), **prices)
    return ids(case.index.read(wanted, Order.NEWEST, 99))


class CatalogueIndexContract(StoreContract[IndexedAutomations]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says.

    An index is tried with the automations that it reads: both are of one store.
    """

    port: ClassVar[type] = CatalogueIndex

    def machine(self, store: IndexedAutomations) -> RuleBasedStateMachine:
        """An index beside a dictionary of automations."""
        return CatalogueIndexMachine(store)

    def of_port(self, store: IndexedAutomations) -> object:
        """The index."""
        return store.index

    def in_turn(self, first: IndexedAutomations, second: IndexedAutomations) -> IndexedAutomations:
        """Both handles of each."""
        pairs = (first.automations, second.automations), (first.index, second.index)
        return IndexedAutomations(*cast("tuple[Any, Any]", tuple(InTurn(*pair) for pair in pairs)))

    # --- following what is written -------------------------------------------------------

    @pytest.mark.parametrize("state", AutomationState)
    def test_only_what_is_published_has_an_entry(self, make: Make, state: AutomationState) -> None:
        """Neither words nor counts tell of anything else."""
        automation = an_automation(state=state)
        case = filled(make(), automation)

        published = state is AutomationState.PUBLISHED
        assert published == bool(found(case)) == bool(case.index.size())
        assert published == bool(case.index.frequencies(labels_of(automation)))
        assert published == bool(case.index.beginning_with("p", 9))

    @EXAMPLES
    @given(automation=automations(), before=automations())
    def test_an_entry_is_what_its_automation_says(
        self, make: Make, automation: Automation, before: Automation
    ) -> None:
        """Whatever the script, the time and the price, and whatever it was before."""
        case = filled(make(), before)
        saved = case.automations.save(evolve(automation, id=before.id, revision=before.revision))

        for order, ascending in WAYS:
            expected = expected_entries([saved], Wanted(), order)
            assert expected == every(case.index, Wanted(), order, 1, ascending=ascending)
        assert expected_counts([saved]) == case.index.frequencies(labels_of(saved))

    def test_every_save_is_followed(self, make: Make) -> None:
        """What was saved before the call is in the answer, and what it replaced is not."""
        case = filled(make(), titled("aut_1", "brew coffee"), titled("aut_2", "brew cocoa"))
        first = case.automations.get(AutomationId("aut_1"))
        revised = case.automations.save(evolve(first, listing=titled("aut_1", "brew tea").listing))

        assert found(case, "tea") == ["aut_1"]
        assert found(case, "coffee") == []
        assert case.index.beginning_with("co", 9) == {"cocoa": 1}
        assert case.index.near(forms_of("coffee")) == {}
        assert case.index.near(forms_of("tea")) == {"tea": 1}
        suspended = case.automations.save(*revised.suspend(NOON, "It leaks keys."))
        assert found(case) == ["aut_2"]
        assert case.index.frequencies(("brew", "tea")) == {"brew": 1}
        assert case.index.near(forms_of("tea")) == {}
        case.automations.save(*suspended.reinstate(NOON, "It does not."))
        assert found(case, "brew") == ["aut_2", "aut_1"]
        assert case.index.size() == 2

    # --- labels and beginnings -----------------------------------------------------------

    @pytest.mark.parametrize("text", NASTY)
    def test_text_of_any_script_is_found(self, make: Make, text: str) -> None:
        """By its words and all their beginnings, compared by nothing but their code points."""
        listed = titled("aut_1", " ".join(text.split()))
        case = filled(make(), listed, titled("aut_2", "Brew tea"))
        words = words_of(listed.listing.title)

        for label in (*words, *map(title_label, words)):
            assert "aut_1" in found(case, label) == found(case, label, begun=[label])
            begun = Wanted(beginnings=frozenset((label[: len(label) // 2 + 1],)))
            expected = expected_entries([listed, titled("aut_2", "Brew tea")], begun, Order.NEWEST)
            assert expected == list(case.index.read(begun, Order.NEWEST, 9)) or ":" in label

    @pytest.mark.parametrize("word", _ODD)
    def test_no_word_is_a_command(self, make: Make, word: str) -> None:
        """A word that an engine's query language knows is a word."""
        automation = titled("aut_1", "to be or not to be 0 near null and x")
        case = filled(make(), automation)

        for labels in ((word,), (word, "be"), ("be", title_label(word))):
            assert (set(labels) <= labels_of(automation)) == bool(found(case, *labels))
        if word:
            begun = any(label.startswith(word) for label in labels_of(automation))
            assert begun == bool(found(case, begun=[word]))
        assert case.index.frequencies((word,)) == ({word: 1} if found(case, word) else {})
        case.index.beginning_with(word, 9)

    def test_a_beginning_is_of_one_kind(self, make: Make) -> None:
        """That of a word meets no title's word and no filter, and the other way round."""
        tagged = a_listing(title="Some title", description="sales " * 9, tags=("crm tools",))
        case = filled(make(), an_automation(listing=tagged))

        assert found(case, begun=["sal"]) == found(case, begun=["T:tit"]) == ["aut_1"]
        assert found(case, begun=["T:sal"]) == found(case, begun=["T:crm"]) == []
        assert found(case, begun=["tit"]) == found(case, begun=["crm"]) == ["aut_1"]
        assert found(case, begun=["aut"]) == found(case, begun=["user"]) == []

    @pytest.mark.parametrize("length", range(1, 13))
    def test_beginnings_of_any_length_are_found(self, make: Make, length: int) -> None:
        """One letter more than the word has is too many, and one that differs finds nothing."""
        word = "abcdefghijkl"
        case = filled(
            make(), titled("aut_1", f"{word[:length]} !!"), titled("aut_2", f"{word[:7]}zzzzzzz")
        )

        for mark in ("", "T:"):
            begun = f"{mark}{word[:length]}"
            assert found(case, begun=[begun]) == (["aut_2", "aut_1"] if length < 8 else ["aut_1"])
            assert "aut_1" not in found(case, begun=[f"{begun}y"])

    def test_tags_are_found_whole(self, make: Make) -> None:
        """Part of a tag is not the tag."""
        case = filled(make(), an_automation(listing=a_listing(tags=("日本 語", "two words"))))

        assert (
            found(case, TAGS.label("日本 語")) == found(case, TAGS.label("two words")) == ["aut_1"]
        )
        assert found(case, TAGS.label("two")) == found(case, TAGS.label("%")) == []

    def test_tags_are_found_however_they_are_written(self, make: Make) -> None:
        """Case, marks and full width do not matter, and umlauts may be spelled out."""
        case = filled(make(), an_automation(listing=a_listing(tags=("büro", "\uff43\uff52\uff4d"))))

        for tag in ("BÜRO", "buero", "buro", "\uff42üro", "crm", "\uff23\uff32\uff2d"):
            assert found(case, TAGS.label(tag)) == ["aut_1"]
        assert case.index.beginning_with("W:buero", 9) == {"W:buero,büro": 1}

    # --- counts --------------------------------------------------------------------------

    def test_no_more_than_so_many_are_counted(self, make: Make) -> None:
        """The newest are, as they would be read."""
        platforms = ("n8n", "n8n", "Make", "n8n")
        case = filled(
            make(),
            *(
                an_automation(f"aut_{number}", listing=a_listing(platform=platform))
                for number, platform in enumerate(platforms)
            ),
        )

        for most in range(1, 6):
            entries = case.index.read(Wanted(), Order.NEWEST, most)
            counts = Counter((entry.platform, entry.category) for entry in entries)
            assert counts == case.index.tally(Wanted(), most)
        assert case.index.tally(Wanted(labels=frozenset(("nothing",))), 9) == {}

    def test_of_a_range_of_prices_the_cheapest_are_counted(self, make: Make) -> None:
        """They are those that are read first."""
        prices = (("n8n", 300), ("Make", 100), ("Zapier", 200), ("n8n", 900))
        case = filled(
            make(),
            *(
                an_automation(
                    f"aut_{minor}",
                    listing=a_listing(platform=platform, price=Money(minor, "EUR")),
                )
                for platform, minor in prices
            ),
        )

        counted = case.index.tally(Wanted(max_price=500), 2)
        assert {platform for platform, _ in counted} == {"Make", "Zapier"}
        assert sum(case.index.tally(Wanted(max_price=500), 9).values()) == 3

    # --- what weighs most ----------------------------------------------------------------

    def test_the_heaviest_come_first(self, make: Make) -> None:
        """Then the newest; of what has a word only the newest count for it."""
        titles = ("brew tea", "brew", "tea", "brew tea mint", "mint")
        case = filled(
            make(), *(titled(f"aut_{number}", title) for number, title in enumerate(titles))
        )
        weights = {
            Wanted(labels=frozenset((word,))): weight for word, weight in (("brew", 2), ("tea", 3))
        }

        assert ids(case.index.heaviest(weights, 9, 9)) == ["aut_3", "aut_0", "aut_2", "aut_1"]
        assert ids(case.index.heaviest(weights, 9, 3)) == ["aut_3", "aut_0", "aut_2"]
        assert ids(case.index.heaviest(weights, 1, 9)) == ["aut_3"]
        assert case.index.heaviest({}, 9, 9) == ()
        assert case.index.heaviest({Wanted(labels=frozenset(_ODD)): 1}, 9, 9) == ()

    def test_frequencies_are_those_of_labels_that_are_there(self, make: Make) -> None:
        """Asked for as often as one likes; what is in no entry is missing."""
        case = filled(make(), titled("aut_1", "brew tea"), titled("aut_2", "brew cocoa"))

        asked = iter(["brew", "tea", "T:brew", "G:tea", "brew", *_ODD])
        assert case.index.frequencies(asked) == {"brew": 2, "tea": 1, "T:brew": 2}
        assert case.index.frequencies(()) == case.index.near(()) == {}

    def test_labels_are_told_by_their_beginning(self, make: Make) -> None:
        """The first of them by their code points; those of words are no others."""
        letters = ["\u00e9", "z", "\uffdc", "\U00010400", "\u65e5"]
        case = filled(make(), titled("aut_1", " ".join(f"tea{letter}" for letter in letters)))
        words = sorted(filter(is_word, labels_of(case.automations.get(AutomationId("aut_1")))))
        begun = [word for word in words if word.startswith("tea")]

        assert len(begun) > 2
        for most in range(1, len(begun) + 1):
            assert list(case.index.beginning_with("tea", most)) == begun[:most]
        assert case.index.beginning_with("M:", 9) == {"M:EUR": 1}
        assert case.index.beginning_with("eur", 9) == {}

    def test_near_words_are_those_of_a_form(self, make: Make) -> None:
        """Each once, though they share several."""
        case = filled(make(), titled("aut_1", "invoice voice"), titled("aut_2", "invoice tea"))

        near = case.index.near(iter(forms_of("invoce")))
        assert near["invoice"] == 2
        assert "tea" not in near
        assert case.index.near([-1, 2**40]) == {}

    def test_sellers_are_found_by_their_label(self, make: Make) -> None:
        """Each one's own."""
        eve = an_automation("aut_2", seller_id=UserId("user_eve"))
        case = filled(make(), an_automation("aut_1"), eve)

        assert found(case, "S:user_eve") == ["aut_2"]
