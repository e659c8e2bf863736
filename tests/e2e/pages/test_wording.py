"""What pages say of faults and of states: in the words of their forms, true, without codes."""

import re
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.entrypoints.web.app import create_app
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, sandboxed, text_of
from tests.e2e.pages.test_listing_forms import file, send

ALERTS = re.compile(
    r'(?:role="alert"|class="field-error"|class="note[ "])[^>]*>(.*?)</(?:div|p)>', re.DOTALL
)
CODE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\b(?:aut|ord|upl|user)_\w+|\b\d{6,}\b|<|>")


def said(page: TestResponse) -> str:
    """What the alerts of a page say, as text."""
    alerts = " ".join(ALERTS.findall(page.text))
    return " ".join(re.sub(r"<[^>]+>", " ", alerts).split())


def labels(page: TestResponse) -> dict[str, str]:
    """The labels of a page's inputs, by the inputs' names."""
    labels = re.findall(r'<label[^>]* for="(\w+)">(.*?)</label>', page.text)
    return {name: re.sub(r"<[^>]+>", "", label) for name, label in labels}


BAD = {
    "everything": {"title": "N", "description": "x", "platform": "", "category": "", "price": ""},
    "numbers": {"price": "0.10", "version": "one", "tags": "x" * 40},
    "letters": {"title": "a\u202eb\x07c", "tags": ",".join(map(str, range(11)))},
    "precise": {"price": "12.345"},
    "kind": {"artifact": (BytesIO(b"MZ"), "flow.exe"), "preview": (BytesIO(b"x"), "p.svg")},
    "content": {"artifact": (BytesIO(b"{"), "flow.json"), "preview": (BytesIO(b"x"), "p.png")},
    "script": {"artifact": (BytesIO(b"#" * (256 * 1024 + 1)), "flow.py")},
    "empty": {"artifact": (BytesIO(b""), "flow.json")},
    "lost": {"artifact": "", "artifact_upload_id": "upl_lost"},
}


@pytest.mark.parametrize("changes", BAD.values(), ids=BAD)
def test_faults_of_a_form_are_named_as_its_fields(
    site: Site, seller: Principal, changes: dict[str, Any]
) -> None:
    """Each begins with the label of its input, ends as a sentence does, and needs no decoding."""
    page = send(site.browser(seller), **({"artifact": file()} | changes))
    faults = re.findall(r'<li[^>]*><a href="#(\w+)">(.*?)</a></li>', page.text)

    assert faults
    for name, told in faults:
        assert told.startswith(labels(page)[name].removesuffix(" in EUR"))
        assert told.endswith(".")
    assert not CODE.search(said(page))


@pytest.mark.parametrize(("name", "limit"), [("flow.json", "300 KiB"), ("flow.py", "64 KiB")])
def test_limits_are_told_in_units(name: str, limit: str) -> None:
    """Nobody counts bytes."""
    policy = Policy(artifact_bytes=300 * 1024, script_bytes=64 * 1024)
    market = sandboxed(Marketplace(policy=policy))
    browser = Site(market, create_app(market.container)).browser(market.ready_seller("ada"))
    page = send(browser, artifact=(BytesIO(b"#" * (301 * 1024)), name))

    assert f"Workflow file must be at most {limit}." in said(page)


def test_announced_size_is_told_in_units(site: Site, seller: Principal) -> None:
    """To the page's script, too, which shows the sentence beside the input."""
    browser = site.browser(seller)
    browser.get("/selling/new")
    asked = {"kind": "artifact", "file_name": "flow.json", "content_type": "application/json"}
    refused = browser.client.post(
        "/selling/uploads",
        json={**asked, "size": 5 * 2**20 + 1, "sha256": "0" * 64},
        headers={"X-CSRFToken": browser.token},
        base_url=browser.base,
    )

    assert refused.status_code == 422, refused.text
    assert refused.get_json()["sentence"] == "Must be from 1 byte to 5 MiB."
    assert "5 MiB" in refused.get_json()["detail"]


