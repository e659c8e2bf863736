from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from koda.domain.model.automations import Automation
from koda.domain.model.extras import Extra, ExtraField, ExtraKind
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.domain.model.versions import Version
from koda.entrypoints.web.app import create_app
from koda.testing.examples import PIXEL, WORKFLOW
from koda.testing.marketplace import Marketplace
from tests.e2e.pages.conftest import Browser, Site, sandboxed, text_of
from tests.support.bodies import announcement

SECOND = b'{"nodes": [{"name": "Second"}], "connections": {}}'
TYPED = {
    "title": "Weekly newsletter",
    "description": "Collects the week and writes a newsletter of it.",
    "platform": "n8n",
    "category": "Email Marketing",
    "price": "12,50",
    "tags": "News, letters ,,news",
    "version": "1.0.0",
    "redact": "yes",
}


def file(content: bytes = WORKFLOW, name: str = "flow.json") -> tuple[BytesIO, str]:
    """A file as a form sends it."""
    return BytesIO(content), name


def send_file(browser: Browser, place: str, **file_fields: Any) -> TestResponse:
    """Send the file with which a form begins; the answer leads on if it is taken."""
    return browser.post(place, page=place, **file_fields)


def send(browser: Browser, place: str = "/selling/new", **changes: Any) -> TestResponse:
    """Send the file of a new listing, and if it is taken the form about it."""
    fields = TYPED | {"artifact": file()} | changes
    first = {name: fields.pop(name) for name in [*fields] if name.startswith("artifact")}
    if "artifact_upload_id" in first:
        del first["artifact"]
    taken = send_file(browser, place, **first)
    if taken.status_code != 303:
        return taken
    return browser.post(taken.location, page=taken.location, **fields)


@pytest.fixture
def ada(site: Site, seller: Principal) -> Browser:
    """Ada's browser."""
    return site.browser(seller)


@pytest.fixture
def automation(market: Marketplace, seller: Principal) -> Automation:
    """One of Ada's."""
    return market.list_automation(seller)


def test_a_form_with_its_files_lists_an_automation(market: Marketplace, ada: Browser) -> None:
    """Without the script, everything comes in one form; tags and the price are read as typed."""
    page = ada.follow(send(ada, preview=file(PIXEL, "p.png")))

    assert "Your automation is on sale" in text_of(page)
    item = market.automations.get(AutomationId(page.request.path.rpartition("/")[2]))
    assert item.listing.price.minor == 1250
    assert item.listing.tags == ("news", "letters")
    assert item.latest.file.name == "flow.json"
    assert item.preview is not None
    assert "Weekly newsletter" in text_of(ada.get("/"))


def test_a_refused_form_keeps_what_was_typed(ada: Browser) -> None:
    """Every fault is told at once, beside its field and at the top, with the text still there."""
    page = send(ada, title="No", price="0.10", category="Cats")

    assert page.status_code == 422
    assert "3 things need changing" in text_of(page)
    assert 'value="No"' in page.text
    assert 'value="0.10"' in page.text
    assert "Collects the week" in page.text
    assert '<option value="n8n" selected>' in page.text
    for name in ("title", "price", "category"):
        assert f'<a href="#{name}">' in page.text
        assert f'id="{name}-error"' in page.text
    assert "invalid_value" in page.text


def test_a_refused_form_keeps_its_files(ada: Browser) -> None:
    """The picture need not be chosen again, and the address names the workflow file."""
    page = send(ada, title="No", preview=file(PIXEL, "p.png"))
    picture = page.text.split('name="preview_upload_id" value="')[1].split('"')[0]
    place = page.request.path

    assert "Your file is uploaded and kept" in text_of(page)
    assert ada.post(place, page=place, **TYPED, preview_upload_id=picture).status_code == 303


def test_who_goes_back_after_publishing_is_led_to_the_listing(ada: Browser) -> None:
    """The form would say what is not so any more."""
    taken = send_file(ada, "/selling/new", artifact=file()).location
    listed = ada.post(taken, page=taken, **TYPED).location

    assert ada.get(taken).location == listed


def test_what_no_platform_reads_is_told_before_the_form(ada: Browser) -> None:
    """At the top, and by the name of its field where the form is refused."""
    taken = send_file(ada, "/selling/new", artifact=file(b'{"hello": "world"}')).location
    page = ada.get(taken).text
    refused = text_of(ada.post(taken, page=taken, **TYPED))

    assert page.index("The file is no workflow") < page.index('id="title"')
    assert "Workflow file is no workflow" in refused


