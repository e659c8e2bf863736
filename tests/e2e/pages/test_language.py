import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from gettext import GNUTranslations, NullTranslations
from html.parser import HTMLParser
from io import BytesIO

import pytest
from attrs import define
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AccountId, UploadId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.platforms import CATEGORIES
from koda.domain.model.roles import Role
from koda.domain.model.sellers import DETAILS, Restricted
from koda.domain.model.sentences import sentence
from koda.entrypoints.languages.catalogues import Languages
from koda.entrypoints.languages.language import Language
from koda.entrypoints.web.app import create_app
from koda.testing.examples import NOON, WORKFLOW
from koda.testing.marketplace import DESCRIPTION, Marketplace
from tests.e2e.pages.conftest import Browser, Site
from tests.support.made_up import TAG, accented, languages

LANGUAGES = languages()
SECRET = json.dumps(
    {
        "nodes": [
            {
                "name": "newsletter",
                "type": "n8n-nodes-base.webhook",
                "webhookId": "0c5a5d3e-7a0c-4d0e-9d1c-3f2b8f6d1a11",
                "parameters": {"apiKey": "ghp_" + "a8Kq2LxW" * 4 + "Zt5R"},
            }
        ],
        "connections": {},
    }
).encode()
"""A workflow that tells of its author's instance, and holds a key of nobody's."""
DATA = (
    "A buyer reported it.",
    # Names of ours and of others', of people and of currencies.
    "Koda",
    "n8n",
    "Make",
    "Zapier",
    "Python",
    "JSON",
    "PNG",
    "JPEG",
    "WebP",
    "GIF",
    "SHA-256",
    "UTF-8",
    "user_ada",
    "Ada",
    "Bo",
    "Cleo",
    "EUR",
    "MiB",
    "KiB",
    "UTC",
    "KODA_ADMINS",
    # What files name.
    "Trigger",
    "webhookId",
    "parameters",
    "apiKey",
    "nodes",
    "GitHub",
    "ghp_…Zt5R",
    "YOUR_GITHUB_TOKEN",
    "Webhook",
    # What the test puts in.
    "person/",
    "checkout.paid",
    "Weekly newsletter",
    "Collects the week and writes a newsletter of it.",
    "flow.json",
    ".json, .py",
    "abacus",
    "newsletter",
    "nothing of the kind",
    "mail",
    DESCRIPTION,
    "Post to every network",
    # Values that programs know, and what the locale data of Germans say.
    *CATEGORIES,
    ", ".join(Role),
    "newest, price_asc, price_desc",
    "Byte",
    *(str(name) for name in Locale("de").territories.values()),
)
"""What is shown as it is, in any language."""
DAY = re.compile(r"\d+\. \w+\.?( \d{4})?|\w+\.? \d{4}")
"""How a day or a month looks in the formats of the made-up language."""
IDS = re.compile(r"\b[a-z]{2,4}_[A-Za-z0-9_]+\b|\b[0-9A-HJKMNP-TV-Z]{26}\b")
SHOWN = frozenset({"alt", "aria-label", "content", "data-label", "placeholder", "title"})
"""The attributes that people read or hear."""
TOLD = re.compile(r"data-(refused|storage|broken|share|checking|done)$")
"""Those that the page's script reads out."""


class Visible(HTMLParser):
    """Gathers what a page shows and says."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._hidden = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what attributes say."""
        if tag in {"script", "style"}:
            self._hidden = tag
        technical = tag == "meta" and dict(attrs).get("name") != "description"
        self.texts += [
            value
            for name, value in attrs
            if value and not technical and (name in SHOWN or TOLD.match(name))
        ]

    def handle_endtag(self, tag: str) -> None:
        """Note the end of what is not shown."""
        if tag == self._hidden:
            self._hidden = ""

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._hidden:
            self.texts.append(data)


def plain_words(page: TestResponse) -> list[str]:
    """The words of a page that did not pass through a catalogue, and are no data."""
    parser = Visible()
    parser.feed(page.text)
    return [text for text in map(str.strip, parser.texts) if re.search("[A-Za-z]{2}", bare(text))]


