import json
import re
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.extras import ExtraField, ExtraKind
from koda.domain.model.people import Principal
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.testing.examples import PIXEL, WORKFLOW, digest
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import PREFIX, Api, Document, code_of, json_of, problems_of
from tests.e2e.api.conftest import mounted
from tests.support.bodies import announcement

SHA256 = digest(WORKFLOW)
ANNOUNCED = announcement()


def test_an_upload_is_offered_for_ten_minutes(selling: Api) -> None:
    """The answer says all that a client needs to send the file."""
    offer = json_of(selling.post("/uploads", ANNOUNCED), 201)
    assert offer["expires_at"] == "2026-03-01T12:10:00.000Z"
    assert (offer["method"], offer["fields"]) == ("PUT", {})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "avatar"),
        ("file_name", ""),
        ("file_name", "\x00"),
        ("file_name", "flow.exe"),
        ("content_type", "text/html"),
        ("size", 0),
        ("size", 5 * 1024 * 1024 + 1),
        ("size", 10**30),
        ("size", "10"),
        ("sha256", "0" * 63),
        ("sha256", SHA256.upper()),
        ("key", "../../x"),
        ("owner", "user_bea"),
    ],
)
def test_an_upload_that_is_not_allowed_is_refused(field: str, value: Any, selling: Api) -> None:
    """Name, type, size and hash are checked, and no key is taken."""
    assert list(problems_of(selling.post("/uploads", ANNOUNCED | {field: value}))) == [field]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../flow.json", "flow.json"),
        ('a"\r\nX: 1.json', "a-X- 1.json"),
        ("\u202egpj.flow.json", "gpj.flow.json"),
        ("CON.json", "_CON.json"),
        ("x" * 300 + ".json", "x" * 95 + ".json"),
    ],
)
def test_a_dangerous_file_name_is_made_safe(name: str, safe: str, selling: Api) -> None:
    """What buyers download has a name that is safe everywhere."""
    artifact = selling.upload(file_name=name)
    listed = json_of(selling.post("/automations", selling.submission(artifact=artifact)), 201)
    assert listed["releases"][0]["file_name"] == safe
    assert json_of(selling.post(f"/library/{listed['id']}/download"))["file_name"] == safe


def test_only_sellers_who_can_be_paid_upload_and_list(buying: Api, selling: Api) -> None:
    """Everybody else is told to finish onboarding."""
    body = selling.submission()
    for refused in (buying.post("/uploads", ANNOUNCED), buying.post("/automations", body)):
        assert (refused.status_code, code_of(refused)) == (409, "payouts_not_ready")


def test_a_submission_is_listed_at_once(api: Api, selling: Api) -> None:
    """It is published, with its tags made normal and its first release."""
    listed = json_of(selling.post("/automations", selling.submission(tags=["A  b", "a b"])), 201)
    assert (listed["state"], listed["tags"], listed["version"]) == ("published", ["a b"], "1.0.0")
    assert listed["seller_id"] == "user_ada"
    assert json_of(api.get("/automations"))["items"][0]["id"] == listed["id"]


def test_submitting_an_upload_again_gives_the_same_listing(selling: Api) -> None:
    """A retry after a lost answer lists nothing twice."""
    body = selling.submission()
    first, second = (json_of(selling.post("/automations", body), 201) for _ in range(2))
    assert first == second


def test_every_fault_of_a_submission_is_told_at_once(selling: Api) -> None:
    """A form can show all of them beside their fields."""
    body = selling.submission(
        title="ab",
        description="short",
        price={"amount": 99, "currency": "EUR"},
        category="Cooking",
        platform="IFTTT",
        tags=["x" * 31],
        version="1",
        notes="n" * 2001,
    )
    refused = selling.post("/automations", body)
    assert code_of(refused) == "invalid_form"
    expected = {"title", "description", "price", "category", "platform", "tags", "version", "notes"}
    assert set(problems_of(refused)) == expected


