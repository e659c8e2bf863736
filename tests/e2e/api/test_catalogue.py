import re

import pytest
from flask import Flask

from koda.domain.model.automations import Automation
from koda.domain.model.paging import Cursor
from koda.domain.model.people import Principal
from koda.domain.search.catalogue import CatalogueQuery
from koda.entrypoints.web.api.blueprint import api_blueprint
from koda.testing.examples import PIXEL, a_workflow_release, an_automation
from koda.testing.marketplace import Marketplace
from tests.e2e.api.client import Api, code_of, json_of, problems_of


@pytest.fixture
def three(marketplace: Marketplace, ada: Principal) -> list[Automation]:
    """Three listings of different prices, platforms and times."""
    listed = []
    for price, platform in (("20.00", "n8n"), ("10.00", "Make"), ("30.00", "n8n")):
        title = f"Costs {price} on {platform}"
        listed.append(
            marketplace.list_automation(
                ada, title=title, price=price, platform=platform, tags=(platform, "all")
            )
        )
        marketplace.pass_time(minutes=1)
    return listed


def ids_of(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """The ids of a list's items, in order."""
    return [item["id"] for item in answer["items"]]


def test_the_catalogue_shows_a_listing(api: Api, automation: Automation) -> None:
    """Amounts are in minor units and times in UTC with milliseconds."""
    [item] = json_of(api.get("/automations"))["items"]
    assert item == {
        "id": automation.id,
        "title": "Post to every network",
        "description": automation.listing.description,
        "price": {"amount": 1250, "currency": "EUR"},
        "category": "Social Media",
        "platform": "n8n",
        "tags": [],
        "extras": {},
        "seller": {"id": "user_ada", "name": "Ada"},
        "version": "1.0.0",
        "preview_url": None,
        "preview_sizes": [],
        "published_at": "2026-03-01T12:00:00.000Z",
        "partial": False,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [2, 1, 0]),
        ({"sort": "price_asc"}, [1, 0, 2]),
        ({"sort": "price_desc"}, [2, 0, 1]),
        ({"q": "costs 30"}, [2, 1, 0]),
        ({"q": "costs 30", "sort": "newest"}, [2]),
        ({"platform": "Make"}, [1]),
        ({"tag": "n8n", "sort": "price_asc"}, [0, 2]),
        ({"min_price": 1500, "max_price": 2500}, [0]),
        ({"category": "Sales"}, []),
    ],
)
def test_the_catalogue_filters_and_sorts(
    query: dict[str, str], expected: list[int], api: Api, three: list[Automation]
) -> None:
    """Every parameter has its effect."""
    assert ids_of(json_of(api.get("/automations", **query))) == [
        three[place].id for place in expected
    ]


def test_the_catalogue_counts_what_each_choice_would_leave(
    api: Api, three: list[Automation]
) -> None:
    """A count of a platform honours every filter but that of the platform."""
    facets = json_of(api.get("/automations", platform="Make"))["facets"]
    assert facets == {
        "platforms": {"n8n": 2, "Make": 1},
        "platforms_exact": True,
        "categories": {"Social Media": 1},
        "categories_exact": True,
        "apps": {},
        "apps_exact": True,
        "needs": {
            "n8n": facets["needs"]["n8n"],
            "code": {"without": 1},
            "ai": {"without": 1},
            "setup": {"0": 1, "2": 1, "5": 1, "10": 1},
        },
        "needs_exact": True,
        "extras": {},
    }


def test_the_catalogue_is_filtered_by_apps_and_needs(api: Api) -> None:
    """By all apps that are named, with commas between them."""
    for number, apps in enumerate((("Slack", "Gmail"), ("Slack",)), 1):
        release = a_workflow_release(*apps, ai=number - 1)
        automation = an_automation(f"aut_{number}", releases=(release,))
        api.marketplace.automations.add(automation)

    assert ids_of(json_of(api.get("/automations", apps="slack,GMAIL"))) == ["aut_1"]
    assert ids_of(json_of(api.get("/automations", apps="slack", ai="with"))) == ["aut_2"]
    facets = json_of(api.get("/automations", setup="0"))["facets"]
    assert facets["apps"] == {"Slack": 2, "Gmail": 1}
    assert facets["needs"]["ai"] == {"without": 1, "with": 1}
    assert json_of(api.get("/suggestions", q="gma"))["items"][0]["kind"] == "app"
    assert code_of(api.get("/automations", ai="perhaps", setup="3")) == "invalid_form"


def test_a_correction_is_told_with_what_takes_it_back(api: Api, three: list[Automation]) -> None:
    """On every page: what was meant, and what to search for instead."""
    answer = json_of(api.get("/automations", q="csots 30"))
    assert answer["correction"] == {
        "words": [{"typed": "csots", "meant": "costs"}],
        "instead": '"csots" 30',
    }
    assert (answer["total"], answer["total_exact"], answer["cut"]) == (1, True, False)
    assert [item["partial"] for item in answer["items"]] == [False, True, True]
    cursor = json_of(api.get("/automations", q="csots 30", limit=1))["next_cursor"]
    rest = json_of(api.get("/automations", q="csots 30", cursor=cursor))
    assert rest["correction"] == answer["correction"]
    again = json_of(api.get("/automations", q=answer["correction"]["instead"]))
    assert again["correction"] is None


