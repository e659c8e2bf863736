"""Sellers on their way to the payment provider and back, on the production family."""

import logging
from pathlib import Path
from typing import Any

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Ready, Restricted
from koda.entrypoints.settings.limits import LimitSettings
from tests.e2e.family.shop import SITE, Shop, shop_of
from tests.servers.families import Production
from tests.support.sessions import session

PLACE = "/selling/onboarding"
ELSEWHERE = (
    "//evil.example",
    "https://127.0.0.1.evil.example",
    "https://127.0.0.1:8000@evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "/x\r\nLocation: https://evil.example",
)


def links(shop: Shop) -> list[dict[str, Any]]:
    """The parameters of every onboarding link that was asked for."""
    return [
        request.params for request in shop.sandbox.requests if request.path == "/v1/account_links"
    ]


@pytest.fixture
def newcomer(shop: Shop) -> Principal:
    """Somebody who has begun to onboard."""
    principal = shop.person("dan")
    shop.market.onboard_seller(principal, HOME)
    return principal


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_chooses_where_the_provider_leads_back(
    shop: Shop, newcomer: Principal, target: str
) -> None:
    """Whatever a form, an address, a body or a header says, it is this site."""
    browser, caller = shop.browser(newcomer), shop.caller(newcomer)
    shop.sandbox.forget_requests()
    asked = {"return_url": target, "refresh_url": target, "next": target}
    header = {"X-Forwarded-Host": target.strip("/\\").splitlines()[0]}
    left = [
        browser.post(PLACE, page="/selling", **asked),
        browser.get(f"{PLACE}/refresh", query_string=asked, headers=header),
        browser.get(f"{PLACE}/return", query_string=asked, headers=header),
    ]
    refused = caller("POST", "/seller/onboarding", asked)
    served = caller("POST", "/seller/onboarding", {"country": HOME}, headers=header)

    assert [answer.status_code for answer in left] == [303, 303, 303]
    assert all("evil" not in answer.headers["Location"] for answer in left)
    assert (refused.status_code, served.status_code) == (422, 200)
    assert {(link["return_url"], link["refresh_url"]) for link in links(shop)} == {
        (f"{SITE}{PLACE}/return", f"{SITE}{PLACE}/refresh")
    }


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_chooses_where_paying_leads_back(shop: Shop, target: str) -> None:
    """The body of a checkout names things to buy, and no address."""
    item, buyer = shop.listed(), shop.person()
    caller, basket = shop.caller(buyer), {"automation_ids": [item.id]}

    refused = caller("POST", "/checkout", basket | {"success_url": target, "cancel_url": target})
    made = caller("POST", "/checkout", basket, headers={"X-Forwarded-Host": "evil.example"})

    assert (refused.status_code, made.status_code) == (422, 201)
    opened = shop.sandbox.objects("checkout.session")[-1]
    assert opened["success_url"].startswith(f"{SITE}/orders/")
    assert opened["cancel_url"] == f"{SITE}/basket"


@pytest.mark.parametrize("name", ["account", "account_id", "user_id", "seller_id"])
def test_nobody_gets_a_link_for_somebody_else(shop: Shop, newcomer: Principal, name: str) -> None:
    """A link is for the account of who asks; who has none finds none."""
    theirs = shop.market.onboard_seller(newcomer, HOME).seller.account_id
    browser, caller = shop.browser(shop.person()), shop.caller(shop.person())
    shop.sandbox.forget_requests()
    answers = [
        browser.get(f"{PLACE}/return", query_string={name: theirs}),
        browser.post(f"{PLACE}/check", page="/selling", **{name: theirs}),
        browser.post("/selling/payouts", page="/selling", **{name: theirs}),
        caller("POST", "/seller/confirm"),
        caller("POST", "/seller/dashboard"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert browser.get(f"{PLACE}/refresh", query_string={name: theirs}).status_code == 303
    assert links(shop) == []
    assert caller("POST", "/seller/onboarding", {"country": HOME}).status_code == 200
    assert [link["account"] == theirs for link in links(shop)] == [False]


def test_visitor_gets_no_link(shop: Shop) -> None:
    """Nothing is asked of the provider for somebody who is not signed in."""
    browser, caller = shop.browser(), shop.caller()
    shop.sandbox.forget_requests()
    answers = [
        browser.get(f"{PLACE}/refresh"),
        browser.get(f"{PLACE}/return"),
        browser.post(PLACE, country=HOME),
        caller("POST", "/seller/onboarding", {"country": HOME}),
    ]

    assert [answer.status_code for answer in answers] == [401] * 4
    assert shop.sandbox.requests == []


def test_links_are_limited(production: Production, tmp_path: Path) -> None:
    """Redis counts them for every process: after two in an hour the next is refused."""
    limits = LimitSettings(onboarding="2/hour")
    with shop_of(production, tmp_path, limits) as shop:
        newcomer = shop.person("dan")
        shop.market.onboard_seller(newcomer, HOME)
        shop.sandbox.forget_requests()
        browser = shop.browser(newcomer)
        answers = [browser.get(f"{PLACE}/refresh") for _ in range(3)]
        elsewhere = shop.caller(newcomer)("POST", "/seller/onboarding", {"country": HOME})

        assert [answer.status_code for answer in answers] == [303, 303, 429]
        assert int(answers[2].headers["Retry-After"]) > 0
        assert elsewhere.status_code == 429
        assert len(links(shop)) == 2


def test_old_messages_about_an_account_change_nothing(shop: Shop, newcomer: Principal) -> None:
    """What counts is the account as the provider has it now, not what a message says of it."""
    account = shop.market.onboard_seller(newcomer, HOME).seller.account_id
    shop.sandbox.complete_onboarding(account)
    ready = _messages_about(shop, account)[-1]
    shop.sandbox.restrict(account)
    restricted = _messages_about(shop, account)[-1]
    states = []
    for event in (restricted, ready):
        payload, headers = shop.sandbox.webhooks.message(event)
        assert shop.post(payload, headers, "/webhooks/stripe-connect").status_code == 200
        seller = shop.market.view_seller(newcomer)
        assert seller is not None
        states.append(type(seller.status))

    assert ready != restricted
    assert states == [Restricted, Restricted]
    assert Ready not in states


def _messages_about(shop: Shop, account: str) -> list[str]:
    """The ids of the provider's messages about an account."""
    events = shop.sandbox.events("account.updated")
    return [event["id"] for event in events if event["data"]["object"]["id"] == account]


def test_no_log_holds_an_address_that_opens_something(
    shop: Shop, newcomer: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    """A link to onboarding, to the dashboard, to checkout or to a file is for its person alone."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "koda")
    seller, item = shop.seller(), shop.listed()
    browser, buyer = shop.browser(newcomer), shop.bought(item)
    opened = [
        browser.post(PLACE, page="/selling").headers["Location"],
        shop.browser(seller).post("/selling/payouts", page="/selling").headers["Location"],
        shop.caller(buyer)("POST", f"/library/{item.id}/download").json["url"],  # type: ignore[index] # it is JSON
    ]
    order = shop.market.order(shop.person(), shop.listed())
    sessions = {
        checkout["id"]: checkout["url"] for checkout in shop.sandbox.objects("checkout.session")
    }

    assert caplog.text
    for url in (*opened, sessions[session(order)]):
        secret = url.rpartition("Signature=")[2].rpartition("/")[2]
        assert len(secret) > 10
        assert secret not in caplog.text
