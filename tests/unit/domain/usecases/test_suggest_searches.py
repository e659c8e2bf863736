"""What is offered while somebody types."""

import pytest

from koda.domain.model.errors import InvalidForm
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.money import Money
from koda.domain.model.policy import Policy
from koda.domain.search.catalogue import LONGEST_SEARCH, Search
from koda.domain.search.suggestions import MOST_SUGGESTIONS, Suggestion
from koda.domain.usecases.catalogue.suggest_searches import SuggestSearches
from koda.testing.examples import a_listing, a_workflow_release, an_automation
from koda.testing.marketplace import Marketplace


def listed(market: Marketplace, *titles: str, **changes: object) -> None:
    """Put listings of these titles up for sale, oldest first."""
    for number, title in enumerate(titles, market.catalogue_index.size() + 1):
        listing = a_listing(
            **{"title": title, "description": "It runs all by itself.", "tags": (), **changes}
        )
        market.automations.add(an_automation(f"aut_{number}", listing=listing))


def said(suggestions: tuple[Suggestion, ...]) -> list[str]:
    """The suggestions in short: `kind text (count)`."""
    return [
        f"{suggestion.kind} {suggestion.text}"
        + (f" ({suggestion.count})" if suggestion.count is not None else "")
        for suggestion in suggestions
    ]


def titles(market: Marketplace, text: str) -> list[str]:
    """The titles that are suggested."""
    suggestions = said(market.suggest_searches(text))
    return [text.removeprefix("title ") for text in suggestions if text.startswith("title ")]


def test_titles_have_all_words_the_last_one_as_a_beginning(market: Marketplace) -> None:
    """Each leads to its listing."""
    listed(market, "Slack invoices", "Slack inventory", "Inv for Slack", "Slack only", "Invoices")

    assert titles(market, "slack inv") == ["Slack inventory", "Slack invoices", "Inv for Slack"]
    assert titles(market, "inv slack") == ["Inv for Slack"]
    assert [item.automation_id for item in market.suggest_searches("slack only")] == ["aut_4"]


def test_titles_that_begin_as_typed_come_first(market: Marketplace) -> None:
    """Then those where a word does; among these whole words first, then the newest."""
    listed(market, "Sheet", "Mail sorter", "Übersicht", "S for you", "Send an e-mail", "Ubersee")
    listed(market, *(f"A form's answer {number}" for number in range(20)))

    assert titles(market, "s")[:4] == ["S for you", "Send an e-mail", "Sheet", "Mail sorter"]
    assert titles(market, "UEBERS") == ["Übersicht"]
    assert titles(market, "ubers") == ["Ubersee", "Übersicht"]
    assert titles(market, "an email") == ["Send an e-mail"]


@pytest.mark.parametrize("typed", ["KÜND", "kuend", "kund", "\uff4bünd", "kündigugn"])
def test_what_is_typed_is_understood_as_in_a_search(market: Marketplace, typed: str) -> None:
    """Case, marks and mistakes do not matter."""
    listed(market, "Kündigung", *["Something else"] * 3)

    assert titles(market, typed) == ["Kündigung"]


def test_no_title_comes_twice(market: Marketplace) -> None:
    """The newest of its listings is the one that is suggested."""
    listed(market, "Slack alerts", "Slack mail", "SLACK alerts")

    assert titles(market, "sla") == ["SLACK alerts", "Slack mail"]


def test_tags_begin_with_what_is_typed_the_most_frequent_first(market: Marketplace) -> None:
    """Then a word of them does; also by its folded form; counts are of listings."""
    listed(market, "One", "Two", "Three", tags=("crm sync", "other crm"))
    listed(market, "Four", "Five", tags=("crm", "kuendigung"))

    assert said(market.suggest_searches("CRM")) == [
        "tag crm sync (3)",
        "tag crm (2)",
        "tag other crm (3)",
    ]
    assert said(market.suggest_searches("crm s")) == ["tag crm sync (3)"]
    assert said(market.suggest_searches("kündi")) == ["tag kuendigung (2)"]


@pytest.mark.parametrize("typed", ["BÜR", "bue", "bur", "b", "alles b"])
def test_a_tag_is_suggested_once_as_most_listings_write_it(market: Marketplace, typed: str) -> None:
    """However it is typed, with the number of listings that its filter leaves."""
    listed(market, "Alles", "Alles da", tags=("büro",))
    listed(market, "Alles klar", tags=("buero", "alles büro"))
    counts = [text for text in said(market.suggest_searches(typed)) if text.startswith("tag ")]

    tag = "alles büro (1)" if typed == "alles b" else "büro (3)"
    assert counts[0] == f"tag {tag}"
    assert len(counts) <= 2
    assert len(market.browse_catalogue(Search(tag="Büro")).entries) == 3