def bare(text: str) -> str:
    """A text without the data in it."""
    text = IDS.sub("", DAY.sub("", text))
    for datum in sorted(DATA, key=len, reverse=True):
        text = text.replace(datum, "").replace(datum.lower(), "")
    return re.sub(r"\{(share|file)\}", "", text)


class Foreign(FlaskClient):
    """A browser of somebody who speaks the made-up language."""

    def open(self, *args: object, **options: object) -> TestResponse:
        """Send a request that names the language."""
        headers = {"Accept-Language": TAG, **dict(options.pop("headers", None) or {})}  # type: ignore[call-overload]
        return super().open(*args, headers=headers, **options)  # type: ignore[arg-type]


@pytest.fixture
def site(market: Marketplace) -> Site:
    """The marketplace in two languages, whose visitors speak the second."""
    app = create_app(market.container, LANGUAGES)
    app.test_client_class = Foreign
    return Site(market, app)


@define
class World:
    """Somebody who looks at pages, and what there is to look at."""

    site: Site
    market: Marketplace
    ada: Principal
    bo: Principal

    def listed(self) -> Automation:
        """A listing of Ada's."""
        return self.market.list_automation(self.ada)

    def upload(self, content: bytes, file_name: str = "flow.json") -> UploadId:
        """A file of Ada's that is not listed yet."""
        return self.market.upload(self.ada, content, file_name)

    def anybody(self) -> Browser:
        """Somebody who is signed out."""
        return self.site.anybody()

    def buyer(self) -> Browser:
        """Bo, who buys."""
        return self.site.browser(self.bo)

    def seller(self) -> Browser:
        """Ada, who sells."""
        return self.site.browser(self.ada)

    def account(self) -> AccountId:
        """Ada's account at the payment provider."""
        return self.market.provider.open_account(self.ada.user_id)

    def told(self) -> None:
        """Let the marketplace know what the provider says of Ada's account."""
        self.market.confirm_onboarding(self.ada.user_id)

    def order(self, *, pay: bool = False) -> Order:
        """Bo's order."""
        order = self.market.order(self.bo, self.listed())
        return self.market.pay(order) if pay else order


@pytest.fixture
def world(site: Site, market: Marketplace) -> World:
    """A marketplace that Ada sells on and Bo buys on."""
    return World(site, market, market.ready_seller("ada"), market.person("bo"))


def looked_at(world: World) -> Iterator[TestResponse]:
    """What somebody who is signed out sees."""
    item = world.listed()
    browser = world.anybody()
    for path in (
        "/",
        "/?q=newsletter&platform=n8n&category=Sales&tag=mail&min_price=1&max_price=99",
        "/?q=nothing+of+the+kind",
        "/?sort=abacus&platform=abacus&min_price=abacus",
        f"/automations/{item.id}",
        "/automations/aut_lost",
        "/basket",
        "/sandbox/sign-in",
        "/library",
        "/nothing-of-the-kind",
    ):
        yield browser.get(path)
    yield browser.post(f"/automations/{item.id}")
    yield browser.post("/basket/add", automation_id="x" * 999)
    browser.token = "forged"
    yield browser.post("/basket/add", automation_id=item.id)


def bought(world: World) -> Iterator[TestResponse]:
    """What a buyer sees, from the basket to the library."""
    browser, item = world.buyer(), world.listed()
    yield browser.follow(browser.post("/basket/add", automation_id=item.id, then="stay"))
    yield browser.get("/basket")
    waiting = world.order()
    for path in (f"/orders/{waiting.id}", "/basket", "/library"):
        yield browser.get(path)
    assert waiting.checkout is not None
    world.market.provider.expire(waiting.checkout.id)
    yield browser.get(f"/orders/{waiting.id}")
    paid = world.order(pay=True)
    for path in ("/library", f"/orders/{paid.id}", f"/automations/{paid.lines[0].automation_id}"):
        yield browser.get(path)
    again = f"/automations/{paid.lines[0].automation_id}/buy"
    yield browser.follow(browser.post(again, expected_total="1"))
    browser.post("/basket/add", automation_id=paid.lines[0].automation_id)
    yield browser.get("/basket")
    yield browser.post("/library/aut_lost/download")


