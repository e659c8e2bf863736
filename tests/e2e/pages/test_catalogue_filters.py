"""What is applied to the catalogue, and how it is taken away again."""

import re
from html import unescape
from time import thread_time
from urllib.parse import parse_qsl, unquote, urlencode

import pytest

from koda.domain.model.extras import ExtraField, ExtraKind
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.reports import Compatibility, Verdict
from koda.entrypoints.web.app import create_app
from koda.testing.examples import a_workflow_release, an_automation
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, sandboxed, text_of

ASKING = Policy(
    extras=(
        ExtraField("level", choices=("Easy", "Hard")),
        ExtraField("needs_key", ExtraKind.YES_NO),
        ExtraField("setup_minutes", ExtraKind.NUMBER),
    )
)


@pytest.fixture
def anybody(market: Marketplace, seller: Principal) -> Browser:
    """A visitor of a marketplace that asks for fields of its own, with two listings."""
    asking = sandboxed(market.but(ASKING))
    asking.list_automation(
        seller, title="Post", extras={"level": "Easy", "needs_key": True, "setup_minutes": 1500}
    )
    asking.list_automation(seller, title="Mail", extras={"level": "Hard"})
    return Site(asking, create_app(asking.container)).anybody()


def titles(page: str) -> list[str]:
    """The titles of the cards, in order."""
    return re.findall(r'<h2><a href="[^"]+">([^<]+)', page)


def chips(page: str) -> dict[str, str]:
    """The filters in force, each with the address that it leads to."""
    links = re.findall(r'<li><a class="badge chip" href="([^"]+)"><span>([^<]+)', page)
    return {unescape(label): unescape(url) for url, label in links}


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("extras.level=EASY", "Level: Easy"),
        ("extras.needs_key=true", "Needs key: Yes"),
        ("extras.setup_minutes=01500", "Setup minutes: 1,500"),
    ],
)
def test_extra_fields_choose_and_show_what_is_chosen(
    anybody: Browser, query: str, chip: str
) -> None:
    """However the value is written; one press takes it away."""
    page = anybody.get(f"/?{query}").text

    assert titles(page) == ["Post"]
    assert chips(page) == {chip: "/"}


def test_every_filter_is_a_chip_that_one_press_removes(anybody: Browser) -> None:
    """Words, too; named as they are listed, whatever was typed. Each link leaves the others."""
    typed = {
        "q": "post",
        "platform": "N8N",
        "category": "social media",
        "tag": "crm",
        "seller": "user_ada",
        "min_price": "1",
        "max_price": "20",
        "extras.level": "easy",
    }
    shown = chips(anybody.get(f"/?{urlencode({**typed, 'sort': 'relevance'})}").text)
    labels = ["“post”", "n8n", "Social Media", "#crm", "one seller", "from €1.00", "up to €20.00"]

    assert list(shown) == [*labels, "Level: Easy"]
    for name, url in zip(typed, shown.values(), strict=True):
        left = {key: text for key, text in typed.items() if key != name}
        assert dict(parse_qsl(url.removeprefix("/?"))) == left | (
            {} if name == "q" else {"sort": "relevance"}
        )


@pytest.fixture
def two(site: Site, market: Marketplace) -> Browser:
    """A visitor of a marketplace with two listings whose files work with apps."""
    changes = Verdict(2, Compatibility.RUNS, "2.0"), Verdict(3, Compatibility.CHANGES, "3.0")
    both = a_workflow_release("Google Sheets", "Slack", ai=1, configure=2)
    slack = a_workflow_release("Slack", verdicts=changes)
    for number, release in enumerate((both, slack), 1):
        market.automations.add(an_automation(f"aut_{number}", releases=(release,)))
    return site.anybody()


def test_apps_and_needs_are_chips_that_one_press_removes(two: Browser) -> None:
    """Each app has its own; they are added and taken away by the links beside the listings."""
    page = two.get("/?ai=With&apps=slack,google+sheets&setup=2").text

    assert {label: unquote(url) for label, url in chips(page).items()} == {
        "google sheets": "/?apps=slack&ai=With&setup=2",
        "slack": "/?apps=google sheets&ai=With&setup=2",
        "With AI": "/?apps=google sheets,slack&setup=2",
        "Up to 2 steps to set up": "/?apps=google sheets,slack&ai=With",
    }
    shown = unquote(unescape(two.get("/?apps=Slack").text))
    assert '<a href="/?apps=Google Sheets,Slack"><span>Google Sheets</span>' in shown
    assert '<a href="/" aria-current="true"><span>Slack' in shown
    assert '<a href="/?apps=Slack&ai=without"><span>Without AI</span>' in shown


def test_what_listings_need_is_folded_until_it_is_asked_for(two: Browser) -> None:
    """What runs with changes only is behind the rest."""
    folded, shown = (unescape(two.get(f"/{query}").text) for query in ("", "?n8n=2"))
    changed = '<a href="/?n8n=3-with-changes"><span>n8n 3, perhaps with changes</span>'

    assert '<details><summary class="field-label small mono">What you need' in folded
    assert '<details open><summary class="field-label small mono">What you need' in shown
    for page in (folded, shown):
        assert page.index('<details class="more">') < page.index(changed)


def test_what_no_app_or_need_can_be_is_told(two: Browser) -> None:
    """The rest stays in force."""
    page = two.get("/?apps=a,b,c,d,e,f&ai=perhaps&code=without")

    assert page.status_code == 422
    assert "AI must be one of without, with." in unescape(page.text)
    assert list(chips(page.text)) == ["Needs no code"]


