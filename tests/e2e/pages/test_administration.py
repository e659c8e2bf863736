"""The pages of those who look after the marketplace."""

import re

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.domain.model.audit import AuditAction, AuditOutcome
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import PaymentId, RefundId, UserId
from koda.domain.model.orders import OrderState
from koda.domain.model.people import Principal
from koda.domain.model.roles import OPERATOR, Role
from koda.domain.model.settlements import HeldShare, Settlement
from koda.domain.usecases.administration.order_steps import StepKind
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.words import WORDS
from koda.testing.examples import a_refund
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site, text_of

WHY = "She answers the mail."
BO = UserId("user_bo")
GIVE = {"user_id": BO, "role": "support", "reason": WHY}


ABOUT_MONEY = {
    "Orders",
    "Refund requests",
    "Refunds",
    "Held money",
    "Seller balances",
    "Disputes",
    "Books",
    "Books and balance",
    "Reconciliation",
    "Messages",
    "Audit log",
}


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.ADMIN, {"People and roles", *ABOUT_MONEY, "Reviews", "Listings"}),
        (Role.SUPPORT, ABOUT_MONEY),
        (Role.MODERATOR, {"Reviews", "Listings"}),
    ],
)
def test_the_overview_offers_what_a_role_may_open(
    site: Site, market: Marketplace, role: Role, offered: set[str]
) -> None:
    """And nothing else; it can be reached from every page."""
    browser = site.browser(market.person("cleo", role))

    page = browser.get("/admin")

    assert set(re.findall(r"<h2><a [^>]*>(.*?)</a>", page.text)) == offered
    assert 'href="/admin"' in browser.get("/").text


def test_nobody_else_sees_that_there_is_an_administration(site: Site, buyer: Principal) -> None:
    """No link leads there, and the page is refused."""
    browser = site.browser(buyer)

    assert "/admin" not in browser.get("/").text
    refused = browser.get("/admin")
    assert (refused.status_code, "forbidden" in refused.text) == (403, True)
    assert "You may not see the administration." in text_of(refused)


def test_a_role_is_offered_from_the_moment_its_holder_opens_the_overview(
    site: Site, market: Marketplace, admin: Principal, buyer: Principal
) -> None:
    """The browser noted before that they had none."""
    browser = site.browser(buyer)
    browser.get("/")
    market.give_role(admin, BO, Role.SUPPORT, WHY)

    assert "/admin" not in browser.get("/").text
    assert "Audit log" in text_of(browser.get("/admin"))
    assert "/admin" in browser.get("/").text


def test_roles_are_given_and_taken(
    site: Site, market: Marketplace, admin: Principal, buyer: Principal
) -> None:
    """Each with a reason, which the log then shows."""
    browser = site.browser(admin)

    given = browser.follow(browser.post("/admin/roles", **GIVE))
    asked = browser.get("/admin/roles/user_bo/support/take")
    taken = browser.follow(browser.post("/admin/roles/user_bo/support/take", reason="She left us."))
    log = text_of(browser.get("/admin/audit"))

    assert "The role is given." in text_of(given)
    assert "Bo user_bo Support since 1 March 2026" in text_of(given)
    assert "Take a role from Bo?" in text_of(asked)
    assert "The role is taken." in text_of(taken)
    assert "Nobody was given a role" in text_of(taken)
    assert log.index("Took a role done Support She left us. Cleo") < log.index(
        f"done Support {WHY}"
    )


def test_a_refused_role_keeps_what_was_typed(
    site: Site, admin: Principal, market: Marketplace
) -> None:
    """Beside the field that is wrong."""
    browser = site.browser(admin)

    refused = browser.post("/admin/roles", **GIVE | {"reason": "?"})
    nobody = browser.post("/admin/roles", **GIVE | {"role": "owner"})

    assert (refused.status_code, nobody.status_code) == (422, 422)
    assert "Why must have 3 to 500 characters" in text_of(refused)
    assert f'value="{BO}"' in refused.text
    assert '<option value="support" selected>' in refused.text
    assert "Role must be one of admin, support, moderator." in text_of(nobody)
    assert not market.roles.roster().assignments


def test_the_last_admin_is_told_to_stay(site: Site, market: Marketplace, admin: Principal) -> None:
    """On the page that asked for the reason, and with the reason kept."""
    market.give_role(admin, BO, Role.ADMIN, WHY)
    browser = site.browser(market.person("bo"))

    refused = browser.post(f"/admin/roles/{BO}/admin/take", reason="I am leaving.")

    assert refused.status_code == 409
    assert f"The user {BO} is the last admin" in text_of(refused)
    assert "I am leaving.</textarea>" in refused.text
    assert market.roles.roster().admins == {BO}


def test_whoever_gives_up_their_own_role_is_led_to_a_page_that_is_theirs(
    site: Site, market: Marketplace, admin: Principal
) -> None:
    """And is offered the administration no more."""
    for user_id in (BO, UserId("user_dan")):
        market.give_role(admin, user_id, Role.ADMIN, WHY)
    browser = site.browser(market.person("bo"))
    browser.get("/admin")

    left = browser.follow(browser.post(f"/admin/roles/{BO}/admin/take", reason="I am leaving."))

    assert left.request.path == "/"
    assert "The role is taken." in text_of(left)
    assert "/admin" not in left.text


def test_a_role_that_was_not_given_cannot_be_taken(site: Site, admin: Principal) -> None:
    """Such as one that somebody else took meanwhile."""
    browser = site.browser(admin)

    page = browser.get(f"/admin/roles/{BO}/support/take")
    refused = browser.post(f"/admin/roles/{BO}/support/take", reason="She left us.")

    assert (page.status_code, refused.status_code) == (409, 409)
    assert f"The user {BO} was not given the role support" in text_of(refused)