def sold(world: World) -> Iterator[TestResponse]:
    """What a seller sees who can be paid."""
    browser = world.seller()
    for path in ("/selling", "/sales"):
        yield browser.get(path)
    item = world.listed()
    world.market.buy(world.bo, item)
    world.market.pass_time(days=40)
    world.market.buy(world.market.person("cleo"), item)
    for path in (
        "/selling",
        "/sales",
        "/selling/new",
        f"/selling/{item.id}/edit",
        f"/selling/{item.id}/release",
        f"/selling/{item.id}/withdraw",
        f"/automations/{item.id}",
    ):
        yield browser.get(path)
    yield browser.follow(browser.post(f"/selling/{item.id}/withdraw"))
    yield browser.post(f"/selling/{item.id}/withdraw")
    yield browser.get(f"/automations/{item.id}")


def refused(world: World) -> Iterator[TestResponse]:
    """What a seller sees whose forms have faults."""
    browser, item = world.seller(), world.listed()
    form = {"title": "x", "description": "y", "price": "abacus", "version": "abacus", "tags": "a,A"}
    described = f"/selling/new/{world.upload(SECRET)}"
    yield browser.get(described)
    yield browser.post(described, **form)
    yield browser.post("/selling/new")
    for name, content in (
        ("flow.json", b"{"),
        ("flow.json", b'{"a": 1, "a": 2}'),
        ("flow.json", b"[" * 300),
        ("flow.json", b"\xff"),
        ("flow.json", b""),
        ("flow.exe", WORKFLOW),
        ("flow.json", b"x" * 400_000),
    ):
        yield browser.post("/selling/new", artifact=(BytesIO(content), name))
    picture = (BytesIO(b"GIF89a"), "p.gif")
    yield browser.post(f"/selling/{item.id}/edit", **form, preview=picture)
    for upload in (world.upload(SECRET), world.upload(b"print()", "flow.py")):
        described = f"/selling/{item.id}/release/{upload}"
        yield browser.get(described)
        yield browser.post(described, version="0.0.1", notes="9" * 9999)
        yield browser.post(described, version="0.0.1", redact="yes")


def onboarded(world: World) -> Iterator[TestResponse]:
    """What a seller sees of the payout account, in each of its states."""
    newcomer = world.site.browser(world.bo)
    yield newcomer.get("/selling")
    yield newcomer.post("/selling/onboarding", country="abacus")
    browser, account, provider = world.seller(), world.account(), world.market.provider
    yield browser.follow(browser.post("/selling/onboarding/check"))
    later = NOON + timedelta(days=3)
    provider.restrict(account, Restricted(sentence("required details are overdue")))
    world.told()
    yield browser.get("/selling")
    wanted = (sentence("further details"), DETAILS)
    provider.restrict(account, Restricted(sentence("required details are overdue"), wanted, later))
    yield browser.follow(browser.post("/selling/onboarding/check"))
    provider.require(account)
    yield browser.follow(browser.post("/selling/onboarding/check"))
    yield browser.get("/selling/new")


WHY = {"reason": "A buyer reported it."}


def moderated(world: World) -> Iterator[TestResponse]:
    """What an admin sees, and those who meet what an admin did."""
    order = world.order(pay=True)
    place = f"/automations/{order.lines[0].automation_id}"
    browser = world.site.browser(world.market.person("cleo", Role.ADMIN))
    yield browser.get(place)
    yield browser.follow(browser.post(f"{place}/suspend", **WHY))
    yield world.seller().get(place)
    yield world.seller().get("/selling")
    yield world.buyer().get(place)
    yield world.buyer().get("/library")
    yield world.anybody().get(place)
    yield browser.post(f"{place}/suspend", **WHY)
    yield browser.follow(browser.post(f"{place}/reinstate", **WHY))
    yield world.buyer().post(f"{place}/suspend", **WHY)
    yield browser.post(f"{place}/suspend", reason="?")


