import json

import pytest

from koda.adapters.memory.secret_scanner import MemorySecretScanner
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.sentences import sentence
from koda.domain.usecases.selling.submit_automation import Submission
from koda.entrypoints.web.app import create_app
from koda.testing.examples import PIXEL, WORKFLOW
from koda.testing.marketplace import DESCRIPTION, Marketplace
from tests.e2e.pages.conftest import Site, sandboxed, text_of


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    preview = market.upload(seller, PIXEL, "picture.png")
    return market.list_automation(seller, tags=("social", "posting"), preview=preview)


def test_a_visitor_sees_everything_but_the_file(site: Site, automation: Automation) -> None:
    """Title, price, tags, releases and the public picture are there; the file's key is not."""
    page = site.anybody().get(f"/automations/{automation.id}")

    assert page.status_code == 200
    for shown in ("Post to every network", "€12.50", "#social", "1.0.0", "flow.json", "Buy now"):
        assert shown in text_of(page)
    assert automation.preview is not None
    picture = automation.preview.smallest.file.sha256
    assert f'src="/previews/{automation.id}/{picture}"' in page.text
    assert automation.latest.file.sha256 not in page.text


NEEDY = json.dumps(
    {
        "nodes": [
            {"name": "At nine", "type": "n8n-nodes-base.scheduleTrigger", "typeVersion": 1.2},
            {
                "name": "Tell them",
                "type": "n8n-nodes-base.slack",
                "typeVersion": 2.3,
                "credentials": {"slackApi": {"id": "1", "name": "Mine"}},
            },
            {"name": "Odd", "type": "n8n-nodes-strange.thing", "typeVersion": 1},
            {
                "name": "Ask",
                "type": "n8n-nodes-base.httpRequest",
                "typeVersion": 4,
                "parameters": {"url": "https://secret.internal/path"},
            },
            {"name": "Off", "type": "n8n-nodes-base.executeCommand", "disabled": True},
        ],
        "connections": {"At nine": {"main": [[{"node": "Nobody", "type": "main", "index": 0}]]}},
    }
).encode()


