import pytest

from koda.domain.inspection.images import webp_size
from koda.domain.model.attachments import attachment
from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.domain.model.roles import Role
from koda.testing.contracts.pictures import png
from koda.testing.examples import WORKFLOW, digest
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site


def address_of(item: Automation) -> str:
    """The address of a listing's picture."""
    assert item.preview is not None
    return f"/previews/{item.id}/{item.preview.largest.file.sha256}"


@pytest.fixture
def item(market: Marketplace, seller: Principal) -> Automation:
    """A listing with a picture."""
    upload = market.upload(seller, png(2000, 1000), "picture.png")
    return market.list_automation(seller, preview=upload)


def test_previews_are_public(site: Site, item: Automation) -> None:
    """Anybody gets the image, as an image alone; caches ask again after five minutes."""
    image = site.app.test_client().get(address_of(item), base_url="http://127.0.0.1:8000")

    assert webp_size(image.data) == (1600, 800)
    assert image.mimetype == "image/webp"
    assert image.headers["Cache-Control"] == "public, max-age=300"
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in image.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in image.headers


def test_pages_let_the_browser_choose_the_size(site: Site, item: Automation) -> None:
    """The small one is what those get that cannot choose."""
    assert item.preview is not None
    small, large = (f"/previews/{item.id}/{size.file.sha256}" for size in item.preview.sizes)
    for page in ("/", f"/automations/{item.id}"):
        text = site.anybody().get(page).text
        assert f'src="{small}" srcset="{small} 640w, {large} 1600w"' in text


def test_a_preview_that_the_browser_has_is_not_sent_again(site: Site, item: Automation) -> None:
    """The tag of the first answer is enough."""
    browser = site.anybody()
    tag = browser.get(address_of(item)).headers["ETag"]

    again = browser.get(address_of(item), headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.data == b""


def test_pictures_of_suspended_listings_are_not_public(
    site: Site, market: Marketplace, seller: Principal, item: Automation
) -> None:
    """Only the seller and admins see them, and no page of anybody else leads there."""
    admin, buyer = market.person("mia", Role.ADMIN), market.person("bea")
    market.buy(buyer, item)
    market.moderate_automation(admin, item.id, "A buyer reported it.", suspended=True)

    for browser, status in (
        (site.anybody(), 404),
        (site.browser(buyer), 404),
        (site.browser(seller), 200),
        (site.browser(admin), 200),
    ):
        answer = browser.get(address_of(item))
        assert answer.status_code == status
        assert "public" not in answer.headers["Cache-Control"]
    for page in ("/library", f"/automations/{item.id}"):
        assert "/previews/" not in site.browser(buyer).get(page).text


def test_pictures_of_withdrawn_listings_are_for_those_who_have_them(
    site: Site, market: Marketplace, seller: Principal, item: Automation
) -> None:
    """Buyers and the seller go on seeing them."""
    buyer = market.person("bea")
    market.buy(buyer, item)
    market.withdraw_automation(seller, item.id)

    for browser, status in (
        (site.anybody(), 404),
        (site.browser(market.person("eve")), 404),
        (site.browser(buyer), 200),
        (site.browser(seller), 200),
    ):
        assert browser.get(address_of(item)).status_code == status


@pytest.mark.parametrize(
    "name", ["0" * 64, "x", "../artifacts/x", "A" * 64, digest(WORKFLOW), "%00", "0" * 63]
)
def test_nothing_but_previews_is_public(site: Site, item: Automation, name: str) -> None:
    """A workflow file's hash opens nothing, and neither does anything made up."""
    browser = site.anybody()

    assert browser.get(f"/previews/{item.id}/{name}").status_code == 404
    assert browser.get(address_of(item).replace(item.id, "aut_other")).status_code == 404


def test_made_up_tokens_open_nothing(site: Site) -> None:
    """Neither to read nor to write."""
    browser = site.anybody()

    for answer in (
        browser.get("/files/../../etc/passwd"),
        browser.get("/files/token"),
        browser.client.put("/files/token", data=b"x", base_url=browser.base),
        browser.client.post("/files/token", data=b"x", base_url=browser.base),
    ):
        assert answer.status_code == 404
        assert answer.mimetype == "application/problem+json"


def test_an_upload_link_reads_nothing_and_a_download_link_writes_nothing(
    site: Site, market: Marketplace, seller: Principal
) -> None:
    """Each link does the one thing that it was made for."""
    item = market.list_automation(seller)
    link = market.authorize_download(seller, item.id)
    browser = site.anybody()

    answer = browser.client.put(link.url, data=b"x", base_url=browser.base)

    assert answer.status_code == 404
    assert browser.get(link.url).data == WORKFLOW


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("flow.json", "attachment; filename=\"flow.json\"; filename*=UTF-8''flow.json"),
        ("ä b.json", "attachment; filename=\"_ b.json\"; filename*=UTF-8''%C3%A4%20b.json"),
        ('a"\r\nX: 1', "attachment; filename=\"a___X_ 1\"; filename*=UTF-8''a%22%0D%0AX%3A%201"),
    ],
)
def test_a_name_cannot_leave_its_header(name: str, header: str) -> None:
    """Quotes, line ends and other letters than ASCII are written so that nothing else is read."""
    assert attachment(name) == header