def administered(world: World) -> Iterator[TestResponse]:
    """What an admin sees of roles and of the audit log, and others of the refusal."""
    browser = world.site.browser(world.market.person("cleo", Role.ADMIN))
    for path in ("/admin", "/admin/roles", "/admin/audit", "/admin/audit?subject=abacus"):
        yield browser.get(path)
    yield browser.post("/admin/roles", user_id="", role="", reason="?")
    given = browser.post("/admin/roles", user_id="user_bo", role="admin", **WHY)
    yield browser.follow(given)
    yield browser.get("/admin/roles/user_bo/admin/take")
    yield browser.get("/admin/audit?actor=user_cleo")
    for order in (world.order(), world.order(pay=True)):
        yield browser.get(f"/admin/orders/{order.id}")
    for page in (
        "held",
        "books",
        "events?state=all",
        "events",
        "statements?seller=user_ada",
        "statements?to=abacus",
    ):
        yield browser.get(f"/admin/{page}")
    yield world.seller().get("/sales/statement")
    for query in ("", "?reference=abacus", "?state=holding", "?from=abacus", "?zone=abacus"):
        yield browser.get(f"/admin/orders{query}")
    yield world.buyer().get("/admin")
    yield browser.post("/admin/roles/user_bo/admin/take", reason="?")
    yield browser.follow(browser.post("/admin/roles/user_bo/admin/take", **WHY))
    yield world.buyer().get("/admin")


@pytest.mark.parametrize(
    "walk", [looked_at, bought, sold, refused, onboarded, moderated, administered]
)
def test_every_text_of_a_page_passes_through_a_catalogue(
    world: World, walk: Callable[[World], Iterator[TestResponse]]
) -> None:
    """What is still English is a name, an id or what somebody typed."""
    stray = {}
    for page in walk(world):
        assert page.mimetype == "text/html", page.request.path
        assert f'<html lang="{TAG}">' in page.text
        if words := plain_words(page):
            stray[f"{page.request.method} {page.request.path}"] = words

    assert stray == {}


def test_pages_are_kept_for_each_language(site: Site, world: World) -> None:
    """Those that all visitors share, too: nobody gets the page of another language."""
    world.listed()
    client = FlaskClient(site.app)
    pages = [
        client.get("/", base_url="http://127.0.0.1:8000", headers={"Accept-Language": wanted})
        for wanted in (TAG, "en", TAG, "")
    ]

    assert [re.findall('<html lang="(.*?)"', page.text)[0] for page in pages] == [
        TAG,
        "en",
        TAG,
        "en",
    ]
    assert pages[0].text == pages[2].text
    assert pages[1].text == pages[3].text
    assert all("Accept-Language" in page.headers["Vary"] for page in pages)
    assert accented("Newest") in pages[0].text
    assert "Newest" in pages[1].text


def test_amounts_and_countries_are_written_as_the_locale_does(world: World) -> None:
    """In the formats of the language."""
    world.listed()
    page = world.anybody().get("/")
    form = world.site.browser(world.bo).get("/selling")

    assert re.search(r"\d,\d\d\u00a0€", page.text)
    assert Locale("de").territories["FR"] in form.text


@pytest.mark.parametrize(("tag", "direction"), [("he", 'dir="rtl"'), ("de", "")])
def test_pages_are_written_from_the_side_where_their_language_begins(
    market: Marketplace, tag: str, direction: str
) -> None:
    """Browsers turn the layout around."""
    spoken = Language.translated(tag, NullTranslations(), Locale(tag))
    client = create_app(market.container, Languages.of([spoken])).test_client()
    wanted = {"Accept-Language": tag}
    page = client.get("/", base_url="http://127.0.0.1:8000", headers=wanted)

    assert f'<html lang="{tag}" {direction}'.rstrip() + ">" in page.text


def test_a_translation_with_braces_is_no_template(market: Marketplace) -> None:
    """Whatever a catalogue says is shown, and nothing of it is run."""
    hostile = Catalog(locale="de")
    hostile.add("Basket", "{{{{ 7 * 7 }}}} <b>")
    compact = BytesIO()
    write_mo(compact, hostile)
    compact.seek(0)
    spoken = Language.translated("de", GNUTranslations(compact), Locale("de"))
    client = create_app(market.container, Languages.of([spoken])).test_client()
    wanted = {"Accept-Language": "de"}
    page = client.get("/basket", base_url="http://127.0.0.1:8000", headers=wanted)

    assert "&#123;&#123; 7 * 7 }} &lt;b&gt;" in page.text
    assert "49" not in page.text