def test_an_empty_page_offers_to_leave_an_app_or_a_need_out(two: Browser) -> None:
    """Whichever leaves something."""
    page = two.get("/?apps=Gmail,Slack&ai=without").text
    assert '<a href="/?apps=Slack&amp;ai=without">Search without “Gmail”</a>' in page
    page = two.get("/?apps=Google+Sheets&ai=without").text
    assert '<a href="/?apps=Google%20Sheets">Search without “Without AI”</a>' in page
    assert '<a href="/?ai=without">Search without “Google Sheets”</a>' in page


def test_a_listing_leads_to_what_else_its_seller_sells(
    anybody: Browser, market: Marketplace
) -> None:
    """Where the chip says whose they are."""
    market.list_automation(market.ready_seller("cyd"), title="Sheet")
    path = re.search(r'<h2><a href="([^"]+)">Mail', anybody.get("/").text)
    assert path is not None
    listing = anybody.get(path[1]).text
    page = anybody.get("/?seller=user_ada").text
    assert "<h1>Automations by Ada</h1>" in page

    assert 'by <a href="/?seller=user_ada">Ada</a>, version' in listing
    assert titles(page) == ["Mail", "Post"]
    assert chips(page) == {"by Ada": "/"}


def test_values_of_a_field_are_links_with_counts(anybody: Browser) -> None:
    """As platforms are; a value that leaves nothing is none, and where none is counted all are."""
    page, chosen = anybody.get("/").text, anybody.get("/?q=post&extras.level=Hard").text

    for value in ("Easy", "Hard"):
        link = f'<a href="/?extras.level={value}"><span>{value}</span><span class="n">1</span></a>'
        assert link in page
    assert 'href="/?extras.needs_key=yes"' in page
    assert 'href="/?extras.needs_key=no"' not in page
    assert 'href="/?q=post&amp;extras.level=Easy"><span>Easy</span></a>' in chosen
    assert 'href="/?q=post" aria-current="true"><span>Hard' in chosen
    assert 'href="/?q=post&amp;extras.level=Hard&amp;extras.needs_key=no"' in chosen


def test_free_fields_are_asked_for_and_listed_ones_are_carried_along(anybody: Browser) -> None:
    """By the form beside the price."""
    page = anybody.get("/?extras.level=Easy&extras.setup_minutes=1500").text

    assert 'name="extras.setup_minutes" maxlength="100" inputmode="numeric"' in page
    assert 'autocomplete="off" value="1500"' in page
    assert '<input type="hidden" name="extras.level" value="Easy">' in page
    assert '<input type="hidden" name="extras.setup_minutes"' not in page
    assert 'href="/?sort=price_asc&amp;extras.level=Easy&amp;extras.setup_minutes=1500"' in page


def test_an_empty_page_says_what_was_corrected(anybody: Browser) -> None:
    """And leads to what was typed."""
    page = anybody.get("/?q=mial&platform=Make&sort=newest")

    assert not titles(page.text)
    assert "Looked for mail instead of mial. Search for “mial” instead" in text_of(page)


def test_an_empty_page_offers_to_leave_a_field_out(anybody: Browser) -> None:
    """By the name that people read."""
    page = anybody.get("/?platform=n8n&extras.needs_key=no")

    assert not titles(page.text)
    assert "Search without “Needs key: No”" in text_of(page)
    assert 'href="/?platform=n8n">Search without' in page.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("extras.level=so+so", "Level must be one of Easy, Hard"),
        ("extras.setup_minutes=ten", "Setup minutes must be a whole number"),
        ("extras.colour=red", "Colour is not known; leave it out"),
    ],
)
def test_a_value_that_a_field_does_not_take_is_told(
    anybody: Browser, query: str, words: str
) -> None:
    """And a link leads to the rest."""
    page = anybody.get(f"/?{query}")

    assert page.status_code == 422
    assert words in text_of(page)
    assert not chips(page.text)
    assert '<a href="/">Search for the rest' in page.text


@pytest.mark.parametrize(
    ("prices", "rest", "left"),
    [
        ("min_price=abc", "", []),
        ("min_price=90&max_price=20", "&max_price=20", ["up to €20.00"]),
    ],
)
def test_what_is_refused_leaves_all_else_in_force(
    anybody: Browser, prices: str, rest: str, left: list[str]
) -> None:
    """The form has what was typed, and what is wrong with it; chips, orders and facets stay."""
    other = "extras.level=Easy&extras.setup_minutes=1e3&sort=newest"
    page = anybody.get(f"/?q=post&{prices}&{other}")
    text = unescape(page.text)

    assert page.status_code == 422
    for value in (prices.removeprefix("min_price=").partition("&")[0], "1e3"):
        assert f'autocomplete="off" value="{value}"' in text
    wrong = ["min_price", "extras.setup_minutes"]
    assert re.findall(r'name="([^"]+)" aria-invalid="true"', text) == wrong
    assert re.findall(r'class="field-error" id="([^"]+)-error"', text) == wrong
    assert '<input type="hidden" name="extras.level" value="Easy">' in text
    assert list(chips(page.text)) == ["“post”", *left, "Level: Easy"]
    assert f'<a href="/?q=post{rest}&sort=price_asc&extras.level=Easy">' in text
    platform = f'"/?q=post&platform=n8n{rest}&sort=newest&extras.level=Easy"'
    assert f'<a href={platform}><span>n8n</span><span class="n">1</span>' in text
    assert f'<a href="/?q=post{rest}&sort=newest&extras.level=Easy">Search for the rest' in text
    assert not titles(page.text)


def test_a_search_of_countless_fields_is_refused_at_once(anybody: Browser) -> None:
    """As many as the head of a request holds."""
    query = "&".join(f"extras.a{number}=1" for number in range(2200))
    begun = thread_time()
    page = anybody.get(f"/?{query}")

    assert page.status_code == 422
    assert thread_time() - begun < 1
