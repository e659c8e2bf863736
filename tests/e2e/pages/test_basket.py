import pytest

from koda.adapters.memory.browser_sessions import SESSION
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.domain.usecases.selling.revise_automation import Revision
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of
from tests.e2e.pages.team import PAGE


def test_a_basket_of_two_sellers_leads_to_the_payment_page(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The buyer is led to the provider for exactly what the basket showed."""
    items = [
        market.list_automation(seller, title="One of Ada", price="12.50"),
        market.list_automation(market.ready_seller("dan"), title="One of Dan", price="7"),
    ]
    browser = site.browser(buyer)
    for item in items:
        browser.post("/basket/add", automation_id=item.id)

    page = browser.get("/basket")
    paying = browser.post(
        "/checkout", automation_id=[item.id for item in items], expected_total="1950"
    )

    assert "€19.50" in text_of(page)
    assert 'name="expected_total" value="1950"' in page.text
    assert paying.status_code == 303
    order = market.order(buyer, *items)
    assert order.checkout is not None
    assert paying.headers["Location"] == order.checkout.url
    assert len(order.shares) == 2


def session_url(market: Marketplace, buyer: Principal, *items: Automation) -> str:
    """Where the buyer's open order of the things is paid."""
    checkout = market.order(buyer, *items).checkout
    assert checkout is not None
    return checkout.url


def signed_in(browser: Browser, market: Marketplace, buyer: Principal) -> Browser:
    """The browser, in which the buyer has signed in since."""
    token = market.identity.sign_in(buyer.user_id)
    browser.client.set_cookie(SESSION, token, domain="127.0.0.1")
    return browser


def test_buying_one_thing_leaves_the_basket_as_it_was(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Now or after signing in: that thing alone is paid for."""
    item, other = market.list_automation(seller), market.list_automation(seller, title="Another")
    browser = site.anybody()
    browser.post("/basket/add", automation_id=other.id)

    asked = browser.post(f"/automations/{item.id}/buy", expected_total="1250")
    after = signed_in(browser, market, buyer).get(asked.headers["Location"], headers=PAGE)
    at_once = browser.post(f"/automations/{item.id}/buy", expected_total="1250")

    assert asked.headers["Location"] == "/checkout"
    assert after.headers["Location"] == session_url(market, buyer, item)
    assert at_once.headers["Location"] == session_url(market, buyer, item)
    assert "Another" in text_of(browser.get("/basket"))
    assert f'value="{item.id}"' not in browser.get("/basket").text


def test_what_cannot_be_bought_now_is_told_on_its_page(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Its price changed, or it turns out to be the visitor's own once they signed in."""
    item = market.list_automation(seller)
    changed = site.browser(buyer)
    told = changed.follow(changed.post(f"/automations/{item.id}/buy", expected_total="1"))
    own = site.anybody()
    own.post(f"/automations/{item.id}/buy", expected_total="1250")
    refused = signed_in(own, market, seller).follow(own.get("/checkout", headers=PAGE))

    assert "The total has changed" in text_of(told)
    assert told.request.path == f"/automations/{item.id}"
    assert "your own" in text_of(refused)


def test_a_basket_that_cannot_be_paid_after_signing_in_is_shown(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With what stands in the way, and nothing is paid by looking again."""
    item = market.list_automation(seller)
    market.buy(buyer, item)
    browser = site.anybody()
    browser.post("/basket/add", automation_id=item.id)
    browser.post("/checkout", automation_id=item.id, expected_total="1250")

    refused = signed_in(browser, market, buyer).get("/checkout", headers=PAGE)

    assert refused.status_code == 409
    assert "already_owned" in refused.text
    assert browser.get("/checkout").headers["Location"] == "/basket"


def test_whoever_goes_back_to_the_basket_pays_by_its_button_alone(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """An address that somebody else made them open begins nothing."""
    item = market.list_automation(seller)
    browser = site.anybody()
    browser.post("/basket/add", automation_id=item.id)
    browser.post("/checkout", automation_id=item.id, expected_total="1250")
    browser.get("/basket")

    answer = signed_in(browser, market, buyer).get("/checkout", headers=PAGE)

    assert answer.headers["Location"] == "/basket"
    assert not market.provider.sessions


def test_a_provider_that_is_down_can_be_tried_again_after_signing_in(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Reloading goes on."""
    item = market.list_automation(seller)
    browser = site.anybody()
    browser.post(f"/automations/{item.id}/buy", expected_total="1250")
    signed_in(browser, market, buyer)
    with market.provider.outage():
        assert browser.get("/checkout", headers=PAGE).status_code == 503

    assert browser.get("/checkout", headers=PAGE).headers["Location"] == session_url(
        market, buyer, item
    )


def test_a_visitor_fills_a_basket_signs_in_and_pays(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The basket needs nobody to be signed in; paying does, and then goes on by itself."""
    item = market.list_automation(seller)
    browser = site.anybody()
    page = browser.follow(browser.post("/basket/add", automation_id=item.id))

    asked = browser.post("/checkout", automation_id=item.id, expected_total="1250")
    sent = browser.get(asked.headers["Location"], headers=PAGE)
    browser.get(sent.headers["Location"])
    paying = signed_in(browser, market, buyer).get("/checkout", headers=PAGE)

    assert "Sign in and pay" in text_of(page)
    assert sent.headers["Location"] == "/sandbox/sign-in?next=/checkout"
    assert paying.headers["Location"] == session_url(market, buyer, item)
    assert browser.get("/checkout").headers["Location"] == "/basket"


def test_lines_are_removed(site: Site, market: Marketplace, seller: Principal) -> None:
    """What is removed is gone; removing it again does nothing."""
    item = market.list_automation(seller)
    browser = site.anybody()
    browser.post("/basket/add", automation_id=item.id)

    page = browser.follow(browser.post("/basket/remove", automation_id=item.id))

    assert "Nothing in here yet" in text_of(page)
    assert browser.post("/basket/remove", automation_id=item.id).status_code == 303


def test_adding_twice_keeps_one(site: Site, market: Marketplace, seller: Principal) -> None:
    """A double click makes no second line."""
    item = market.list_automation(seller)
    browser = site.anybody()
    for _ in range(2):
        browser.post("/basket/add", automation_id=item.id)

    assert "1 in the basket" in text_of(browser.get("/basket"))


def test_the_basket_is_kept_when_the_visitor_signs_in(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Signing in does not empty it."""
    item = market.list_automation(market.ready_seller("dan"))
    browser = site.anybody()
    browser.post("/basket/add", automation_id=item.id)

    browser.post("/sandbox/sign-in", page="/sandbox/sign-in", user=seller.user_id)

    assert "Post to every network" in text_of(browser.get("/basket"))


def test_an_empty_checkout_is_refused(site: Site, buyer: Principal) -> None:
    """There is nothing to pay for."""
    refused = site.browser(buyer).post("/checkout")

    assert refused.status_code == 422
    assert "empty_basket" in refused.text


def test_a_repeated_line_is_refused(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The same automation twice is no order."""
    item = market.list_automation(seller)

    refused = site.browser(buyer).post("/checkout", automation_id=[item.id, item.id])

    assert refused.status_code == 422
    assert "duplicate_line" in refused.text


def test_too_many_lines_are_refused(site: Site, buyer: Principal) -> None:
    """An order has at most a hundred lines, and so has the basket."""
    browser = site.browser(buyer)
    ids = [f"aut_{number}" for number in range(101)]

    refused = browser.post("/checkout", automation_id=ids)
    for automation_id in ids[:100]:
        assert browser.post("/basket/add", automation_id=automation_id).status_code == 303
    full = browser.post("/basket/add", automation_id=ids[100])

    for page in (refused, full):
        assert page.status_code == 422
        assert "too_many_lines" in page.text


def test_ones_own_is_marked_and_refused(site: Site, market: Marketplace, seller: Principal) -> None:
    """Sellers do not buy from themselves."""
    item = market.list_automation(seller)
    browser = site.browser(seller)
    page = browser.follow(browser.post("/basket/add", automation_id=item.id))

    refused = browser.post("/checkout", automation_id=item.id)

    assert "own_automation" in page.text
    assert "Remove the marked lines" in text_of(page)
    assert refused.status_code == 409
    assert "own_automation" in refused.text


def test_what_one_has_is_marked_and_refused(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Nobody pays twice."""
    item = market.list_automation(seller)
    market.buy(buyer, item)
    browser = site.browser(buyer)
    page = browser.follow(browser.post("/basket/add", automation_id=item.id))

    refused = browser.post("/checkout", automation_id=item.id)

    assert "already_owned" in page.text
    assert refused.status_code == 409
    assert "already_owned" in refused.text


def test_what_was_withdrawn_is_marked_and_refused(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The line says so, and the rest can be bought without it."""
    item, other = market.list_automation(seller), market.list_automation(seller, price="3")
    browser = site.browser(buyer)
    for automation in (item, other):
        browser.post("/basket/add", automation_id=automation.id)
    market.withdraw_automation(seller, item.id)

    page = browser.get("/basket")
    refused = browser.post("/checkout", automation_id=[item.id, other.id])

    assert "not_for_sale" in page.text
    assert "€3.00" in text_of(page)
    assert refused.status_code == 409
    assert "not_for_sale" in refused.text
    assert browser.post("/checkout", automation_id=other.id).status_code == 303


def test_a_seller_who_cannot_be_paid_stands_in_the_way(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Nothing of theirs is sold until the provider is content again."""
    item = market.list_automation(seller)
    market.provider.restrict(
        market.provider.open_account(seller.user_id), Restricted(sentence("a check"))
    )
    market.confirm_onboarding(seller.user_id)
    browser = site.browser(buyer)
    page = browser.follow(browser.post("/basket/add", automation_id=item.id))

    refused = browser.post("/checkout", automation_id=item.id)

    assert "seller_not_ready" in page.text
    assert refused.status_code == 409
    assert "seller_not_ready" in refused.text


def test_a_changed_price_is_shown_before_it_is_paid(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The total that the buyer saw is the one that is charged, or nothing is."""
    item = market.list_automation(seller)
    browser = site.browser(buyer)
    browser.post("/basket/add", automation_id=item.id)
    market.revise_automation(seller, item.id, Revision(price="20"))

    refused = browser.post("/checkout", automation_id=item.id, expected_total="1250")

    assert refused.status_code == 409
    assert "price_changed" in refused.text
    assert "€20.00" in text_of(refused)


def test_what_is_not_there_is_marked(site: Site, buyer: Principal) -> None:
    """An id of nothing is a line that can be removed."""
    browser = site.browser(buyer)
    page = browser.follow(browser.post("/basket/add", automation_id="aut_nothing"))

    refused = browser.post("/checkout", automation_id="aut_nothing")

    assert "No longer listed" in text_of(page)
    assert refused.status_code == 404
    assert "not_found" in refused.text


def test_nothing_that_a_client_adds_decides(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Price, fee, seller, buyer and state come from the store."""
    item = market.list_automation(seller)
    added = {
        "price": "1",
        "amount": "1",
        "fee": "0",
        "seller_id": buyer.user_id,
        "buyer_id": seller.user_id,
        "status": "paid",
        "success_url": "https://evil.example",
        "checkout_url": "https://evil.example",
    }

    paying = site.browser(buyer).post("/checkout", automation_id=item.id, **added)

    order = market.order(buyer, item)
    assert order.checkout is not None
    assert paying.headers["Location"] == order.checkout.url
    assert (order.total.minor, order.fee.minor, order.buyer_id) == (1250, 188, buyer.user_id)
    assert order.lines[0].seller_id == seller.user_id
    assert market.view_library(buyer).items == ()


@pytest.mark.parametrize("total", ["-1", "1e3", "NaN", "12.50", "9" * 30, "٣"])
def test_a_total_that_is_no_amount_is_refused(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, total: str
) -> None:
    """Whatever the hidden field holds, it is a whole number of minor units or refused."""
    item = market.list_automation(seller)

    refused = site.browser(buyer).post("/checkout", automation_id=item.id, expected_total=total)

    assert refused.status_code in {409, 422}


def test_an_id_that_is_too_long_is_refused(site: Site) -> None:
    """The basket lives in a cookie: no id is longer than any that there is."""
    refused = site.anybody().post("/basket/add", automation_id="a" * 65)

    assert refused.status_code == 422
    assert "invalid_value" in refused.text


def test_a_basket_that_is_being_paid_leads_to_its_order(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Money on its way is not sent a second time."""
    item = market.list_automation(seller)
    order = market.order(buyer, item)
    assert order.checkout is not None
    market.provider.pay_later(order.checkout.id)

    refused = site.browser(buyer).post("/checkout", automation_id=item.id)

    assert refused.status_code == 409
    assert "order_in_progress" in refused.text


def test_a_provider_that_is_down_takes_no_order(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """The page says to try again, and trying again works."""
    item = market.list_automation(seller)
    browser = site.browser(buyer)
    with market.provider.outage():
        refused = browser.post("/checkout", automation_id=item.id)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert browser.post("/checkout", automation_id=item.id).status_code == 303