WAYS: dict[str, Callable[[Browser, str], TestResponse]] = {
    "no such listing": lambda browser, _: browser.get("/automations/aut_nothing"),
    "no such order": lambda browser, _: browser.get("/orders/ord_nothing"),
    "not bought": lambda browser, own: browser.post(f"/library/{own}/download"),
    "foreign listing": lambda browser, own: browser.get(f"/selling/{own}/edit"),
    "no such upload": lambda browser, _: browser.get("/previews/aut_nothing/0"),
    "basket": lambda browser, _: browser.post("/basket/add", automation_id="x" * 65),
    "empty basket": lambda browser, _: browser.post("/checkout"),
    "foreign basket": lambda browser, _: browser.post("/checkout", automation_id="aut_nothing"),
    "wrong total": lambda browser, own: browser.post(
        "/checkout", automation_id=own, expected_total="ten"
    ),
    "other total": lambda browser, own: browser.post(
        "/checkout", automation_id=own, expected_total="1"
    ),
    "country": lambda browser, _: browser.post("/selling/onboarding", country="ZZ"),
    "not a seller": lambda browser, _: send(browser, artifact=file()),
    "moderation": lambda browser, own: browser.post(f"/automations/{own}/suspend"),
    "search": lambda browser, _: browser.get("/?min_price=5&max_price=1&sort=odd&cursor=x"),
    "price": lambda browser, _: browser.get("/?min_price=abc"),
    "words": lambda browser, _: browser.get("/?q=" + "a" * 201),
    "library": lambda browser, _: browser.get("/library?cursor=x"),
    "sales": lambda browser, _: browser.get("/sales?cursor=x"),
    "page": lambda browser, _: browser.get("/nothing"),
    "method": lambda browser, _: browser.get("/basket/add"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_refusals_are_sentences_without_codes(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, way: Any
) -> None:
    """No id, no name of a variable, no number that only a program reads."""
    item = market.list_automation(seller)
    page = way(site.browser(buyer), item.id)

    assert page.status_code >= 400
    assert said(page).endswith((".", "order", "Search for the rest"))
    assert not CODE.search(said(page))


def test_a_step_that_does_not_fit_names_no_id(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """What is withdrawn already cannot be withdrawn."""
    item = market.list_automation(seller)
    browser = site.browser(seller)
    browser.post(f"/selling/{item.id}/withdraw")

    refused = browser.post(f"/selling/{item.id}/withdraw")

    assert "This automation is withdrawn; you cannot withdraw it." in said(refused)


def test_too_much_at_once_names_no_action(market: Marketplace, buyer: Principal) -> None:
    """When it may be tried again is what matters."""
    browser = Site(market, create_app(market.container)).browser(buyer)
    pages = [browser.post("/checkout") for _ in range(40)]
    refused = next(page for page in pages if page.status_code == 429)

    assert re.fullmatch(r"That was too often; try again in (a second|\d+ seconds)\.", said(refused))


def test_seller_and_buyer_hear_what_each_can_do(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Whoever cannot be paid finishes their set-up; whoever buys leaves the thing out."""
    item = market.list_automation(seller)
    browser = site.browser(buyer)
    browser.post("/basket/add", automation_id=item.id)
    market.provider.restrict(
        market.provider.open_account(seller.user_id), Restricted(sentence("x"))
    )
    market.container.use_cases().confirm_onboarding(seller.user_id)

    assert "Its seller cannot be paid at the moment" in text_of(browser.get("/basket"))
    refused = send(site.browser(seller), artifact=file())
    assert "You cannot be paid yet; finish the set-up of your payouts" in text_of(refused)


@pytest.fixture
def suspended(market: Marketplace, seller: Principal, admin: Principal) -> Automation:
    """A listing of Ada's that an admin took off sale."""
    item = market.list_automation(seller)
    return market.moderate_automation(admin, item.id, "A buyer reported it.", suspended=True)


def test_a_suspended_listing_is_told_alike_to_everybody(
    site: Site, seller: Principal, admin: Principal, suspended: Automation
) -> None:
    """Nobody is told that buyers keep a file which they cannot download."""
    of_seller = text_of(site.browser(seller).get("/selling"))
    of_admin = text_of(site.browser(admin).get(f"/automations/{suspended.id}"))

    assert "those who bought it cannot download it" in of_seller
    assert "nobody can buy it, or download it" in of_admin
    assert "keep the" not in of_seller + of_admin


def test_an_admin_reads_the_same_above_and_below(
    site: Site, market: Marketplace, seller: Principal, admin: Principal
) -> None:
    """After the button as on the next visit."""
    item = market.list_automation(seller)
    browser = site.browser(admin)
    page = text_of(
        browser.follow(
            browser.post(f"/automations/{item.id}/suspend", reason="A buyer reported it.")
        )
    )

    assert "The listing is suspended." in page
    assert "keep" not in page


def test_a_withdrawn_listing_is_no_longer_for_sale(
    site: Site, market: Marketplace, seller: Principal, admin: Principal
) -> None:
    """Its buyers do keep their file."""
    item = market.list_automation(seller)
    market.withdraw_automation(seller, item.id)
    page = text_of(site.browser(admin).get(f"/automations/{item.id}"))

    assert "No longer for sale. Those who bought it keep their file." in page


def test_somebody_with_nothing_to_do_is_not_sent_anywhere(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """While the provider checks, and once it has rejected the account for good."""
    account = market.provider.open_account(seller.user_id)
    rejected = Restricted(sentence("the payment provider has rejected the account"))
    browser = site.browser(seller)
    for happens, words in (
        (partial(market.provider.require, account), "the provider is checking what you sent"),
        (partial(market.provider.restrict, account, rejected), "nothing that you could give"),
    ):
        happens()
        browser.get("/selling")
        page = browser.follow(browser.post("/selling/onboarding/check"))

        assert words in text_of(page)
        assert 'action="/selling/onboarding"' not in page.text


def test_somebody_who_sent_nothing_is_told_what_to_send(
    site: Site, market: Marketplace, buyer: Principal
) -> None:
    """Nobody checks what is not there."""
    browser = site.browser(buyer)
    browser.post("/selling/onboarding", page="/selling", country="DE")
    for page in (
        browser.get("/selling"),
        browser.follow(browser.post("/selling/onboarding/check")),
    ):
        assert "Continue the set-up" in text_of(page)
        assert "checking what you sent" not in text_of(page)