def test_a_form_without_a_file_is_refused(ada: Browser) -> None:
    """The file is asked for again."""
    page = send_file(ada, "/selling/new")

    assert page.status_code == 422
    assert "One thing needs changing" in text_of(page)
    assert 'id="artifact-error"' in page.text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (file(b"<html>"), "is a web page"),
        (file(b"\xef\xbb\xbf{}"), "Workflow file"),
        (file(b'{"a": NaN}'), "Workflow file"),
        (file(b'{"a": 1, "a": 2}'), "Workflow file"),
        (file(b"[" * 10_000), "Workflow file"),
        (file(WORKFLOW, "flow.exe"), "must end in one of"),
        (file(b""), "must be"),
    ],
)
def test_a_file_that_cannot_be_sold_is_refused_at_its_field(
    ada: Browser, sent: tuple[BytesIO, str], words: str
) -> None:
    """What the file is not is said at its own input, and nothing is listed."""
    page = send(ada, artifact=sent)

    assert page.status_code == 422
    assert 'id="artifact-error"' in page.text
    assert words.lower() in text_of(page).lower()
    assert "Weekly newsletter" not in text_of(ada.get("/"))


def test_a_file_that_is_too_large_is_refused_at_its_field() -> None:
    """One byte above the marketplace's own limit is too much."""
    market = sandboxed(Marketplace(Policy(artifact_bytes=len(WORKFLOW) - 1)))
    browser = Site(market, create_app(market.container)).browser(market.ready_seller("ada"))

    page = send(browser, artifact=file())

    assert page.status_code == 422
    assert f"Must be at most {len(WORKFLOW) - 1} bytes" in text_of(page)


def test_a_picture_that_is_none_is_refused_at_its_field(ada: Browser) -> None:
    """The workflow file is kept, the picture asked for again, and nothing is listed."""
    page = send(ada, preview=file(b"GIF89a", "p.png"))

    assert page.status_code == 422
    assert 'id="preview-error"' in page.text
    assert 'id="artifact-error"' not in page.text
    assert "Weekly newsletter" not in text_of(ada.get("/"))


def test_file_names_are_made_safe(market: Marketplace, ada: Browser) -> None:
    """Neither folders nor control characters nor endless names survive."""
    page = ada.follow(send(ada, artifact=file(name="../../x/a;b\u202e" + "n" * 300 + ".json")))

    item = market.automations.get(AutomationId(page.request.path.rpartition("/")[2]))
    assert "/" not in item.latest.file.name
    assert len(item.latest.file.name) <= 100
    assert item.latest.file.name.endswith(".json")


def test_an_upload_of_somebody_else_is_refused(
    site: Site, market: Marketplace, ada: Browser
) -> None:
    """A ticket is bound to its owner."""
    stolen = market.upload(market.ready_seller("dan"))

    page = send(ada, artifact_upload_id=stolen)

    assert page.status_code == 404
    assert "must be chosen and uploaded again" in text_of(page)
    assert stolen not in page.text


def test_an_upload_that_is_too_old_is_asked_for_again(
    market: Marketplace, seller: Principal, ada: Browser
) -> None:
    """Tickets end after ten minutes, a day later once the file was looked into."""
    upload_id, early = market.upload(seller), market.upload(seller)
    place = f"/selling/new/{early}"
    assert 'name="title"' in ada.get(place).text
    market.pass_time(minutes=10)

    assert 'name="title"' in ada.get(place).text
    market.pass_time(days=1)
    for page in (send(ada, artifact_upload_id=upload_id), ada.get(place), ada.post(place, **TYPED)):
        assert page.status_code == 409
        assert "expired" in page.text
        assert 'id="artifact-error"' in page.text


def test_an_upload_that_never_arrived_is_asked_for_again(ada: Browser) -> None:
    """The script's ticket alone is no file."""
    ticket = ask_ticket(ada).json
    assert ticket is not None

    page = send(ada, artifact_upload_id=ticket["upload_id"])

    assert page.status_code == 409
    assert "upload_missing" in page.text


def test_who_cannot_be_paid_cannot_list(site: Site, buyer: Principal) -> None:
    """The form says what to do first."""
    page = send(site.browser(buyer))

    assert page.status_code == 409
    assert "payouts_not_ready" in page.text


def ask_ticket(browser: Browser, **changes: Any) -> TestResponse:
    """Announce a file as the script does."""
    browser.get("/selling/new")
    return browser.client.post(
        "/selling/uploads",
        json=announcement(**changes),
        headers={"X-CSRFToken": browser.token},
        base_url=browser.base,
    )


def test_the_script_uploads_straight_to_storage(ada: Browser) -> None:
    """A ticket says where the bytes go; once there, the form lists by the ticket alone."""
    ticket = ask_ticket(ada).json
    assert ticket is not None
    sent = ada.client.put(
        ticket["url"], data=WORKFLOW, headers=ticket["headers"], base_url=ada.base
    )

    page = send(ada, artifact_upload_id=ticket["upload_id"])

    assert sent.status_code == 204
    assert page.status_code == 303