def test_apps_begin_with_what_is_typed(market: Marketplace) -> None:
    """Or a word of them does; they are written as files name them."""
    release = a_workflow_release("Google Sheets", "Gmail", "X, once Twitter")
    market.automations.add(an_automation(releases=(release,)))

    assert said(market.suggest_searches("GOOG")) == ["app Google Sheets (1)"]
    assert said(market.suggest_searches("she")) == ["app Google Sheets (1)"]
    assert said(market.suggest_searches("twitter")) == ["app X once Twitter (1)"]
    assert said(market.suggest_searches("g")) == ["app Gmail (1)", "app Google Sheets (1)"]


def test_platforms_and_categories_have_the_words_and_listings() -> None:
    """The policy names them; what nobody sells in is not suggested."""
    market = Marketplace(
        policy=Policy(categories=("E-Mail Marketing", "Media Marketing", "Markets"))
    )
    listed(market, "Title", "Title", category="E-Mail Marketing", platform="Make")
    listed(market, "Title", category="Media Marketing", platform="n8n")

    assert said(market.suggest_searches("mark")) == [
        "category E-Mail Marketing (2)",
        "category Media Marketing (1)",
    ]
    assert said(market.suggest_searches("e-mail m")) == ["category E-Mail Marketing (2)"]
    assert said(market.suggest_searches("marketing email")) == ["category E-Mail Marketing (2)"]
    assert said(market.suggest_searches("marketing e-m")) == ["category E-Mail Marketing (2)"]
    assert said(market.suggest_searches("MA")) == [
        "platform Make (2)",
        "category E-Mail Marketing (2)",
        "category Media Marketing (1)",
    ]
    assert said(market.suggest_searches("zap")) == []


@pytest.mark.parametrize(
    ("named", "tagged", "expected"),
    [(13, 9, (5, 3)), (9, 1, (7, 1)), (2, 9, (2, 6)), (0, 9, (0, 8)), (9, 0, (8, 0))],
)
def test_a_fair_mix_of_eight(
    market: Marketplace, named: int, tagged: int, expected: tuple[int, int]
) -> None:
    """Five titles and three filters; where there are fewer of one, more of the other."""
    for number in range(max(named, tagged)):
        title = f"Slack {number}" if number < named else f"Title {number}"
        listed(market, title, tags=(f"slack {number}",) if number < tagged else ())
    kinds = [str(suggestion.kind) for suggestion in market.suggest_searches("slack")]

    assert len(kinds) == MOST_SUGGESTIONS
    assert (kinds.count("title"), kinds.count("tag")) == expected
    assert kinds == sorted(kinds, key=["title", "tag"].index)


def test_filters_of_all_kinds_come_in_turn() -> None:
    """However many tags there are, a platform and a category have their place."""
    market = Marketplace(policy=Policy(categories=("Makers", "Making", "Other")))
    listed(market, *[f"Make {number}" for number in range(6)], category="Makers", platform="Make")
    listed(market, "Other", category="Making", tags=tuple(f"make {n}" for n in range(5)))

    assert said(market.suggest_searches("mak"))[5:] == [
        "tag make 0 (1)",
        "platform Make (6)",
        "category Makers (6)",
    ]


@pytest.mark.parametrize("typed", ["", "   ", "?!", '""', "…"])
def test_nothing_is_suggested_to_nothing(market: Marketplace, typed: str) -> None:
    """Nor to what has no letter and no digit."""
    listed(market, "Slack")

    assert market.suggest_searches(typed) == ()


@pytest.mark.parametrize("typed", ["x" * (LONGEST_SEARCH + 1), "a\0b"])
def test_what_cannot_be_searched_for_is_refused(market: Marketplace, typed: str) -> None:
    """As the search itself does."""
    with pytest.raises(InvalidForm, match="q"):
        market.suggest_searches(typed)


def test_what_is_not_for_sale_is_not_suggested(market: Marketplace) -> None:
    """Neither its title nor its tags."""
    listed(market, "Slack", tags=("slack",))
    automation = market.automations.get(AutomationId("aut_1"))
    market.automations.save(automation.withdraw(market.clock()).state)

    assert market.suggest_searches("sla") == ()


def test_what_is_priced_in_another_currency_is_not_suggested() -> None:
    """A filter is, if it leaves something; how much, only the search tells.

    Before the marketplace knows of another currency, filters count all listings.
    """
    market = Marketplace()
    listed(market, "Slack old", price=Money(1200, "USD"), tags=("slack", "slack dollars"))
    listed(market, "Slack new", tags=("slack",))
    suggest = SuggestSearches(
        market.catalogue_index,
        market.automations,
        market.policy,
        market.read_words,
        currency_changed=True,
    )

    assert said(suggest("slack")) == ["title Slack new", "tag slack"]
    assert said(market.suggest_searches("slack")) == [
        "title Slack new",
        "tag slack (2)",
        "tag slack dollars (1)",
    ]
