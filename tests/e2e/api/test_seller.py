from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AccountId
from koda.domain.model.people import Principal
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.examples import NOON
from tests.e2e.api.client import Api, code_of, json_of, problems_of

HOME = {"country": "DE"}
BEAS = AccountId("acct_bea")


def test_onboarding_opens_one_account_and_a_fresh_link_each_time(buying: Api) -> None:
    """The account is opened once; its links are single-use."""
    first = json_of(buying.post("/seller/onboarding", HOME))["url"]
    second = json_of(buying.post("/seller/onboarding"))["url"]
    assert first != second
    assert list(buying.marketplace.provider.accounts) == [BEAS]


@pytest.mark.parametrize("country", [None, "", "ZZ", "de", "Germany", "D\u0130"])
def test_a_country_that_cannot_be_paid_is_refused_with_those_that_can(
    buying: Api, country: str | None
) -> None:
    """422 names the countries, and nothing is opened."""
    body = None if country is None else {"country": country}
    refused = buying.post("/seller/onboarding", body)
    assert code_of(refused) == "invalid_value"
    assert problems_of(refused) == {"country": "must be one of DE, FR, GB, US"}
    assert not buying.marketplace.provider.accounts


def test_an_account_is_opened_in_the_seller_s_country(buying: Api) -> None:
    """What is said later changes nothing."""
    for country in ("FR", "GB"):
        json_of(buying.post("/seller/onboarding", {"country": country}))
    assert buying.marketplace.provider.account(BEAS).country == "FR"


def test_a_pending_seller_is_told_what_is_required(buying: Api) -> None:
    """The provider's own requirements, once it was asked."""
    json_of(buying.post("/seller/onboarding", HOME))
    buying.marketplace.provider.require(BEAS, "bank account", "birthday")
    json_of(buying.post("/seller/confirm"))
    seen = json_of(buying.get("/seller"))
    assert (seen["state"], seen["requirements"]) == ("pending", ["bank account", "birthday"])


def test_a_ready_seller_is_told_what_will_be_wanted(buying: Api) -> None:
    """In time: until the deadline nothing changes."""
    json_of(buying.post("/seller/onboarding", HOME))
    buying.marketplace.provider.announce(BEAS, NOON + timedelta(days=3), "passport")
    assert json_of(buying.post("/seller/confirm")) == {
        "state": "ready",
        "requirements": ["passport"],
        "reason": None,
        "deadline": "2026-03-04T12:00:00.000Z",
    }


def test_a_restricted_seller_is_told_why_and_until_when(buying: Api) -> None:
    """Reason, requirements and deadline."""
    json_of(buying.post("/seller/onboarding", HOME))
    restricted = Restricted(
        sentence("documents missing"), (sentence("passport"),), NOON + timedelta(days=3)
    )
    buying.marketplace.provider.restrict(BEAS, restricted)
    assert json_of(buying.post("/seller/confirm")) == {
        "state": "restricted",
        "requirements": ["passport"],
        "reason": "documents missing",
        "deadline": "2026-03-04T12:00:00.000Z",
    }


def test_who_is_no_seller_has_nothing_to_confirm_or_open(buying: Api) -> None:
    """There is no account to look at."""
    for path in ("/seller/confirm", "/seller/dashboard"):
        refused = buying.post(path)
        assert (refused.status_code, code_of(refused)) == (404, "not_found")


def test_the_dashboard_opens_once_onboarding_is_finished(selling: Api, buying: Api) -> None:
    """Before, the provider refuses."""
    assert "/dashboard/acct_ada" in json_of(selling.post("/seller/dashboard"))["url"]
    json_of(buying.post("/seller/onboarding", HOME))
    refused = buying.post("/seller/dashboard")
    assert (refused.status_code, code_of(refused)) == (409, "payment_refused")


def test_sales_add_up(selling: Api, bea: Principal, ada: Principal, automation: Automation) -> None:
    """Items, days and sums: fee + net = gross in each."""
    market = selling.marketplace
    other = market.list_automation(ada, title="For the next day", price="10.00")
    market.buy(bea, automation)
    market.pass_time(days=1)
    market.buy(bea, other)
    sales = json_of(selling.get("/sales"))
    assert [item["title"] for item in sales["items"]] == [
        "For the next day",
        "Post to every network",
    ]
    assert [day["day"] for day in sales["days"]] == ["2026-03-01", "2026-03-02"]
    totals = {name: sales["totals"][name]["amount"] for name in ("gross", "fee", "net")}
    assert totals == {"gross": 2250, "fee": 338, "net": 1912}
    for sale in sales["items"]:
        assert sale["price"]["amount"] == sale["fee"]["amount"] + sale["net"]["amount"]


def test_sales_are_read_page_by_page(
    selling: Api, bea: Principal, ada: Principal, automation: Automation
) -> None:
    """The sums are of all of them on every page."""
    market = selling.marketplace
    market.buy(bea, automation, market.list_automation(ada, title="Another one"))
    first = json_of(selling.get("/sales", limit=1))
    second = json_of(selling.get("/sales", limit=1, cursor=first["next_cursor"]))
    assert first["items"] != second["items"]
    assert first["totals"] == second["totals"]
    assert (second["next_cursor"], first["totals"]["count"]) == (None, 2)


def test_who_sold_nothing_has_sums_of_nothing(buying: Api) -> None:
    """In the marketplace's currency."""
    sales = json_of(buying.get("/sales"))
    assert (sales["items"], sales["days"]) == ([], [])
    assert sales["totals"]["net"] == {"amount": 0, "currency": "EUR"}


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (PurchaseState.REFUNDED, "purchase_refunded"),
        (PurchaseState.DISPUTED, "purchase_disputed"),
        (PurchaseState.REVOKED, "purchase_revoked"),
    ],
)
def test_a_purchase_that_does_not_stand_gives_no_file(
    state: PurchaseState, code: str, buying: Api, bea: Principal, automation: Automation
) -> None:
    """The reason is told, and the library shows the state."""
    market = buying.marketplace
    market.buy(bea, automation)
    purchase = market.purchases.find(bea.user_id, automation.id)
    assert purchase is not None
    market.purchases.save(evolve(purchase, state=state))
    refused = buying.post(f"/library/{automation.id}/download")
    assert (refused.status_code, code_of(refused)) == (403, code)
    assert json_of(buying.get("/library"))["items"][0]["state"] == state.value


def test_the_library_is_read_page_by_page(
    buying: Api, bea: Principal, ada: Principal, automation: Automation
) -> None:
    """Newest first, each once."""
    market = buying.marketplace
    market.buy(bea, automation)
    market.pass_time(minutes=1)
    other = market.list_automation(ada, title="Another one")
    market.buy(bea, other)
    first = json_of(buying.get("/library", limit=1))
    second = json_of(buying.get("/library", limit=1, cursor=first["next_cursor"]))
    ids = [item["automation_id"] for page in (first, second) for item in page["items"]]
    assert ids == [other.id, automation.id]


def test_what_nobody_may_know_of_cannot_be_downloaded(
    buying: Api, selling: Api, automation: Automation
) -> None:
    """An automation off sale is not there, one on sale is not bought."""
    path = f"/library/{automation.id}/download"
    assert code_of(buying.post(path)) == "not_bought"
    json_of(selling.post(f"/automations/{automation.id}/withdraw"))
    assert code_of(buying.post(path)) == "not_found"
    assert code_of(buying.post("/library/aut_none/download")) == "not_found"