@pytest.mark.parametrize(
    ("price", "field"),
    [
        ({"amount": 0, "currency": "EUR"}, "price"),
        ({"amount": 99, "currency": "EUR"}, "price"),
        ({"amount": 100_001, "currency": "EUR"}, "price"),
        ({"amount": 10**12, "currency": "EUR"}, "price"),
        ({"amount": 1000, "currency": "JPY"}, "price"),
        ({"amount": -1, "currency": "EUR"}, "price.amount"),
        ({"amount": 0.1, "currency": "EUR"}, "price.amount"),
        ({"amount": "10", "currency": "EUR"}, "price.amount"),
        ({"amount": True, "currency": "EUR"}, "price.amount"),
        ({"amount": 1000}, "price.currency"),
        ({"amount": 1000, "currency": "EUR", "fee": 0}, "price.fee"),
        ("10.00", "price"),
        (1000, "price"),
    ],
)
def test_a_price_that_is_not_allowed_is_refused(price: Any, field: str, selling: Api) -> None:
    """Minor units of the marketplace's currency, within its bounds."""
    refused = selling.post("/automations", selling.submission(price=price, artifact="upl_x"))
    assert list(problems_of(refused)) == [field]


@pytest.mark.parametrize(
    "field", ["seller_id", "state", "fee", "id", "published_at", "storage_key", "revision"]
)
def test_a_submission_takes_nothing_that_a_client_may_not_decide(field: str, selling: Api) -> None:
    """Unknown fields are refused rather than ignored."""
    body = selling.submission(artifact="upl_x") | {field: "x"}
    assert list(problems_of(selling.post("/automations", body))) == [field]


@pytest.mark.parametrize("value", [{"$ne": None}, ["upl_1"], 5, None, "", "a b", "x" * 129])
def test_an_upload_id_is_an_identifier(value: Any, selling: Api) -> None:
    """Nothing but plain text can name an upload."""
    body = selling.submission(artifact="upl_x") | {"artifact": value}
    assert list(problems_of(selling.post("/automations", body))) == ["artifact"]


def test_an_upload_of_somebody_else_or_of_another_kind_is_not_found(
    selling: Api, marketplace: Marketplace
) -> None:
    """An upload is its owner's, for what it was announced for."""
    foreign = marketplace.upload(marketplace.ready_seller("cleo"))
    preview = selling.upload(PIXEL, kind="preview", file_name="a.png", content_type="image/png")
    for upload_id in (foreign, preview, "upl_none"):
        refused = selling.post("/automations", selling.submission(artifact=upload_id))
        assert (refused.status_code, code_of(refused)) == (404, "not_found")


def test_an_upload_whose_bytes_never_came_is_told(selling: Api) -> None:
    """Nothing is listed without its file."""
    offer = json_of(selling.post("/uploads", ANNOUNCED), 201)
    refused = selling.post("/automations", selling.submission(artifact=offer["upload_id"]))
    assert (refused.status_code, code_of(refused)) == (409, "upload_missing")


def test_a_late_upload_is_told_with_the_time(selling: Api) -> None:
    """The permission ended, and the answer says when."""
    artifact = selling.upload()
    selling.marketplace.clock.advance(timedelta(minutes=10))
    refused = selling.post("/automations", selling.submission(artifact=artifact))
    assert (refused.status_code, code_of(refused)) == (409, "expired")
    assert refused.json is not None
    assert refused.json["at"] == "2026-03-01T12:10:00.000Z"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body>no</body></html>",
        '{"nodes": [1]}'.encode("utf-16"),
        b'{"nodes": 1, "nodes": 2}',
        b'{"nodes": NaN}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"nodes": ' + b"9" * 5000 + b"}",
        b'{"nodes": "\\ud800"}',
        b"\x1f\x8b\x08\x00",
    ],
    ids=["html", "utf-16", "twice", "nan", "deep", "digits", "surrogate", "gzip"],
)
def test_a_file_that_is_no_workflow_is_refused(content: bytes, selling: Api) -> None:
    """What is stored reads as what it claims to be, or is not listed."""
    body = selling.submission(artifact=selling.upload(content))
    assert selling.post("/automations", body).status_code == 422
    assert json_of(selling.get("/seller/automations"))["items"] == []


def test_a_script_of_another_grammar_is_listed_with_a_remark(selling: Api) -> None:
    """The release says what it imports, and on which Python it does not parse."""
    content = b"\xef\xbb\xbfimport requests\nmatch = =\n"
    artifact = selling.upload(content, file_name="flow.py", content_type="text/x-python")
    body = selling.submission(artifact=artifact, platform="Python")
    listed = json_of(selling.post("/automations", body), 201)
    [release] = listed["releases"]
    [remark] = release["remarks"]
    assert release["imports"] == ["requests"]
    assert re.fullmatch(r"does not parse as Python 3\.\d+, on which this site runs", remark)