def test_suggestions_lead_to_listings_and_filters(api: Api, three: list[Automation]) -> None:
    """They say of which kind they are, and browsers keep them for a minute."""
    answer = api.get("/suggestions", q="co")
    items = json_of(answer)["items"]
    assert items[0] == {
        "kind": "title",
        "text": "Costs 30.00 on n8n",
        "label": "Costs 30.00 on n8n",
        "count": None,
        "automation_id": three[2].id,
    }
    assert [item["kind"] for item in items] == ["title"] * 3
    assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert "Set-Cookie" not in answer.headers
    assert [
        (item["kind"], item["text"], item["count"])
        for item in json_of(api.get("/suggestions", q="n8"))["items"]
    ] == [
        ("title", "Costs 30.00 on n8n", None),
        ("title", "Costs 20.00 on n8n", None),
        ("tag", "n8n", 2),
        ("platform", "n8n", 2),
    ]
    refused = api.get("/suggestions", q="x" * 201)
    assert problems_of(refused) == {"q": "must have at most 200 characters"}


def test_pages_follow_one_another(api: Api, three: list[Automation]) -> None:
    """The cursor leads through all of it, once each, and is missing at the end."""
    first = json_of(api.get("/automations", limit=2))
    second = json_of(api.get("/automations", limit=2, cursor=first["next_cursor"]))
    assert ids_of(first) + ids_of(second) == [automation.id for automation in reversed(three)]
    assert second["next_cursor"] is None


@pytest.mark.parametrize("name", ["min_price", "max_price", "limit"])
@pytest.mark.parametrize("value", ["abc", "12.50", ""])
def test_what_is_no_number_is_told_in_words(name: str, value: str, api: Api) -> None:
    """As pages say it, with the name of the parameter."""
    refused = json_of(api.get("/automations", **{name: value}), 422)

    assert refused["problems"] == [{"field": name, "problem": "must be a whole number"}]


@pytest.mark.parametrize("limit", ["0", "-1", "1000000000", "x", "1.5", "", "9" * 5000])
def test_a_limit_that_is_none_is_refused(limit: str, api: Api) -> None:
    """A page has 1 to 100 items."""
    assert "limit" in problems_of(api.get("/automations", limit=limit))


def test_a_cursor_of_another_query_is_refused(api: Api, three: list[Automation]) -> None:
    """A cursor belongs to its query."""
    cursor = json_of(api.get("/automations", limit=1))["next_cursor"]
    refused = api.get("/automations", limit=1, sort="price_asc", cursor=cursor)
    assert problems_of(refused) == {"cursor": "is not one of this list; start from the first page"}


def test_a_cursor_that_was_made_up_well_is_refused(
    api: Api, three: list[Automation], selling: Api, buying: Api
) -> None:
    """In every list: the place it names is right, and nobody handed it out."""
    lists = (
        (api, "/automations", CatalogueQuery().scope),
        (selling, "/sales", "sold:user_ada"),
        (selling, "/seller/automations", "automations:user_ada"),
        (buying, "/library", "bought:user_bea"),
    )
    for caller, path, scope in lists:
        cursor = Cursor(2**50, three[0].id).encode(scope)
        for text in (cursor, f"{cursor}.", f"{cursor}.{'A' * 22}"):
            assert "cursor" in problems_of(caller.get(path, cursor=text))


@pytest.mark.parametrize("cursor", ["x", "W10", "A" * 600, "[]", "WyJhIiwxLCJiIl0"])
def test_a_forged_cursor_is_refused(cursor: str, api: Api, selling: Api, buying: Api) -> None:
    """In every list."""
    lists = (api, "/automations"), (selling, "/sales"), (buying, "/library")
    for caller, path in (*lists, (selling, "/seller/automations")):
        assert "cursor" in problems_of(caller.get(path, cursor=cursor))


@pytest.mark.parametrize(
    "query",
    [
        {"tag[$regex]": ".*"},
        {"q[$ne]": ""},
        {"$where": "1"},
        {"listing.price": "1"},
        {"limit": ["1", "2"]},
    ],
)
def test_an_unknown_or_repeated_parameter_is_refused(query: dict[str, str], api: Api) -> None:
    """Nothing of a query reaches a store but what has a name here."""
    assert list(query) == list(problems_of(api.get("/automations", **query)))


@pytest.mark.parametrize("text", [".*", "^", "(a+)+$", '{"$ne": null}', "'; DROP TABLE x --"])
def test_an_operator_in_a_search_is_a_word(text: str, api: Api, automation: Automation) -> None:
    """What looks like a query is text, and finds nothing or what has its words."""
    assert json_of(api.get("/automations", tag=text))["items"] == []
    assert api.get("/automations", q=text).status_code == 200


