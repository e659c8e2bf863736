import pytest

from koda.domain.model.attachments import attachment
from koda.domain.model.people import Principal
from koda.testing.examples import PIXEL, WORKFLOW, digest
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Site


@pytest.fixture
def preview(market: Marketplace, seller: Principal) -> str:
    """The address of a listing's picture."""
    upload = market.upload(seller, PIXEL, "picture.png")
    market.list_automation(seller, preview=upload)
    return f"/previews/{digest(PIXEL)}"


def test_previews_are_public_and_kept_for_ever(site: Site, preview: str) -> None:
    """Anybody gets the image, as an image alone, and keeps it."""
    image = site.app.test_client().get(preview, base_url="http://127.0.0.1:8000")

    assert image.data == PIXEL
    assert image.mimetype == "image/png"
    assert "immutable" in image.headers["Cache-Control"]
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in image.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in image.headers


def test_a_preview_that_the_browser_has_is_not_sent_again(site: Site, preview: str) -> None:
    """The tag of the first answer is enough."""
    browser = site.anybody()
    tag = browser.get(preview).headers["ETag"]

    again = browser.get(preview, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert again.data == b""


@pytest.mark.parametrize(
    "name", ["0" * 64, "x", "../artifacts/x", "A" * 64, digest(WORKFLOW), "%00", "0" * 63]
)
def test_nothing_but_previews_is_public(
    site: Site, market: Marketplace, seller: Principal, name: str
) -> None:
    """A workflow file's hash opens nothing, and neither does anything made up."""
    market.list_automation(seller)

    assert site.anybody().get(f"/previews/{name}").status_code == 404


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