def test_a_release_tells_what_is_in_its_workflow(selling: Api) -> None:
    """What it was recognised as, its apps and accounts, and where it runs."""
    content = json.dumps(
        {
            "nodes": [
                {"name": "A", "type": "n8n-nodes-base.scheduleTrigger", "typeVersion": 1.2},
                {"name": "B", "type": "n8n-nodes-base.slack", "typeVersion": 2.3},
                {"name": "C", "type": "n8n-nodes-strange.thing", "typeVersion": 1},
            ],
            "connections": {},
        }
    ).encode()
    body = selling.submission(artifact=selling.upload(content))
    [release] = json_of(selling.post("/automations", body), 201)["releases"]
    workflow = release["workflow"]

    assert (release["format"], workflow["steps"]) == ("n8n", 3)
    assert workflow["apps"][0] == {"name": "Slack", "steps": 1}
    assert workflow["accounts"] == [{"app": "Slack", "kind": None}]
    assert workflow["packages"] == [{"name": "n8n-nodes-strange", "verified": False}]
    assert workflow["schedules"] == ["every day"]
    assert [told["outcome"] for told in workflow["verdicts"]] == ["runs with changes"] * 3
    assert workflow["verdicts"][0]["release"] is not None


def test_a_listing_is_revised(api: Api, selling: Api, automation: Automation) -> None:
    """What is sent changes, what is left out stays, and visitors see it at once."""
    price = {"amount": 2000, "currency": "EUR"}
    preview = selling.upload(PIXEL, kind="preview", file_name="a.png", content_type="image/png")
    body = {"title": "Another title", "price": price, "tags": ["new"], "preview": preview}
    revised = json_of(selling.patch(f"/automations/{automation.id}", body))
    assert (revised["title"], revised["price"], revised["tags"]) == (
        "Another title",
        price,
        ["new"],
    )
    assert revised["description"] == automation.listing.description
    assert revised["revision"] == 1
    assert json_of(api.get("/automations"))["items"][0]["title"] == "Another title"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"description": "short"}, "description"),
        ({"category": ""}, "category"),
        ({"platform": "IFTTT"}, "platform"),
        ({"price": {"amount": 1, "currency": "EUR"}}, "price"),
        ({"price": None}, "price"),
        ({"tags": ["a"] + [str(n) for n in range(10)]}, "tags"),
        ({"tags": "a"}, "tags"),
        ({"preview": ""}, "preview"),
        ({"state": "published"}, "state"),
    ],
)
def test_a_revision_that_is_not_allowed_changes_nothing(
    body: dict[str, Any], field: str, selling: Api, automation: Automation
) -> None:
    """Nothing is half done."""
    assert list(problems_of(selling.patch(f"/automations/{automation.id}", body))) == [field]
    listing = json_of(selling.get(f"/automations/{automation.id}"))["automation"]
    assert (listing["title"], listing["revision"]) == ("Post to every network", 0)


def test_a_release_adds_a_version(
    selling: Api, buying: Api, bea: Principal, automation: Automation
) -> None:
    """Buyers get the newest one, or an earlier one by its version."""
    selling.marketplace.buy(bea, automation)
    artifact = selling.upload(WORKFLOW + b"\n", file_name="flow-2.json")
    body = {"version": "1.1.0", "artifact": artifact, "notes": "Better."}
    released = json_of(selling.post(f"/automations/{automation.id}/releases", body), 201)
    assert [release["version"] for release in released["releases"]] == ["1.1.0", "1.0.0"]
    [item] = json_of(buying.get("/library"))["items"]
    assert (item["version"], item["versions"]) == ("1.1.0", ["1.1.0", "1.0.0"])
    assert item["refunded"] == {"amount": 0, "currency": "EUR"}
    path = f"/library/{automation.id}/download"
    assert json_of(buying.post(path))["file_name"] == "flow-2.json"
    assert json_of(buying.post(path, {"version": "1.0.0"}))["file_name"] == "flow.json"
    assert code_of(buying.post(path, {"version": "9.0.0"})) == "not_found"
    assert list(problems_of(buying.post(path, {"version": "one"}))) == ["version"]


def test_a_release_must_be_above_the_newest(selling: Api, automation: Automation) -> None:
    """The answer says which one that is."""
    body = {"version": "1.0.0", "artifact": selling.upload()}
    refused = selling.post(f"/automations/{automation.id}/releases", body)
    assert (refused.status_code, code_of(refused)) == (409, "version_taken")
    assert refused.json is not None
    assert refused.json["newest"] == "1.0.0"