@pytest.mark.parametrize(
    ("content", "kind"),
    [(WORKFLOW + b" ", "application/json"), (WORKFLOW, "text/html"), (b"{}", "application/json")],
)
def test_storage_takes_only_what_was_announced(ada: Browser, content: bytes, kind: str) -> None:
    """Size, type and hash are held against the ticket."""
    ticket = ask_ticket(ada).json
    assert ticket is not None

    sent = ada.client.put(ticket["url"], data=content, content_type=kind, base_url=ada.base)

    assert sent.status_code == 422
    assert send(ada, artifact_upload_id=ticket["upload_id"]).status_code == 409


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"kind": "cat"}, 422),
        ({"size": 0}, 422),
        ({"size": "10"}, 422),
        ({"size": 10**12}, 422),
        ({"sha256": "x"}, 422),
        ({"file_name": "a.exe"}, 422),
        ({"content_type": "text/html"}, 422),
        ({"file_name": "a" * 5000 + ".json"}, 413),
    ],
)
def test_what_cannot_be_uploaded_gets_no_ticket(
    ada: Browser, changes: dict[str, Any], status: int
) -> None:
    """The script is told so as a problem document."""
    refused = ask_ticket(ada, **changes)

    assert refused.status_code == status
    assert refused.mimetype == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"[" * 4000, b"\xff\xfe", b'{"kind": 1}'])
def test_a_body_that_announces_nothing_gets_no_ticket(ada: Browser, body: bytes) -> None:
    """Whatever is no announcement is refused, and never breaks anything."""
    ada.get("/selling/new")
    refused = ada.client.post(
        "/selling/uploads",
        data=body,
        headers={"X-CSRFToken": ada.token, "Content-Type": "application/json"},
        base_url=ada.base,
    )

    assert refused.status_code == 422


def test_tickets_are_limited(ada: Browser) -> None:
    """After sixty in a minute the next is refused."""
    answers = [ask_ticket(ada).status_code for _ in range(61)]

    assert answers[-2:] == [200, 429]


def test_a_listing_is_edited(market: Marketplace, ada: Browser, automation: Automation) -> None:
    """The form begins with what is there, and changes what was typed."""
    place = f"/selling/{automation.id}/edit"
    begun = ada.get(place)

    typed: dict[str, Any] = TYPED | {"price": "20", "preview": file(PIXEL, "p.png")}
    page = ada.follow(ada.post(place, **typed))

    assert 'value="12.50"' in begun.text
    assert "Your listing is changed" in text_of(page)
    item = market.automations.get(automation.id)
    assert item.listing.price.minor == 2000
    assert item.preview is not None
    assert item.latest == automation.latest


def test_a_refused_edit_keeps_what_was_typed_and_changes_nothing(
    market: Marketplace, ada: Browser, automation: Automation
) -> None:
    """A bad picture with a good text leaves the listing as it was."""
    place = f"/selling/{automation.id}/edit"

    bad_text = ada.post(place, page=place, **(TYPED | {"title": "x"}))
    bad_picture = ada.post(place, page=place, **(TYPED | {"preview": file(b"no", "p.png")}))

    assert bad_text.status_code == 422
    assert 'value="x"' in bad_text.text
    assert 'id="preview-error"' in bad_picture.text
    assert market.automations.get(automation.id) == automation


def test_a_release_is_added(market: Marketplace, ada: Browser, automation: Automation) -> None:
    """The new version stands first, and the old one stays."""
    place = f"/selling/{automation.id}/release"
    notes = "Now in colour.\r\nAnd faster."

    page = ada.follow(send(ada, place, version="1.1.0", notes=notes, artifact=file(SECOND)))

    assert "The release is out" in text_of(page)
    item = market.automations.get(automation.id)
    assert [str(release.version) for release in item.releases] == ["1.0.0", "1.1.0"]
    assert item.latest.notes == "Now in colour.\nAnd faster."


@pytest.mark.parametrize(
    ("version", "status", "code"), [("1.0.0", 409, "version_taken"), ("new", 422, "invalid_value")]
)
def test_a_refused_release_keeps_what_was_typed(
    market: Marketplace,
    ada: Browser,
    automation: Automation,
    version: str,
    status: int,
    code: str,
) -> None:
    """A version that is taken or none is said; the notes are kept."""
    place = f"/selling/{automation.id}/release"

    page = send(ada, place, version=version, notes="Mine", artifact=file(SECOND))

    assert page.status_code == status
    assert code in page.text
    assert ">Mine</textarea>" in page.text
    assert market.automations.get(automation.id).latest.version == Version.parse("1.0.0")


