import re
from datetime import UTC, datetime
from html import unescape

import pytest

from koda.domain.model.people import Principal
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of

DEADLINE = datetime(2026, 4, 2, tzinfo=UTC)


def test_a_newcomer_is_told_how_to_begin(site: Site, buyer: Principal) -> None:
    """Without a payout account there is one button, and the fee is said."""
    page = text_of(site.browser(buyer).get("/selling"))

    assert "Set up payouts" in page
    assert "Koda keeps 15 % of each sale" in page
    assert "List an automation" in page


def test_onboarding_leads_to_the_provider_and_back(
    site: Site, market: Marketplace, buyer: Principal
) -> None:
    """Coming back proves nothing: the provider is asked."""
    browser = site.browser(buyer)
    browser.get("/selling")

    leaving = browser.post("/selling/onboarding", page="/selling", country="FR")
    unfinished = browser.follow(browser.get("/selling/onboarding/return"))
    market.provider.complete_onboarding(market.provider.open_account(buyer.user_id))
    finished = browser.follow(browser.get("/selling/onboarding/return"))

    assert leaving.status_code == 303
    assert leaving.headers["Location"].startswith("https://pay.example/onboarding/")
    assert "still needs" in text_of(unfinished)
    assert "details" in text_of(unfinished)
    assert "Your payout account is ready" in text_of(finished)


def test_the_country_is_chosen_by_name(site: Site, buyer: Principal) -> None:
    """Those whose sellers can be paid, in the order of their names."""
    page = site.browser(buyer).get("/selling").text
    countries = re.findall(r'<option value="([A-Z]{2})">([^<]+)</option>', page)

    names = [("FR", "France"), ("DE", "Germany"), ("GB", "United Kingdom"), ("US", "United States")]
    assert countries == names


def test_an_account_is_opened_where_the_seller_lives(
    site: Site, market: Marketplace, buyer: Principal
) -> None:
    """As the form says; asking again asks no more."""
    browser = site.browser(buyer)
    browser.post("/selling/onboarding", page="/selling", country="FR")

    again = browser.post("/selling/onboarding", page="/selling")

    (account,) = market.provider.accounts.values()
    assert account.country == "FR"
    assert again.status_code == 303


@pytest.mark.parametrize("country", ["", "ZZ", "de"])
def test_a_form_without_a_country_that_can_be_paid_is_shown_again(
    site: Site, market: Marketplace, buyer: Principal, country: str
) -> None:
    """With what to choose from, and nothing is opened."""
    refused = site.browser(buyer).post("/selling/onboarding", page="/selling", country=country)

    assert refused.status_code == 422
    assert "Your country must be chosen from the list" in text_of(refused)
    assert 'aria-invalid="true"' in refused.text
    assert not market.provider.accounts


def test_a_used_up_link_is_replaced(site: Site, buyer: Principal) -> None:
    """The provider's refresh address makes a new link for whoever is signed in."""
    browser = site.browser(buyer)
    first = browser.post("/selling/onboarding", page="/selling", country="DE").headers["Location"]

    again = browser.get("/selling/onboarding/refresh")

    assert again.status_code == 303
    assert again.headers["Location"] != first


def test_an_address_alone_opens_no_account(
    site: Site, market: Marketplace, buyer: Principal
) -> None:
    """Somebody who is led to the refresh address has opened nothing."""
    browser = site.browser(buyer)

    page = browser.follow(browser.get("/selling/onboarding/refresh"))

    assert "Set up payouts" in text_of(page)
    assert not market.provider.accounts
    assert market.view_seller(buyer) is None


@pytest.mark.parametrize(
    "name", ["return_url", "refresh_url", "account", "account_id", "user_id", "seller_id", "next"]
)
def test_nobody_chooses_where_onboarding_leads(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, name: str
) -> None:
    """Neither an address nor somebody else's account can be asked for."""
    theirs = market.provider.open_account(seller.user_id)
    browser = site.browser(buyer)
    for forged in ("https://127.0.0.1:8000@evil.example", theirs, seller.user_id):
        sent = browser.post("/selling/onboarding", page="/selling", country="DE", **{name: forged})
        again = browser.get("/selling/onboarding/refresh", query_string={name: forged})
        back = browser.get("/selling/onboarding/return", query_string={name: forged})

        for leaving in (sent, again):
            assert leaving.headers["Location"].startswith("https://pay.example/onboarding/")
            assert str(forged) not in leaving.headers["Location"]
        assert back.headers["Location"] == "/selling"
    own = market.view_seller(buyer)
    assert own is not None
    assert own.account_id != theirs


def test_a_visitor_gets_no_onboarding_link(site: Site, market: Marketplace) -> None:
    """Without somebody signed in, no account and no link is made."""
    browser = site.anybody()

    for page in (
        browser.get("/selling/onboarding/refresh"),
        browser.get("/selling/onboarding/return"),
        browser.post("/selling/onboarding"),
    ):
        assert page.status_code == 401
    assert not market.provider.accounts