def test_a_withdrawn_listing_takes_no_more_steps(selling: Api, automation: Automation) -> None:
    """It is off sale for good."""
    path = f"/automations/{automation.id}"
    assert json_of(selling.post(f"{path}/withdraw"))["state"] == "withdrawn"
    release = {"version": "2.0.0", "artifact": selling.upload()}
    for refused in (
        selling.post(f"{path}/withdraw"),
        selling.patch(path, {"title": "Come back"}),
        selling.post(f"{path}/releases", release),
    ):
        assert (refused.status_code, code_of(refused)) == (409, "wrong_state")


def test_sellers_list_their_own_in_every_state(
    selling: Api, buying: Api, automation: Automation, ada: Principal
) -> None:
    """Newest first, page by page; others have none of them."""
    selling.marketplace.pass_time(minutes=1)
    newer = selling.marketplace.list_automation(ada, title="A newer one")
    json_of(selling.post(f"/automations/{automation.id}/withdraw"))
    first = json_of(selling.get("/seller/automations", limit=1))
    second = json_of(selling.get("/seller/automations", limit=1, cursor=first["next_cursor"]))
    assert [item["id"] for item in first["items"]] == [newer.id]
    assert [item["state"] for item in second["items"]] == ["withdrawn"]
    assert json_of(buying.get("/seller/automations"))["items"] == []


WHY = {"reason": "A buyer reported it."}


def test_an_admin_suspends_and_reinstates(
    api: Api, moderating: Api, buying: Api, bea: Principal, automation: Automation
) -> None:
    """While suspended it is neither sold nor downloaded."""
    moderating.marketplace.buy(bea, automation)
    path = f"/automations/{automation.id}"
    assert json_of(moderating.post(f"{path}/suspend", WHY))["state"] == "suspended"
    refused = buying.post(f"/library/{automation.id}/download")
    assert (refused.status_code, code_of(refused)) == (403, "automation_suspended")
    assert json_of(api.get("/automations"))["items"] == []
    assert code_of(moderating.post(f"{path}/suspend", WHY)) == "wrong_state"
    assert json_of(moderating.post(f"{path}/reinstate", WHY))["state"] == "published"
    assert code_of(moderating.post(f"{path}/reinstate", WHY)) == "wrong_state"
    assert json_of(buying.post(f"/library/{automation.id}/download"))["file_name"] == "flow.json"


def test_a_moderator_decides_about_what_is_in_review(moderating: Api, ada: Principal) -> None:
    """It is on sale, or suspended; nobody decides twice, or about a file that they did not see."""
    script = b"import json\nprint(json.dumps({}))\n" * 10
    eve = moderating.marketplace.ready_seller("eve")
    listings = [
        moderating.marketplace.list_automation(seller, platform="Python", content=script)
        for seller in (ada, eve, eve)
    ]
    assert [listing.state for listing in listings] == ["published", "in_review", "in_review"]
    _, copy, twin = listings

    of_another = moderating.post(f"/automations/{copy.id}/approve", {**WHY, "seen": "0.9.0"})
    assert code_of(of_another) == "stale_write"
    seen = {**WHY, "seen": "1.0.0"}
    approved = json_of(moderating.post(f"/automations/{copy.id}/approve", seen))
    assert approved["state"] == "published"
    assert json_of(moderating.post(f"/automations/{twin.id}/reject", WHY))["state"] == "suspended"
    assert code_of(moderating.post(f"/automations/{copy.id}/reject", WHY)) == "wrong_state"


def test_own_listings_are_found_by_words_page_by_page(
    selling: Api, ada: Principal, automation: Automation
) -> None:
    """In every state; the cursor belongs to the words."""
    second = selling.marketplace.list_automation(ada, title="Post the newsletter")
    json_of(selling.post(f"/automations/{second.id}/withdraw"))
    first = json_of(selling.get("/seller/automations", q="post newsl", limit=1))
    both = json_of(selling.get("/seller/automations", q="POST", limit=1))
    rest = json_of(selling.get("/seller/automations", q="POST", cursor=both["next_cursor"]))

    assert [item["id"] for item in first["items"]] == [second.id]
    assert first["next_cursor"] is None
    ids = {item["id"] for item in (*both["items"], *rest["items"])}
    assert ids == {automation.id, second.id}
    other = selling.get("/seller/automations", q="post the", cursor=both["next_cursor"])
    assert list(problems_of(other)) == ["cursor"]
    assert list(problems_of(selling.get("/seller/automations", q="x" * 201))) == ["q"]