def test_admins_of_the_settings_are_listed_as_such(market: Marketplace) -> None:
    """Nobody can take their role here, so nothing offers it."""
    settings = evolve(market.container.settings(), admins=("user_ines",))
    market.container.settings.override(Object(settings))
    site = Site(market, create_app(market.container))

    listed = site.browser(market.person("cleo", Role.ADMIN)).get("/admin/roles")

    assert "Somebody without a name user_ines Admin by the setting KODA_ADMINS" in text_of(listed)
    assert "/take" not in listed.text


def test_the_log_is_found_by_subject_and_by_actor_and_has_pages(
    site: Site, market: Marketplace, admin: Principal
) -> None:
    """The links between pages keep what was asked for."""
    for number in range(13):
        market.give_role(admin, UserId(f"user_{number:02}"), Role.SUPPORT, WHY)
    browser = site.browser(admin)

    first = browser.get("/admin/audit?actor=user_cleo")
    following = re.findall(r'rel="next" href="([^"]+)"', first.text)[0].replace("&amp;", "&")
    second = browser.get(following)
    about = browser.get("/admin/audit?subject=person/user_00")
    nothing = browser.get("/admin/audit?actor=user_bo")
    wrong = browser.get("/admin/audit?subject=user_00")

    assert first.text.count("<h2>Gave a role") == 12
    assert "actor=user_cleo" in following
    assert ("person/user_00" in second.text, second.text.count("<h2>Gave a role")) == (True, 1)
    assert '<a class="button" href="/admin/audit?actor=user_cleo">First page' in second.text
    assert about.text.count("<h2>Gave a role") == 1
    assert "Nothing of the kind in the log" in text_of(nothing)
    assert (wrong.status_code, 'value="user_00"' in wrong.text) == (422, True)
    assert "Subject must be a kind and an id" in text_of(wrong)


def test_the_log_names_who_acted_and_leads_to_the_listing(
    site: Site, market: Marketplace, admin: Principal, seller: Principal
) -> None:
    """Whoever acted at the terminal has no name."""
    item = market.list_automation(seller)
    market.moderate_automation(admin, item.id, "A buyer reported it.", suspended=True)
    terminal = Principal(OPERATOR, "terminal", frozenset({Role.ADMIN}))
    market.give_role(terminal, BO, Role.SUPPORT, WHY)

    page = site.browser(admin).get("/admin/audit")

    assert f'<a href="/automations/{item.id}">Open the listing</a>' in page.text
    assert "Suspended a listing done A buyer reported it. Cleo" in text_of(page)
    assert "Somebody at the terminal" in text_of(page)
    assert "2026-03-01 12:00:00 UTC Suspended" in text_of(page)


def test_an_order_is_found_and_tells_its_history(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """By its id, or by that of its checkout session."""
    order = market.buy(buyer, market.list_automation(seller, price="20"))
    market.pass_time(minutes=5)
    market.authorize_download(buyer, order.lines[0].automation_id)
    browser = site.browser(market.person("sue", Role.SUPPORT))
    assert order.checkout is not None

    by_id = browser.get(f"/admin/orders?reference={order.id}")
    history = browser.follow(browser.get(f"/admin/orders?reference={order.checkout.id}"))
    said = text_of(history)

    assert by_id.headers["Location"] == f"/admin/orders/{order.id}"
    steps = ("Order made", "Purchase recorded", "Order marked", "Settled: nothing", "Download")
    assert [said.index(step) for step in steps] == sorted(map(said.index, steps))
    assert "Ada user_ada active Refund €20.00 €3.00 €17.00" in said
    assert "Ada user_ada paid €17.00" in said
    assert f"Id of the buyer {buyer.user_id}" in said
    assert str(order.payment_id) in said


def test_money_that_does_not_move_is_told_with_its_reason(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Shares that are held, lines whose money goes back, and refunds that a person must match."""
    order = market.order(buyer, market.list_automation(seller, title="Sold twice"))
    settlement = Settlement(
        held=(HeldShare(seller.user_id, (1,), order.shares[0].net, HoldReason.ACCOUNT, 2),),
        doubles=(1,),
        refunds=(a_refund(order.lines[0], waits=HoldReason.PENDING),),
        unmatched=(RefundId("re_1"),),
    )
    market.orders.save(order.pay(PaymentId("pi_1"), market.clock(), settlement).state)

    history = site.browser(market.person("sue", Role.SUPPORT)).get(f"/admin/orders/{order.id}")

    assert "Ada user_ada held the account cannot receive money" in text_of(history)
    assert "Sold twice re_1 succeeded pending paid twice €12.50" in text_of(history)
    told = text_of(history)
    assert told.index("Refunds that belong to no line") < told.index("What happened")
    assert "re_1 Ask an admin to assign it." in told


def test_an_order_that_there_is_none_of_is_asked_for_again(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """With what was typed; an order that waits has lines that nobody bought yet."""
    waiting = market.order(buyer, market.list_automation(seller))
    browser = site.browser(market.person("sue", Role.SUPPORT))

    asked = browser.get("/admin/orders")
    nothing = browser.get("/admin/orders?reference=ord_lost")
    history = text_of(browser.get(f"/admin/orders/{waiting.id}"))

    assert "Find by id" in text_of(asked)
    assert (nothing.status_code, 'value="ord_lost"' in nothing.text) == (404, True)
    assert "There is no such order." in text_of(nothing)
    assert ("not bought" in history, "Shares of the sellers" in history) == (True, False)


def test_every_code_that_is_shown_has_a_word() -> None:
    """The pages show no code."""
    assert WORDS.keys() >= {*AuditAction, *AuditOutcome, *Role, *StepKind, *OrderState, *HoldReason}