def test_everything_wrong_is_told_at_once(api: Api) -> None:
    """A client need not find one fault after another."""
    refused = api.get("/automations", platform="x" * 41, sort="cheap", tag="x" * 31)
    assert set(problems_of(refused)) == {"platform", "sort", "tag"}
    assert code_of(refused) == "invalid_form"


def test_an_automation_is_seen_with_its_releases(api: Api, automation: Automation) -> None:
    """A visitor sees everything but the file."""
    seen = json_of(api.get(f"/automations/{automation.id}"))
    [release] = seen["automation"]["releases"]
    assert release["sha256"] == automation.latest.file.sha256
    assert (seen["own"], seen["purchase"], seen["seller"]["name"]) == (False, None, "Ada")


def test_an_automation_says_what_it_is_to_the_caller(
    selling: Api, buying: Api, bea: Principal, automation: Automation
) -> None:
    """Its seller sees that it is theirs, its buyer that it is bought."""
    selling.marketplace.buy(bea, automation)
    assert json_of(selling.get(f"/automations/{automation.id}"))["own"]
    assert json_of(buying.get(f"/automations/{automation.id}"))["purchase"] == "active"


@pytest.mark.parametrize("name", ["aut_none", "%00", "a%20b", "é", "x" * 3000, "..%5c", "$ne"])
def test_an_automation_that_is_not_there_is_not_found(name: str, api: Api) -> None:
    """Whatever stands in the path."""
    assert code_of(api.get(f"/automations/{name}")) == "not_found"


def test_a_withdrawn_automation_is_found_by_its_seller_and_buyers_alone(
    api: Api, selling: Api, buying: Api, bea: Principal, automation: Automation
) -> None:
    """Withdrawing leaves buyers what they bought."""
    selling.marketplace.buy(bea, automation)
    json_of(selling.post(f"/automations/{automation.id}/withdraw"))
    path = f"/automations/{automation.id}"
    answers = [caller.get(path).status_code for caller in (api, selling, buying)]
    assert answers == [404, 200, 200]
    assert json_of(api.get("/automations"))["items"] == []


def test_a_basket_says_what_stands_in_the_way(
    buying: Api, three: list[Automation], bea: Principal
) -> None:
    """Each line has the problem that checkout would answer, and the total leaves it out."""
    buying.marketplace.buy(bea, three[0])
    ids = [three[0].id, "aut_none", three[1].id]
    basket = json_of(buying.post("/basket", {"automation_ids": ids}))
    codes = [line["problem"] and line["problem"]["code"] for line in basket["lines"]]
    assert codes == ["already_owned", "not_found", None]
    assert basket["lines"][1]["title"] is None
    assert basket["total"] == {"amount": 1000, "currency": "EUR"}
    assert not basket["ready"]


def test_a_basket_tells_nothing_of_what_is_off_sale(
    api: Api, selling: Api, automation: Automation
) -> None:
    """Its id is known to the client, its title and price are nobody's business any more."""
    json_of(selling.post(f"/automations/{automation.id}/withdraw"))
    [line] = json_of(api.post("/basket", {"automation_ids": [automation.id]}))["lines"]
    assert (line["title"], line["price"]) == (None, None)
    assert line["problem"]["code"] == "not_for_sale"


def test_a_visitor_checks_a_basket(api: Api, three: list[Automation]) -> None:
    """Nobody needs to be signed in to know what things cost."""
    basket = json_of(
        api.post("/basket", {"automation_ids": [automation.id for automation in three]})
    )
    assert (basket["ready"], basket["total"]["amount"]) == (True, 6000)


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ([], "empty_basket"),
        (["aut_1", "aut_1"], "duplicate_line"),
        ([f"aut_{n}" for n in range(101)], "too_many_lines"),
    ],
)
def test_a_basket_that_can_be_no_order_is_refused(ids: list[str], code: str, api: Api) -> None:
    """As checkout refuses it."""
    assert code_of(api.post("/basket", {"automation_ids": ids})) == code


def test_previews_have_a_link_where_the_pages_are_mounted(
    marketplace: Marketplace, ada: Principal
) -> None:
    """The link is that of the pages; without them there is none."""
    preview = marketplace.upload(ada, PIXEL, "cover.png")
    for title in ("First with a picture", "Second with a picture"):
        marketplace.list_automation(ada, title=title, preview=preview)
    app = Flask("site")
    app.register_blueprint(api_blueprint(marketplace.container), url_prefix="/shop/api")
    url = "/shop/api/automations"
    assert app.test_client().get(url).get_json()["items"][0]["preview_url"] is None
    site = Flask("whole site")
    site.register_blueprint(api_blueprint(marketplace.container), url_prefix="/shop/api")
    site.add_url_rule("/pictures/<automation_id>/<digest>", "koda.preview", str)
    items = site.test_client().get(url).get_json()["items"]
    for item in items:
        [size] = item["preview_sizes"]
        assert re.fullmatch(f"/pictures/{item['id']}/[0-9a-f]{{64}}", size["url"])
        assert (size["width"], size["height"], size["url"]) == (1, 1, item["preview_url"])