EXTRAS = Policy(
    extras=(
        ExtraField("level", choices=("Easy", "Hard")),
        ExtraField("minutes", ExtraKind.NUMBER),
        ExtraField("needs_key", ExtraKind.YES_NO),
    )
)


@pytest.fixture
def asking(marketplace: Marketplace, ada: Principal) -> Api:
    """The API of a marketplace with fields of its own, as Ada calls it."""
    http = mounted(marketplace.but(EXTRAS)).test_client()
    described = Document(http.get(f"{PREFIX}/openapi.json").get_json())
    return Api(http, marketplace, described).signed_in(ada)


def test_extras_are_listed_revised_and_taken_away(asking: Api) -> None:
    """Each with its type; what is not sent stays, and null is none."""
    body = asking.submission(extras={"level": "easy", "minutes": 5, "needs_key": False})
    listed = json_of(asking.post("/automations", body), 201)
    change = {"extras": {"minutes": 6, "needs_key": None}}
    revised = json_of(asking.patch(f"/automations/{listed['id']}", change))

    assert listed["extras"] == {"level": "Easy", "minutes": 5, "needs_key": False}
    assert revised["extras"] == {"level": "Easy", "minutes": 6}
    [item] = json_of(asking.get("/automations"))["items"]
    assert item["extras"] == revised["extras"]


def test_wrong_extras_are_told_with_all_other_faults(asking: Api) -> None:
    """A kind, a choice and a name that the marketplace does not have."""
    sent = {"level": "so so", "minutes": 1.5, "needs_key": "yes", "colour": ["red"]}
    body = asking.submission(title="", extras=sent, artifact="upl_x")
    refused = asking.post("/automations", body)

    assert set(problems_of(refused)) == {"title", *(f"extras.{name}" for name in sent)}


def test_extras_are_filters_of_the_catalogue(asking: Api) -> None:
    """By the names that they have in problems and forms; each in any way that its type has."""
    body = asking.submission(extras={"level": "easy", "minutes": 5, "needs_key": False})
    listed = json_of(asking.post("/automations", body), 201)
    for query in ({"level": "EASY", "minutes": "05"}, {"needs_key": "false"}, {"minutes": 6}):
        asked = {f"extras.{name}": value for name, value in query.items()}
        expected = [] if query == {"minutes": 6} else [listed["id"]]
        assert [i["id"] for i in json_of(asking.get("/automations", **asked))["items"]] == expected

    facets = json_of(asking.get("/automations"))["facets"]
    assert facets["extras"] == {"level": {"Easy": 1, "Hard": 0}, "needs_key": {"yes": 0, "no": 1}}


@pytest.mark.parametrize(
    "name",
    ["extras.colour", "extras.", "extras", "extras.level", "extras.minutes", "x.extras.level"],
)
def test_a_filter_that_no_field_takes_is_refused(name: str, asking: Api) -> None:
    """A name or a value that the marketplace does not have; no other operation takes any."""
    assert list(problems_of(asking.get("/automations", **{name: "x"}))) == [name]
    assert list(problems_of(asking.get("/library", **{name: "x"}))) == [name]


def test_the_document_lists_what_this_marketplace_has() -> None:
    """Its platforms, its categories, and the fields that it asks for."""
    policy = evolve(EXTRAS, platforms=(Platform("Node-RED"),), categories=("Homes",))
    content = mounted(Marketplace(policy)).test_client().get(f"{PREFIX}/openapi.json").get_json()

    for name in ("SubmissionBody", "RevisionBody"):
        fields = content["components"]["schemas"][name]["properties"]
        assert (fields["platform"]["enum"], fields["category"]["enum"]) == (["Node-RED"], ["Homes"])
        extras = fields["extras"]["properties"]
        assert extras["level"]["enum"] == ["Easy", "Hard", None]
        assert extras["minutes"]["type"] == ["integer", "null"]
        assert extras["needs_key"]["type"] == ["boolean", "null"]
    browsing = content["paths"]["/automations"]["get"]["parameters"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in browsing}
    assert schemas["extras.level"] == {"enum": ["Easy", "Hard"]}
    assert schemas["extras.minutes"]["type"] == "integer"
    assert schemas["extras.needs_key"] == {"type": "boolean"}