def test_everybody_sees_what_is_in_a_workflow_and_what_it_needs(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """By what the file tells; names of steps and hosts of the seller's own stay in it."""
    item = market.list_automation(seller, content=NEEDY, redact=True)
    page = text_of(site.anybody().get(f"/automations/{item.id}"))

    for shown in (
        "What is in it 5 steps.",
        "Apps Slack",
        "every day",
        "One step calls a web address. One host that is not a well-known service.",
        "One step is switched off. 3 steps are never reached. One connection leads nowhere.",
        "What you need Accounts Slack Slack API",
        "n8n-nodes-strange not verified by n8n",
        "n8n 2 runs with changes, from n8n 2.0 onwards Why The community package n8n-nodes-strange",
    ):
        assert shown in page
    for hidden in ("Tell them", "secret.internal", "Mine"):
        assert hidden not in page


def test_the_seller_is_offered_to_edit_and_download(
    site: Site, seller: Principal, automation: Automation
) -> None:
    """One's own listing cannot be bought."""
    page = text_of(site.browser(seller).get(f"/automations/{automation.id}"))

    assert "This is your listing" in page
    assert "Edit it" in page
    assert "Buy now" not in page


def test_a_buyer_who_has_it_is_offered_the_download(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Whoever owns it does not pay again."""
    market.buy(buyer, automation)

    page = text_of(site.browser(buyer).get(f"/automations/{automation.id}"))

    assert "You own this" in page
    assert "Buy now" not in page


def test_what_is_in_the_basket_leads_there(site: Site, automation: Automation) -> None:
    """Adding says so, stays on the page, and offers the basket next."""
    browser = site.anybody()
    here = f"/automations/{automation.id}"
    browser.get(here)

    page = browser.follow(browser.post("/basket/add", automation_id=automation.id, then="stay"))

    assert page.request.path == here
    assert "It is in your basket" in text_of(page)
    assert "Go to the basket" in page.text
    assert "It is in your basket." not in text_of(browser.get("/"))


def test_an_admin_suspends_and_reinstates(
    site: Site, seller: Principal, buyer: Principal, admin: Principal, automation: Automation
) -> None:
    """What is suspended is gone for visitors and shown with its state to its seller."""
    here = f"/automations/{automation.id}"
    cleo = site.browser(admin)
    cleo.get(here)

    suspended = cleo.follow(cleo.post(f"{here}/suspend", reason="A buyer reported it."))

    assert "The listing is suspended" in text_of(suspended)
    assert "Put back on sale" in suspended.text
    assert site.browser(buyer).get(here).status_code == 404
    assert "suspended" in text_of(site.browser(seller).get(here))
    assert "back on sale" in text_of(
        cleo.follow(cleo.post(f"{here}/reinstate", reason="It is his own."))
    )
    assert site.browser(buyer).get(here).status_code == 200


def test_a_suspended_purchase_says_why_it_cannot_be_downloaded(
    site: Site,
    market: Marketplace,
    buyer: Principal,
    admin: Principal,
    automation: Automation,
) -> None:
    """Its buyer sees the listing still, and that an administrator looks at it."""
    market.buy(buyer, automation)
    market.moderate_automation(admin, automation.id, "A buyer reported it.", suspended=True)
    browser = site.browser(buyer)

    page = browser.get(f"/automations/{automation.id}")
    refused = browser.post(f"/library/{automation.id}/download")

    assert "An administrator took this off sale" in text_of(page)
    assert refused.status_code == 403
    assert "automation_suspended" in refused.text


def test_only_admins_moderate(site: Site, seller: Principal, automation: Automation) -> None:
    """A seller can neither see the button nor press it."""
    browser = site.browser(seller)
    here = f"/automations/{automation.id}"

    assert "Suspend this listing" not in browser.get(here).text
    refused = browser.post(f"{here}/suspend")
    assert refused.status_code == 403
    assert "forbidden" in refused.text


def test_suspending_twice_is_refused(site: Site, admin: Principal, automation: Automation) -> None:
    """The state does not allow it, and the page says which state it is."""
    browser = site.browser(admin)
    browser.post(f"/automations/{automation.id}/suspend", reason="A buyer reported it.")

    refused = browser.post(f"/automations/{automation.id}/suspend", reason="A buyer reported it.")

    assert refused.status_code == 409
    assert "wrong_state" in refused.text


def test_a_remark_on_a_file_is_for_its_seller(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """What the site's Python cannot parse, a buyer's may."""
    script = market.upload(seller, b"match = =", "flow.py")
    item = market.submit_automation(
        seller,
        Submission(
            title="A script of its own",
            description=DESCRIPTION,
            price="12.50",
            category="Other",
            platform="Python",
            artifact=script,
        ),
    )
    place = f"/automations/{item.id}"

    assert "flow.py does not parse as Python 3." in text_of(site.browser(seller).get(place))
    assert "does not parse" not in site.anybody().get(place).text


def test_whether_a_scanner_looked_is_for_seller_and_moderators(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, admin: Principal
) -> None:
    """To buyers it would be a promise."""
    item = market.list_automation(seller)
    place = f"/automations/{item.id}"

    for principal, told in ((seller, True), (admin, True), (buyer, False)):
        page = site.browser(principal).get(place)
        assert ("No scanner looked for secrets" in text_of(page)) is told


def test_a_seller_hears_of_the_scanner_before_the_file_is_listed() -> None:
    """Beside what else is found in it."""
    market = sandboxed(Marketplace(scanner=MemorySecretScanner({"none": sentence("is none")})))
    seller = market.ready_seller("ada")
    upload = market.upload(seller, WORKFLOW)

    page = Site(market, create_app(market.container)).browser(seller).get(f"/selling/new/{upload}")

    assert "A scanner looked for secrets in it, too." in text_of(page)
