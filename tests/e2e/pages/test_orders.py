import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.disputes import DisputeState
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import PaymentId
from koda.domain.model.money import Money
from koda.domain.model.people import Principal
from koda.domain.model.refund_states import RefundState
from koda.domain.model.roles import Role
from koda.domain.model.settlements import Settlement
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.testing.examples import a_refund
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of
from tests.support.sessions import session
from tests.support.windows import order_in_another_window


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


def test_the_return_page_records_a_payment_of_which_no_message_came(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Coming back is enough: the provider is asked, and the basket loses what is paid."""
    browser = site.browser(buyer)
    browser.post("/basket/add", automation_id=automation.id)
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.pay(order.checkout.id)

    page = browser.get(f"/orders/{order.id}")

    assert "it is yours" in text_of(page)
    assert "Nothing in here yet" in text_of(browser.get("/basket"))
    assert "Download" in text_of(browser.get("/library"))


def test_an_open_order_waits_and_looks_again(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """The page refreshes by itself and offers the way back to the payment page."""
    order = market.order(buyer, automation)
    assert order.checkout is not None

    page = site.browser(buyer).get(f"/orders/{order.id}")

    assert '<meta http-equiv="refresh"' in page.text
    assert order.checkout.url in page.text
    assert "Waiting for your payment" in text_of(page)


@pytest.mark.parametrize("name", ["session_id", "checkout_session", "payment", "state"])
def test_a_session_in_the_address_is_not_looked_at(
    site: Site,
    market: Marketplace,
    seller: Principal,
    buyer: Principal,
    automation: Automation,
    name: str,
) -> None:
    """An order knows its own session; another's paid one opens nothing."""
    other = market.list_automation(seller)
    paid = market.buy(market.person("cleo"), other)
    order = market.order(buyer, automation)
    assert paid.checkout is not None
    browser = site.browser(buyer)

    for forged in (paid.checkout.id, "cs_random", "../cs_1", "paid"):
        page = browser.get(f"/orders/{order.id}", query_string={name: forged})
        assert "Waiting for your payment" in text_of(page)
    assert market.view_library(buyer).items == ()


def test_a_slow_payment_waits_without_a_way_to_pay_again(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Money on its way is not asked for twice."""
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.pay_later(order.checkout.id)

    page = site.browser(buyer).get(f"/orders/{order.id}")

    assert "Waiting for your payment" in text_of(page)
    assert order.checkout.url not in page.text


def test_a_failed_payment_says_what_to_do(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Nothing was bought; the listing is the next step."""
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.pay_later(order.checkout.id)
    market.provider.settle(order.checkout.id, succeed=False)

    page = text_of(site.browser(buyer).get(f"/orders/{order.id}"))

    assert "did not go through" in page
    assert "Back to the listing" in page


def test_an_expired_checkout_says_what_to_do(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Nothing was charged; the basket is the next step."""
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.expire(order.checkout.id)

    assert "has expired" in text_of(site.browser(buyer).get(f"/orders/{order.id}"))


def test_an_order_is_its_buyers_alone(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """Somebody else's order is as good as none, whoever asks."""
    order = market.buy(buyer, automation)

    assert site.browser(seller).get(f"/orders/{order.id}").status_code == 404
    assert site.anybody().get(f"/orders/{order.id}").status_code == 401
    assert site.browser(buyer).get("/orders/ord_1").status_code == 404


def test_the_order_is_shown_while_the_provider_is_down(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """What is known is shown, and the page looks again."""
    order = market.order(buyer, automation)
    with market.provider.outage():
        page = site.browser(buyer).get(f"/orders/{order.id}")

    assert page.status_code == 200
    assert "Waiting for your payment" in text_of(page)


@pytest.mark.parametrize("path", ["/basket", "/library"])
def test_a_payment_under_way_is_shown(
    site: Site,
    market: Marketplace,
    seller: Principal,
    buyer: Principal,
    automation: Automation,
    path: str,
) -> None:
    """With the way to its page, whether a bank is at it or nobody; to its buyer alone."""
    order = market.order(buyer, automation)
    assert order.checkout is not None
    begun = site.browser(buyer).get(path)
    market.provider.pay_later(order.checkout.id)
    processing = site.browser(buyer).get(path)
    market.provider.settle(order.checkout.id)
    market.view_order(buyer, order.id)
    paid = site.browser(buyer).get(path)

    for page in (begun, processing):
        assert "You began to pay." in text_of(page)
        assert f"€12.50 : see the order for {automation.listing.title}" in text_of(page)
        assert f"/orders/{order.id}" in page.text
    for other in (paid, site.browser(seller).get(path), site.anybody().get("/basket")):
        assert "You began to pay" not in text_of(other)


def test_a_line_of_the_basket_that_is_being_paid_is_marked(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """So that nobody pays twice; it can be bought with something else all the same."""
    other = market.list_automation(seller, title="Another one")
    market.order(buyer, automation)
    browser = site.browser(buyer)
    for listed in (automation, other):
        browser.post("/basket/add", automation_id=listed.id)

    page = text_of(browser.get("/basket"))

    assert page.count("It is in a payment that you began") == 1
    assert "Total €25.00" in page


def test_an_order_says_what_of_it_was_refunded(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """What the buyer had already when it was paid."""
    other = market.list_automation(seller, title="Another one", price="20")
    both = market.order(buyer, automation, other)
    alone = order_in_another_window(market, buyer, automation)
    market.pay(both)
    market.pay(alone)
    market.capture(alone)
    browser = site.browser(buyer)

    whole, doubled = (text_of(browser.get(f"/orders/{order.id}")) for order in (both, alone))

    assert "Thank you, they are yours" in whole
    assert "efunded" not in whole
    assert "You have it already" in doubled
    assert "This one was refunded: €12.50." in doubled
    assert "Refunded: you had it already." in doubled


def test_an_order_of_which_a_part_was_refunded_says_so(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """The rest is theirs."""
    other = market.list_automation(seller, title="Another one", price="20")
    both = market.order(buyer, automation, other)
    alone = order_in_another_window(market, buyer, automation)
    market.pay(alone)
    market.pay(both)
    market.capture(both)

    page = text_of(site.browser(buyer).get(f"/orders/{both.id}"))

    assert "Thank you, it is yours" in page
    assert "€12.50 of it was refunded." in page
    assert page.count("Refunded: you had it already.") == 1
    assert "Refunded €12.50" in page


def test_an_order_whose_payment_went_back_before_it_was_recorded_delivers_nothing(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """And does not thank for it."""
    order = market.order(buyer, automation)
    market.provider.pay(session(order))
    market.provider.refund(session(order))

    page = text_of(site.browser(buyer).get(f"/orders/{order.id}"))

    assert "Nothing was delivered" in page
    assert "Thank you" not in page


def test_money_that_could_not_be_given_back_is_not_told_as_refunded(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """It is on its way until it has moved."""
    order = market.order(buyer, automation)
    stored = market.orders.get(order.id)
    back = a_refund(stored.lines[0], refund_id=None, state=None, waits=HoldReason.PENDING)
    settlement = Settlement(doubles=(1,), refunds=(back,))
    market.orders.save(*stored.pay(PaymentId("pi_1"), market.clock(), settlement))

    with market.provider.outage():
        page = text_of(site.browser(buyer).get(f"/orders/{order.id}"))

    assert "This one is being refunded: €12.50." in page
    assert "Being refunded €12.50" in page
    assert "was refunded" not in page


@pytest.mark.parametrize("in_basket", [True, False])
def test_a_failed_payment_leads_back_to_where_it_began(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation, *, in_basket: bool
) -> None:
    """To the basket that has it, or to the listing that was bought at once."""
    browser = site.browser(buyer)
    if in_basket:
        browser.post("/basket/add", automation_id=automation.id)
    order = market.order(buyer, automation)
    assert order.checkout is not None
    market.provider.pay_later(order.checkout.id)
    market.provider.settle(order.checkout.id, succeed=False)

    page = browser.get(f"/orders/{order.id}")

    assert "The payment did not go through" in text_of(page)
    assert ("Back to the basket" in text_of(page)) is in_basket
    assert ("Back to the listing" in text_of(page)) is not in_basket


def test_an_order_whose_payment_a_bank_questions_says_so(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """While it is open, and what the buyer has of it once it is lost."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    dispute_id = market.provider.dispute(session(order), Money(800, "EUR"))
    market.deliver_charge(order)
    browser = site.browser(buyer)

    disputed = text_of(browser.get(f"/orders/{order.id}"))
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(order)
    lost = text_of(browser.get(f"/orders/{order.id}"))

    assert "Your bank questions this payment" in disputed
    assert "It asks about €8.00 of €20.00." in disputed
    assert "ready to download" not in disputed
    assert "Given back by your bank €8.00" in lost


def test_an_order_whose_payment_was_lost_whole_promises_no_files(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """They can be downloaded no more."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    dispute_id = market.provider.dispute(session(order))
    market.deliver_charge(order)
    market.provider.move_dispute(dispute_id, DisputeState.LOST)
    market.deliver_charge(order)

    browser = site.browser(buyer)
    page, library = browser.get(f"/orders/{order.id}"), text_of(browser.get("/library"))

    assert "Your bank gave you the money back" in library
    assert "disputed" not in library
    assert "lost" in text_of(site.browser(seller).get("/sales"))
    assert "This payment went back to you" in text_of(page)
    assert "ready to download" not in page.text
    assert "outcome-good" not in page.text


def test_an_order_that_was_closed_as_its_listing_was_suspended_leads_to_what_is_sold(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """And not to a listing that nobody can see."""
    order = market.order(buyer, automation)
    admin = market.person("joe", Role.ADMIN)
    market.moderate_automation(admin, automation.id, suspended=True, reason="It asks for keys.")

    page = site.browser(buyer).get(f"/orders/{order.id}")

    assert "Something in it is not sold any more. Nothing was charged" in text_of(page)
    assert f"/automations/{automation.id}" not in page.text
    assert "Browse automations" in page.text


def test_an_order_tells_what_is_refunded_from_what_is_on_its_way(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """By line and in all."""
    items = [market.list_automation(seller, title=title, price="20") for title in ("Dig", "Plant")]
    order = market.capture(market.buy(buyer, *items))
    admin = market.person("joe", Role.ADMIN)
    market.refund_purchase(admin, RefundRequest(order.id, 1, "it does not run"))
    market.provider.next_refund = RefundState.PENDING
    market.refund_purchase(admin, RefundRequest(order.id, 2, "it does not run", "5"))

    page = text_of(site.browser(buyer).get(f"/orders/{order.id}"))

    assert "Refunded: €20.00" in page
    assert "Being refunded: €5.00" in page
    assert "Refunded €20.00 Being refunded €5.00" in page