def test_a_restriction_is_explained(site: Site, market: Marketplace, seller: Principal) -> None:
    """The reason, the deadline and the way out are shown."""
    account = market.provider.open_account(seller.user_id)
    market.provider.restrict(
        account, Restricted(sentence("a document is unreadable"), (sentence("a scan"),), DEADLINE)
    )
    browser = site.browser(seller)
    browser.get("/selling")

    page = browser.follow(browser.post("/selling/onboarding/check"))

    for words in ("A document is unreadable.", "a scan", "2 April 2026", "Give it to the provider"):
        assert words in text_of(page)


def test_what_will_be_wanted_is_told_in_time(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """A seller in order reads what keeps them so, until when, and where to give it."""
    account = market.provider.open_account(seller.user_id)
    market.provider.announce(account, DEADLINE, "a scan")
    browser = site.browser(seller)
    browser.get("/selling")

    page = text_of(browser.follow(browser.post("/selling/onboarding/check")))

    for words in ("you can list and sell", "by 2 April 2026", "a scan", "Give it to the provider"):
        assert words in page


def test_returning_without_an_account_is_nothing(site: Site, buyer: Principal) -> None:
    """There is nothing to confirm."""
    assert site.browser(buyer).get("/selling/onboarding/return").status_code == 404


def test_a_ready_seller_goes_to_balance_and_payouts(site: Site, seller: Principal) -> None:
    """The provider's own pages open by a fresh link."""
    browser = site.browser(seller)

    leaving = browser.post("/selling/payouts", page="/selling")

    assert leaving.status_code == 303
    assert leaving.headers["Location"].startswith("https://pay.example/")


def test_onboarding_is_limited(site: Site, buyer: Principal) -> None:
    """After twenty links in a minute the next is refused, with when to come back."""
    browser = site.browser(buyer)
    answers = [
        browser.post("/selling/onboarding", page="/selling", country="DE") for _ in range(21)
    ]

    assert [answer.status_code for answer in answers] == [303] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "too_many" in answers[-1].text


def test_listings_are_shown_in_every_state_and_page_by_page(
    site: Site, market: Marketplace, seller: Principal, admin: Principal
) -> None:
    """The seller sees withdrawn and suspended ones, too; twelve a page."""
    items = [market.list_automation(seller, title=f"Number {number}") for number in range(13)]
    market.withdraw_automation(seller, items[12].id)
    market.moderate_automation(admin, items[11].id, "A buyer reported it.", suspended=True)
    browser = site.browser(seller)

    first = browser.get("/selling")
    following = first.text.split('rel="next" href="')[1].split('"')[0]

    assert "withdrawn" in text_of(first)
    assert "A moderator took this listing off sale" in text_of(first)
    assert "Number 0" in text_of(browser.get(following))


def test_one_sees_only_ones_own(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Another's listings are not among mine."""
    market.list_automation(seller, title="A thing of Ada")

    assert "A thing of Ada" not in text_of(site.browser(buyer).get("/selling"))


@pytest.mark.parametrize("cursor", ["x", "WyJ4IiwxLCJ5Il0", "%00"])
def test_a_forged_cursor_is_refused(site: Site, seller: Principal, cursor: str) -> None:
    """A made-up place in a list is no place."""
    for path in ("/selling", "/sales", "/library"):
        assert site.browser(seller).get(f"{path}?cursor={cursor}").status_code == 422


def test_a_seller_finds_their_own_listings_by_words(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """In every state, by a form without scripts; where nothing matches, all are offered."""
    for number in range(13):
        market.list_automation(seller, title=f"Slack alert {number}")
    withdrawn = market.list_automation(seller, title="Monthly invoices")
    market.withdraw_automation(seller, withdrawn.id)
    browser = site.browser(seller)

    invoices, nothing = browser.get("/selling?q=+invoi"), browser.get("/selling?q=newsletter")
    first = browser.get("/selling?q=slack").text

    assert re.findall(r'<h3><a href="[^"]+">([^<]+)', invoices.text) == ["Monthly invoices"]
    assert 'name="q" type="search"' in browser.get("/selling").text
    assert 'value="invoi"' in invoices.text
    assert "None of your listings has all of these words" in text_of(nothing)
    for page in (invoices, nothing):
        assert '<a href="/selling">Show all</a>' in page.text
    following = re.search(r'rel="next" href="(/selling\?q=slack&amp;cursor=[^"]+)"', first)
    assert following is not None
    second = browser.get(unescape(following[1])).text
    assert second.count("<h3><a href") == 1
    assert 'href="/selling?q=slack">First page' in second