def test_a_release_begins_with_a_file_of_its_platform(
    market: Marketplace, seller: Principal, ada: Browser, automation: Automation
) -> None:
    """Whatever else is refused where it is asked for."""
    place = f"/selling/{automation.id}/release"
    script = market.upload(seller, b"print()", "a.py")
    refused = (
        send_file(ada, place),
        send_file(ada, place, artifact_upload_id=script),
        ada.get(f"{place}/{script}"),
    )

    assert [page.status_code for page in refused] == [422] * 3
    assert all('id="artifact-error"' in page.text for page in refused)
    assert "is a Python script, and the listing says n8n" in text_of(refused[1]).replace("Is", "is")


def test_withdrawing_is_asked_and_done(ada: Browser, automation: Automation) -> None:
    """The page says what it means; the listing leaves the catalogue at once."""
    place = f"/selling/{automation.id}/withdraw"
    asked = ada.get(place)

    page = ada.follow(ada.post(place))

    assert "does not come back" in text_of(asked)
    assert "The listing is withdrawn" in text_of(page)
    assert "The shelves are empty" in text_of(ada.get("/"))
    assert ada.post(place).status_code == 409


@pytest.mark.parametrize("form", ["edit", "release", "withdraw"])
def test_forms_are_the_sellers_alone(
    site: Site, market: Marketplace, admin: Principal, automation: Automation, form: str
) -> None:
    """Somebody else's listing is as good as none, for another seller and for an admin."""
    for other in (market.ready_seller("dan"), admin):
        browser = site.browser(other)
        place = f"/selling/{automation.id}/{form}"
        assert browser.get(place).status_code == 404
        assert browser.post(place, **TYPED).status_code == 404
    stranger = site.browser(market.ready_seller("dan"))
    place = f"/selling/{automation.id}/release/{market.upload(market.ready_seller('dan'))}"
    assert stranger.get(place).status_code == stranger.post(place).status_code == 404


def test_a_form_asks_for_what_the_marketplace_declares(
    market: Marketplace, seller: Principal
) -> None:
    """Choices, a number and yes or no; the page of the listing shows what was said."""
    policy = Policy(
        extras=(
            ExtraField("level", choices=("Easy", "Hard")),
            ExtraField("setup_minutes", ExtraKind.NUMBER),
            ExtraField("needs_key", ExtraKind.YES_NO),
        )
    )
    asking = sandboxed(market.but(policy))
    ada = Site(asking, create_app(asking.container)).browser(seller)
    said = {"extras.level": "Hard", "extras.setup_minutes": "1500", "extras.needs_key": "yes"}
    refused = send(ada, artifact=file(), **(said | {"extras.setup_minutes": "ten"}))
    page = ada.follow(send(ada, artifact=file(), **said))

    assert "Setup minutes must be a whole number." in text_of(refused)
    assert '<option value="Hard" selected>' in refused.text
    for label, value in (("Level", "Hard"), ("Setup minutes", "1,500"), ("Needs key", "Yes")):
        assert f"<dt>{label}</dt><dd>{value}</dd>" in page.text
    edited = page.request.path.rpartition("/")[2]
    form = f"/selling/{edited}/edit"
    assert 'name="extras.setup_minutes" type="text" value="1500"' in ada.get(form).text
    ada.post(form, page=form, **TYPED | said | {"extras.needs_key": "no", "extras.level": ""})
    extras = market.automations.get(AutomationId(edited)).listing.extras
    assert extras == (Extra("needs_key", False), Extra("setup_minutes", 1500))


def test_a_listing_keeps_what_the_form_offers_no_longer(
    market: Marketplace, seller: Principal
) -> None:
    """Its platform, category and choices can be sent as they are, beside the present ones."""
    before = market.but(Policy(extras=(ExtraField("level", choices=("Easy", "Hard")),)))
    item = before.list_automation(seller, extras={"level": "Easy"})
    policy = Policy(
        platforms=(Platform("Node-RED"),),
        categories=("Homes",),
        extras=(ExtraField("level", choices=("Low", "High")),),
    )
    after = sandboxed(market.but(policy))
    ada = Site(after, create_app(after.container)).browser(seller)
    form = f"/selling/{item.id}/edit"
    shown = ada.get(form).text
    sent = {"platform": "n8n", "category": "Social Media", "extras.level": "Easy"}
    answer = ada.post(form, page=form, **TYPED | sent)

    for kept in ("n8n", "Social Media", "Easy"):
        assert f'<option value="{kept}" selected>' in shown
    assert answer.status_code == 303
    listing = market.automations.get(item.id).listing
    assert (listing.title, listing.extras) == (TYPED["title"], item.listing.extras)
