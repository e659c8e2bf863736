"""Finding listings by their apps, and by what they need."""

from koda.domain.model.reports import Compatibility, Uses, Verdict
from koda.domain.search.answers import Facet
from koda.domain.search.catalogue import Search
from koda.domain.search.needs import Need
from koda.domain.usecases.catalogue.find_relevant import BLOCK
from koda.testing.examples import a_listing, a_workflow_release, an_automation
from koda.testing.marketplace import Marketplace


def working_with(market: Marketplace, *apps: str, number: int = 1, **changes: object) -> None:
    """Put listings up for sale whose files work with some apps and hold what is said."""
    release = a_workflow_release(*apps, **changes)
    for _ in range(number):
        identity = f"aut_{market.catalogue_index.size():03}"
        market.automations.add(an_automation(identity, releases=(release,)))


def test_listings_are_found_by_their_apps(market: Marketplace) -> None:
    """By all that are asked for, however they are written, and by their words."""
    working_with(market, "Google Sheets", "Slack")
    working_with(market, "Slack", "Büro")
    working_with(market)

    for asked, expected in (("slack", 2), ("SLACK,google sheets", 1), ("buero", 1), ("sheets", 0)):
        catalogue = market.browse_catalogue(Search(apps=asked))
        assert len(catalogue.entries) == catalogue.facets.total == expected
    assert market.browse_catalogue(Search(q="sheets slack")).facets.total == 1
    by_slack = market.browse_catalogue(Search(apps="slack")).facets
    assert by_slack.apps == Facet({"Slack": 2, "Büro": 1, "Google Sheets": 1})


def test_listings_are_found_by_what_they_need(market: Marketplace) -> None:
    """Each is counted as if it were not asked for itself."""
    runs = Verdict(2, Compatibility.RUNS, "2.0"), Verdict(3, Compatibility.CHANGES, "3.0")
    working_with(market, verdicts=runs)
    working_with(market, ai=1, configure=4)
    working_with(market, ai=1, effects=(Uses("code", 1),), configure=99)
    facets = market.browse_catalogue(Search(needs={"ai": "with"})).facets

    assert facets.total == 2
    assert facets.needs == {
        Need.N8N: Facet(),
        Need.CODE: Facet({"without": 1, "with": 1}),
        Need.AI: Facet({"without": 1, "with": 2}),
        Need.SETUP: Facet({"5": 1, "10": 1}),
    }
    versions = {"2": 1, "2-with-changes": 1, "3-with-changes": 1}
    assert market.browse_catalogue(Search()).facets.needs[Need.N8N] == Facet(versions)
    for need, value, expected in (("n8n", "3", 0), ("n8n", "3-with-changes", 1), ("setup", "0", 1)):
        assert len(market.browse_catalogue(Search(needs={need: value})).entries) == expected


def test_apps_of_many_listings_are_those_of_the_newest(market: Marketplace) -> None:
    """All are counted where nothing narrows them down; else at least so many are told."""
    working_with(market, "Slack", "Old")
    working_with(market, "Slack", number=BLOCK)

    assert market.browse_catalogue(Search()).facets.apps == Facet({"Slack": BLOCK + 1})
    assert market.browse_catalogue(Search(q="post")).facets.apps == Facet({"Slack": BLOCK}, False)
    chosen = market.browse_catalogue(Search(apps="slack")).facets.apps
    assert chosen == Facet({"Slack": BLOCK + 1}, exact=False)
    needs = market.browse_catalogue(Search(needs={"ai": "without"})).facets.needs
    assert needs[Need.AI] == Facet({"without": BLOCK + 1})


def test_apps_of_what_has_some_of_the_words_are_counted(market: Marketplace) -> None:
    """As platforms are."""
    working_with(market, "Slack", number=2)
    market.automations.add(an_automation(listing=a_listing(title="Elephant")))

    facets = market.browse_catalogue(Search(q="slack elephant")).facets
    assert (facets.total, facets.apps) == (3, Facet({"Slack": 2}))


def test_where_nothing_is_found_an_app_or_a_need_less_is_offered(market: Marketplace) -> None:
    """Whichever leaves something."""
    working_with(market, "Slack", "Gmail")
    search = Search(apps="slack,trello", needs={"ai": "without"})

    assert [(of.apps, len(of.needs)) for of in market.browse_catalogue(search).nearest] == [
        (("slack",), 1)
    ]
    search = Search(apps="slack", needs={"ai": "with"})
    assert [(of.apps, len(of.needs)) for of in market.browse_catalogue(search).nearest] == [
        (("slack",), 0)
    ]
