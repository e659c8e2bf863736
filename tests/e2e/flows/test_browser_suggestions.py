"""People are offered what to look for while they type, in a real browser."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.flows.serving import listening

pytestmark = pytest.mark.browser

ASKED = "**/api/v1/suggestions?*"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The address of a marketplace in memory with two listings."""
    market = Marketplace()
    ada = market.ready_seller("ada")
    for title in ("Slack alerts", "Slack standup"):
        market.list_automation(ada, title=title, tags=("slack bots",), category="Sales")
        market.pass_time(minutes=1)
    with listening() as server:
        server.app = create_app(market.container)
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """A page in a fresh window, whose scripts may not fail."""
    faults: list[str] = []
    page = browser.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{url}/basket")
    yield page
    page.context.close()
    assert faults == []


@pytest.fixture
def box(page: Page) -> Locator:
    """The field to search in."""
    return page.get_by_role("combobox", name="Search automations")


def offered(page: Page, *names: str) -> None:
    """Expect these suggestions and no other."""
    expect(page.get_by_role("option")).to_have_text(list(names))


def chosen(page: Page, box: Locator, name: str) -> None:
    """Expect a suggestion to be the one that Enter follows."""
    option = page.get_by_role("option", selected=True)
    expect(option).to_have_text([name])
    expect(box).to_have_attribute("aria-activedescendant", f"{option.get_attribute('id')}")
    expect(box).to_be_focused()


def test_keys_go_through_suggestions(page: Page, box: Locator) -> None:
    """Down, up, to the ends, away with Escape, and along with Enter."""
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("sla")
    offered(page, "Slack standup ", "Slack alerts ", "slack bots Tag · 2")
    expect(page.get_by_role("status")).to_have_text("3 suggestions")
    expect(box).to_have_attribute("aria-expanded", "true")
    for key, name in (
        ("ArrowDown", "Slack standup "),
        ("End", "slack bots Tag · 2"),
        ("ArrowUp", "Slack alerts "),
        ("Home", "Slack standup "),
    ):
        box.press(key)
        chosen(page, box, name)
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    offered(page)
    expect(box).to_have_value("sla")
    box.press("ArrowDown")
    offered(page, "Slack standup ", "Slack alerts ", "slack bots Tag · 2")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.get_by_role("heading", name="Slack standup", level=1)).to_be_visible()


def test_a_filter_leads_to_what_it_leaves(page: Page, box: Locator) -> None:
    """By a click; whoever goes elsewhere leaves no suggestions behind."""
    box.press_sequentially("sal")
    offered(page, "Sales Category · 2")
    page.keyboard.press("Tab")
    offered(page)
    box.fill("sale")
    page.get_by_role("option", name="Sales").click()
    page.wait_for_url("**/?category=Sales")


def test_older_answers_and_failures_show_nothing(page: Page, box: Locator) -> None:
    """A newer letter gives up the question before it; without an answer, Enter searches."""

    def answer(route: Route) -> None:
        if route.request.url.endswith("q=sla"):
            route.fulfill(status=503)
        elif route.request.url.endswith("q=sl"):
            route.continue_()

    page.route(ASKED, answer)
    with page.expect_request(ASKED):
        box.press("s")
    with page.expect_event("requestfailed", lambda given_up: given_up.url.endswith("q=s")):
        box.press("l")
    expect(page.get_by_role("option")).to_have_count(3)
    box.press("a")
    offered(page)
    box.press("Enter")
    page.wait_for_url("**/?q=sla")
