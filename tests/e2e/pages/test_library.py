import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, text_of


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


def test_an_empty_library_says_what_to_do(site: Site, buyer: Principal) -> None:
    """Who bought nothing is led to the catalogue."""
    assert "Nothing bought yet" in text_of(site.browser(buyer).get("/library"))


def test_a_purchase_is_downloaded_under_its_name(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """The bytes are the seller's, as an attachment that no browser opens."""
    market.buy(buyer, automation)
    browser = site.browser(buyer)
    page = browser.get("/library")

    file = browser.follow(browser.post(f"/library/{automation.id}/download"))

    assert "Post to every network" in text_of(page)
    assert file.data == WORKFLOW
    assert file.headers["Content-Disposition"].startswith('attachment; filename="flow.json"')
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.mimetype == "application/json"


def test_sellers_download_their_own(site: Site, seller: Principal, automation: Automation) -> None:
    """No purchase is needed for one's own file."""
    browser = site.browser(seller)

    assert browser.post(f"/library/{automation.id}/download").status_code == 303


def test_who_has_not_paid_gets_nothing(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """Neither nobody, nor somebody, nor a buyer with an open order is given a link."""
    market.order(buyer, automation)

    for browser, status, code in (
        (site.anybody(), 401, "not_authenticated"),
        (site.browser(buyer), 403, "not_bought"),
    ):
        refused = browser.post(f"/library/{automation.id}/download")
        assert refused.status_code == status
        assert code in refused.text


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        (PurchaseState.REFUNDED, "purchase_refunded", "You got your money back"),
        (PurchaseState.DISPUTED, "purchase_disputed", "Its payment is disputed"),
        (PurchaseState.REVOKED, "purchase_revoked", "taken back in a dispute"),
    ],
)
def test_a_purchase_without_a_right_says_why(
    site: Site,
    market: Marketplace,
    buyer: Principal,
    automation: Automation,
    state: PurchaseState,
    code: str,
    words: str,
) -> None:
    """The library shows the state, and the download is refused with its reason."""
    market.buy(buyer, automation)
    purchase = market.purchases.find(buyer.user_id, automation.id)
    assert purchase is not None
    market.purchases.save(evolve(purchase, state=state))
    browser = site.browser(buyer)

    page = browser.get("/library")
    refused = browser.post(f"/library/{automation.id}/download")

    assert words in text_of(page)
    assert f"/library/{automation.id}/download" not in page.text
    assert refused.status_code == 403
    assert code in refused.text


def test_a_disputed_purchase_is_held_back_on_its_page(
    site: Site, market: Marketplace, buyer: Principal, automation: Automation
) -> None:
    """It is neither offered for download nor for sale again."""
    market.buy(buyer, automation)
    purchase = market.purchases.find(buyer.user_id, automation.id)
    assert purchase is not None
    market.purchases.save(evolve(purchase, state=PurchaseState.DISPUTED))

    page = text_of(site.browser(buyer).get(f"/automations/{automation.id}"))

    assert "Its payment is disputed" in page
    assert "Buy now" not in page


def test_withdrawn_things_stay_with_their_buyers(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal, automation: Automation
) -> None:
    """Taking a listing off sale takes nothing from those who paid."""
    market.buy(buyer, automation)
    market.withdraw_automation(seller, automation.id)
    browser = site.browser(buyer)

    assert "You own this" in text_of(browser.get(f"/automations/{automation.id}"))
    assert browser.post(f"/library/{automation.id}/download").status_code == 303
    assert site.anybody().get(f"/automations/{automation.id}").status_code == 404


def test_a_long_library_has_pages(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """Twelve a page, and the way back to the first."""
    market.buy(buyer, *(market.list_automation(seller) for _ in range(13)))
    browser = site.browser(buyer)

    first = browser.get("/library")
    following = first.text.split('rel="next" href="')[1].split('"')[0]
    second = browser.get(following)

    assert first.text.count("<h2>") == 12
    assert second.text.count("<h2>") == 1
    assert 'href="/library">First page' in second.text


def test_a_cursor_of_somebody_else_is_refused(
    site: Site, market: Marketplace, seller: Principal, buyer: Principal
) -> None:
    """A cursor is good for the list that it came from."""
    market.buy(buyer, *(market.list_automation(seller) for _ in range(13)))
    page = site.browser(buyer).get("/library")
    following = page.text.split('rel="next" href="')[1].split('"')[0]

    refused = site.browser(seller).get(following)

    assert refused.status_code == 422
    assert "invalid_value" in refused.text


def download(browser: Browser, automation: Automation) -> str:
    """The address of the file that a download leads to."""
    location: str = browser.post(f"/library/{automation.id}/download").headers["Location"]
    return location


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=5-", 206, slice(5, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-999999", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("lines=0-1", 200, slice(None)),
        ("bytes=nonsense", 200, slice(None)),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(
    site: Site, seller: Principal, automation: Automation, asked: str, status: int, part: slice
) -> None:
    """One range is answered with that part; anything else with the whole."""
    browser = site.browser(seller)

    file = browser.get(download(browser, automation), headers={"Range": asked})

    assert file.status_code == status
    assert file.data == WORKFLOW[part]
    assert int(file.headers["Content-Length"]) == len(WORKFLOW[part])


def test_a_part_beyond_the_end_is_refused(
    site: Site, seller: Principal, automation: Automation
) -> None:
    """The answer says how long the file is."""
    browser = site.browser(seller)

    file = browser.get(download(browser, automation), headers={"Range": "bytes=9999-"})

    assert file.status_code == 416
    assert file.headers["Content-Range"] == f"bytes */{len(WORKFLOW)}"


def test_a_part_of_another_version_is_not_mixed_in(
    site: Site, seller: Principal, automation: Automation
) -> None:
    """If-Range that does not name this very file gets the whole."""
    browser = site.browser(seller)
    place = download(browser, automation)
    tag = browser.get(place).headers["ETag"]

    same = browser.get(place, headers={"Range": "bytes=0-1", "If-Range": tag})
    other = browser.get(place, headers={"Range": "bytes=0-1", "If-Range": '"other"'})

    assert same.data == WORKFLOW[:2]
    assert other.data == WORKFLOW


def test_links_end(
    site: Site, market: Marketplace, seller: Principal, automation: Automation
) -> None:
    """After five minutes a link opens nothing, and says so to programs."""
    browser = site.browser(seller)
    place = download(browser, automation)
    market.pass_time(minutes=5)

    refused = browser.get(place)

    assert refused.status_code == 409
    assert refused.mimetype == "application/problem+json"
    assert refused.json is not None
    assert refused.json["code"] == "expired"
