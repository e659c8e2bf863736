"""People buy and sell in a real browser, on the marketplace as it is served."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from koda.testing.examples import PIXEL
from tests.e2e.flows.caller import Caller
from tests.e2e.flows.serving import Site
from tests.e2e.flows.visitor import Visitor

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
NewPerson = Callable[[str], str]
Files = Callable[[str, bytes], Path]
FLOW_A = b'{"nodes": [{"name": "A"}], "connections": {}}'
FLOW_B = b'{"nodes": [{"name": "B"}], "connections": {}}'


def sell(visitor: Visitor, user: str, title: str, price: str, content: bytes, files: Files) -> None:
    """Sign in, onboard, and list one automation under the file name `{title}.json`."""
    visitor.sign_in(user)
    visitor.onboard()
    picture = files("picture.png", PIXEL)
    visitor.list_automation(title, price, files(f"{title}.json", content), picture)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_life_of_a_purchase(
    site: Site, arrive: Arrive, new_person: NewPerson, files: Files, scripts: bool
) -> None:
    """Onboard, upload, list, search, a basket of two sellers, pay, and the same bytes come back."""
    word = "scripted" if scripts else "plain"
    ledger, digest = f"Ledger {word}", f"Digest {word}"
    ada, cyd = (arrive(java_script_enabled=scripts) for _ in range(2))
    sell(ada, new_person("Ada"), ledger, "12.50", FLOW_A, files)
    sell(cyd, new_person("Cyd"), digest, "9.99", FLOW_B, files)
    # A script sends the file and its picture where they are kept, a form sends them to the site.
    assert travels(ada, "PUT") == (2 if scripts else 0)

    buyer = arrive(java_script_enabled=scripts)
    buyer.sign_in(new_person("Bea"))
    buyer.put_in_basket(ledger)
    buyer.put_in_basket(digest)
    buyer.check_out()
    buyer.press("Pay 22.49 EUR")
    buyer.says("Thank you, they are yours")

    assert buyer.download(ledger) == (f"{ledger}.json", FLOW_A)
    assert buyer.download(digest) == (f"{digest}.json", FLOW_B)
    assert travels(buyer, "GET") == 2
    site.sandbox.assert_balanced()
    cyd.go("/sales")
    cyd.says("€8.49")


def travels(visitor: Visitor, method: str) -> int:
    """How many files went straight between the browser and the place where files are kept."""
    return len(
        [
            request
            for request in visitor.asked
            if request.startswith(f"{method} {visitor.site.files_url}")
        ]
    )


def test_pictures_are_shown_by_the_site_itself(
    arrive: Arrive, new_person: NewPerson, files: Files
) -> None:
    """A picture in a listing was sent to where files are kept, and comes from the site."""
    seller = arrive()
    sell(seller, new_person("Pia"), "Pictured", "3.00", FLOW_A, files)
    visitor = arrive()
    visitor.go("/?q=pictured")
    picture = visitor.page.locator("article img").first
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1
    assert str(picture.get_attribute("src")).startswith("/previews/")
    assert travels(visitor, "GET") == 0


@pytest.fixture(scope="module")
def listed(site: Site, new_person: NewPerson) -> str:
    """The title of a listing that is there to be bought."""
    seller = Caller.sign_in(site, new_person("Dan"))
    seller.onboard()
    seller.list_automation("Abandoned carts", 700, FLOW_A, "carts.json")
    return "Abandoned carts"


@pytest.mark.parametrize(
    ("buttons", "said"),
    [
        (["Card declined"], "declined"),
        (["Cancel and go back"], "Basket"),
        (["Pay later", "Go back to the shop while"], "Waiting for your payment"),
        (["Pay later", "The money does not arrive"], "The payment did not go through"),
    ],
)
def test_without_the_money_the_library_stays_empty(
    arrive: Arrive, new_person: NewPerson, listed: str, buttons: list[str], said: str
) -> None:
    """Declined, abandoned and unsettled payments say so, and give nothing."""
    buyer = arrive()
    buyer.sign_in(new_person("Bea"))
    buyer.put_in_basket(listed)
    buyer.check_out()
    for button in buttons:
        buyer.page.get_by_text(button).first.click()
    expect(buyer.page.locator("body")).to_contain_text(said)
    buyer.go("/library")
    assert buyer.page.get_by_role("button", name="Download").count() == 0


def test_somebody_elses_order_is_not_found(
    site: Site, arrive: Arrive, new_person: NewPerson, listed: str
) -> None:
    """The page of a foreign order, or a made-up one, says that there is none."""
    buyer = arrive()
    buyer.sign_in(new_person("Bea"))
    buyer.put_in_basket(listed)
    buyer.check_out()
    order = site.sandbox.objects("checkout.session")[-1]["client_reference_id"]
    stranger = arrive()
    stranger.sign_in(new_person("Eve"))
    for guess in (order, "ord_made_up", "cs_test_1"):
        stranger.go(f"/orders/{guess}")
        stranger.says("There is no such order.")


def test_the_page_after_checkout_makes_up_for_a_lost_message(
    site: Site, arrive: Arrive, new_person: NewPerson, listed: str
) -> None:
    """The buyer who comes back from paying has the file though the webhook never came."""
    buyer = arrive()
    buyer.sign_in(new_person("Bea"))
    buyer.put_in_basket(listed)
    buyer.check_out()
    site.sandbox.webhooks.hold()
    try:
        buyer.press("Pay")
        buyer.says("Thank you, it is yours")
        assert buyer.download(listed) == ("carts.json", FLOW_A)
    finally:
        site.sandbox.webhooks.release()


def test_a_refused_form_keeps_what_was_typed(
    arrive: Arrive, new_person: NewPerson, files: Files
) -> None:
    """Every fault stands beside its field, the focus is on the summary, and nothing is lost."""
    seller = arrive()
    seller.sign_in(new_person("Ada"))
    seller.onboard()
    seller.begin_listing(files("flow.json", FLOW_A))
    seller.fill_in("Nearly right", "0.20", description="Much too short", tags="one, two")
    seller.page.locator("form[data-uploads]").evaluate("form => form.noValidate = true")
    seller.press("Publish")
    seller.says("must have 20 to 2000 characters")
    seller.says("must be between 1.00 EUR and 1000.00 EUR")
    expect(seller.page.get_by_label("Title")).to_have_value("Nearly right")
    expect(seller.page.get_by_label("Tags")).to_have_value("one, two")
    expect(seller.page.get_by_label("Category")).to_have_value("Sales")
    seller.fill_in("Now right", "2.00")
    seller.press("Publish")
    expect(seller.page.get_by_role("heading", name="Now right").first).to_be_visible()


def test_a_file_that_is_no_workflow_is_refused_in_words(
    arrive: Arrive, new_person: NewPerson, files: Files
) -> None:
    """A web page with the name of a workflow is not listed, and the form says what to do."""
    seller = arrive()
    seller.sign_in(new_person("Ada"))
    seller.onboard()
    seller.begin_listing(files("flow.json", b"<!doctype html><title>No</title>"))
    expect(seller.page.get_by_role("alert").first).to_be_visible()
    seller.says("is a web page")


def test_buying_needs_no_mouse(arrive: Arrive, new_person: NewPerson, listed: str) -> None:
    """From the search to the library with the keyboard alone."""
    buyer = arrive()
    buyer.sign_in(new_person("Kim"))
    page = buyer.page
    buyer.go("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip")).to_be_focused()
    reach(buyer, "combobox", "Search automations")
    page.keyboard.type(listed)
    page.keyboard.press("Enter")
    for role, name, then in (
        ("link", re.compile(f"^{re.escape(listed)}$"), "What it does"),
        ("button", "Add to basket", "1 in the basket"),
        ("link", "Basket", "Total"),
        ("button", "Pay", "How does the payment go?"),
        ("button", "Pay 7.00 EUR", "Thank you, it is yours"),
        ("link", "Open your library", "Everything you bought"),
    ):
        reach(buyer, role, name)
        page.keyboard.press("Enter")
        expect(page.locator("body")).to_contain_text(then)


def reach(visitor: Visitor, role: str, name: str | re.Pattern[str]) -> None:
    """Press Tab until the focus is on the control of that role and name."""
    page = visitor.page
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type] # any role's name
    expect(wanted).to_be_visible()
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach the {role} {name!r}")


def test_paging_survives_the_back_button(site: Site, arrive: Arrive, new_person: NewPerson) -> None:
    """Next, next, back: the same page as before, and the search still stands."""
    seller = Caller.sign_in(site, new_person("Pam"))
    seller.onboard()
    for number in range(25):
        seller.list_automation(f"Paged {number:02}", 500 + number)
    visitor = arrive()
    visitor.go("/?q=paged&sort=price_asc")
    titles = visitor.page.locator("article h3, article h2")
    first = titles.all_inner_texts()
    visitor.follow("Next page")
    second = titles.all_inner_texts()
    visitor.follow("Next page")
    third = titles.all_inner_texts()
    assert [*first, *second, *third] == [f"Paged {number:02}" for number in range(25)]
    visitor.page.go_back()
    assert titles.all_inner_texts() == second
    assert visitor.page.get_by_label("Search automations").input_value() == "paged"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_no_page_is_wider_than_the_screen(
    arrive: Arrive, new_person: NewPerson, listed: str, width: int, scheme: str
) -> None:
    """On a phone and on a desktop, light and dark, nothing scrolls sideways."""
    visitor = arrive(viewport={"width": width, "height": 780}, color_scheme=scheme)
    visitor.sign_in(new_person("Lou"))
    visitor.put_in_basket(listed)
    for path in ("/", "/basket", "/library", "/selling", "/sales", "/sandbox/sign-in", "/nowhere"):
        visitor.go(path)
        wide = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, path
