from collections.abc import Callable
from typing import Any

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AccountId
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from tests.e2e.api.client import Api, code_of, json_of, problems_of
from tests.e2e.api.test_flow import session_of


def test_checkout_answers_where_the_basket_is_paid(buying: Api, automation: Automation) -> None:
    """The order is open, at the store's price, with the provider's page and its end."""
    order = json_of(buying.post("/checkout", {"automation_ids": [automation.id]}), 201)
    assert order["state"] == "open"
    assert order["total"] == {"amount": 1250, "currency": "EUR"}
    assert order["url"].startswith("https://pay.example/checkout/")
    assert order["expires_at"] == "2026-03-01T13:00:00.000Z"


def test_orders_are_listed_with_what_became_of_their_lines(
    buying: Api, automation: Automation, bea: Principal
) -> None:
    """The one that is paid last is on top; a line that is not bought has no state."""
    waiting = json_of(buying.post("/checkout", {"automation_ids": [automation.id]}), 201)
    buying.marketplace.pass_time(days=1)
    other = buying.marketplace.list_automation(buying.marketplace.person("ada"), title="Dig")
    paid = buying.marketplace.buy(bea, other)

    first = json_of(buying.get("/orders", limit=1))
    second = json_of(buying.get("/orders", limit=1, cursor=first["next_cursor"]))

    ((bought,), (open_order,)) = first["items"], second["items"]
    assert (bought["order_id"], bought["lines"][0]["state"]) == (paid.id, "active")
    assert bought["refunded"] == {"amount": 0, "currency": "EUR"}
    assert (open_order["order_id"], open_order["lines"][0]["state"]) == (waiting["order_id"], None)
    assert (open_order["paid_at"], second["next_cursor"]) == (None, None)


def empty(_: Api, __: Automation) -> dict[str, Any]:
    """Ask for nothing."""
    return {"automation_ids": []}


def twice(_: Api, automation: Automation) -> dict[str, Any]:
    """Ask for the same thing twice."""
    return {"automation_ids": [automation.id] * 2}


def too_many(_: Api, __: Automation) -> dict[str, Any]:
    """Ask for more than an order may have."""
    return {"automation_ids": [f"aut_{number}" for number in range(101)]}


def unknown(_: Api, __: Automation) -> dict[str, Any]:
    """Ask for what is not there."""
    return {"automation_ids": ["aut_none"]}


def owned(buying: Api, automation: Automation) -> dict[str, Any]:
    """Ask for what is bought already."""
    assert buying.principal is not None
    buying.marketplace.buy(buying.principal, automation)
    return {"automation_ids": [automation.id]}


def withdrawn(buying: Api, automation: Automation) -> dict[str, Any]:
    """Ask for what is off sale."""
    seller = buying.marketplace.person("ada")
    buying.marketplace.withdraw_automation(seller, automation.id)
    return {"automation_ids": [automation.id]}


def seller_restricted(buying: Api, automation: Automation) -> dict[str, Any]:
    """Ask for something of a seller who cannot be paid."""
    account = AccountId("acct_ada")
    buying.marketplace.provider.restrict(account, Restricted(sentence("rejected")))
    buying.marketplace.confirm_onboarding(automation.seller_id)
    return {"automation_ids": [automation.id]}


def price_changed(_: Api, automation: Automation) -> dict[str, Any]:
    """Expect another total."""
    expected = {"amount": 1249, "currency": "EUR"}
    return {"automation_ids": [automation.id], "expected_total": expected}


def in_progress(buying: Api, automation: Automation) -> dict[str, Any]:
    """Ask again for what is being paid."""
    body = {"automation_ids": [automation.id]}
    order = json_of(buying.post("/checkout", body), 201)
    buying.marketplace.provider.pay_later(session_of(order))
    return body


@pytest.mark.parametrize(
    ("arrange", "status", "code"),
    [
        (empty, 422, "empty_basket"),
        (twice, 422, "duplicate_line"),
        (too_many, 422, "too_many_lines"),
        (unknown, 404, "not_found"),
        (owned, 409, "already_owned"),
        (withdrawn, 409, "not_for_sale"),
        (seller_restricted, 409, "seller_not_ready"),
        (price_changed, 409, "price_changed"),
        (in_progress, 409, "order_in_progress"),
    ],
)
def test_checkout_refuses_with_a_code_of_its_own(
    arrange: Callable[[Api, Automation], dict[str, Any]],
    status: int,
    code: str,
    buying: Api,
    automation: Automation,
) -> None:
    """Every refusal can be told from the others by a program."""
    refused = buying.post("/checkout", arrange(buying, automation))
    assert (refused.status_code, code_of(refused)) == (status, code)


def test_sellers_do_not_buy_their_own(selling: Api, automation: Automation) -> None:
    """One's own automation is free anyway."""
    refused = selling.post("/checkout", {"automation_ids": [automation.id]})
    assert (refused.status_code, code_of(refused)) == (409, "own_automation")
    assert refused.json is not None
    assert refused.json["automation_id"] == automation.id


def test_a_changed_price_is_told_in_figures(
    buying: Api, selling: Api, automation: Automation
) -> None:
    """The buyer learns both totals; the lines of an open order keep their price."""
    body = {"automation_ids": [automation.id]}
    order = json_of(buying.post("/checkout", body), 201)
    price = {"amount": 2000, "currency": "EUR"}
    json_of(selling.patch(f"/automations/{automation.id}", {"price": price}))
    assert json_of(buying.get(f"/orders/{order['order_id']}"))["total"]["amount"] == 1250
    refused = buying.post("/checkout", body | {"expected_total": order["total"]})
    assert code_of(refused) == "price_changed"
    assert refused.json is not None
    assert (refused.json["expected"], refused.json["actual"]) == (1250, 2000)


@pytest.mark.parametrize(
    "field", ["price", "fee", "seller_id", "status", "buyer_id", "success_url", "total"]
)
def test_checkout_takes_nothing_that_a_client_may_not_decide(
    field: str, buying: Api, automation: Automation
) -> None:
    """Unknown fields are refused rather than ignored."""
    refused = buying.post("/checkout", {"automation_ids": [automation.id], field: "1"})
    assert problems_of(refused) == {field: "is not known; leave it out"}


@pytest.mark.parametrize(
    "amount", ["-1", "0.1", '"10"', "true", "null", "1e400", "1000000000000001", "[]", "{}"]
)
def test_an_expected_total_that_is_no_amount_is_refused(
    amount: str, buying: Api, automation: Automation
) -> None:
    """A whole number of minor units, or nothing."""
    total = f'{{"amount": {amount}, "currency": "EUR"}}'
    body = f'{{"automation_ids": ["{automation.id}"], "expected_total": {total}}}'
    refused = buying.post("/checkout", data=body, content_type="application/json")
    assert list(problems_of(refused)) == ["expected_total.amount"]


def test_not_a_number_is_no_json(buying: Api) -> None:
    """`NaN` is refused before anybody looks at the fields."""
    body = '{"automation_ids": ["aut_1"], "expected_total": {"amount": NaN, "currency": "EUR"}}'
    refused = buying.post("/checkout", data=body, content_type="application/json")
    assert (refused.status_code, code_of(refused)) == (400, "bad_request")


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "€", "EUR\n"])
def test_an_expected_total_needs_a_currency(currency: str, buying: Api) -> None:
    """Three upper-case letters."""
    total = {"amount": 1, "currency": currency}
    refused = buying.post("/checkout", {"automation_ids": ["aut_1"], "expected_total": total})
    assert refused.status_code == 422


def test_the_same_key_gives_the_same_order(buying: Api, automation: Automation) -> None:
    """Twenty clicks under one idempotency key make one order."""
    body, headers = {"automation_ids": [automation.id]}, {"Idempotency-Key": "click"}
    answers = {buying.post("/checkout", body, headers=headers).get_data() for _ in range(20)}
    assert len(answers) == 1
    assert len(buying.marketplace.provider.sessions) == 1


def test_the_same_key_for_another_basket_is_refused(
    buying: Api, automation: Automation, ada: Principal
) -> None:
    """A key stands for one request."""
    other = buying.marketplace.list_automation(ada, title="Another one")
    headers = {"Idempotency-Key": "click"}
    json_of(buying.post("/checkout", {"automation_ids": [automation.id]}, headers=headers), 201)
    refused = buying.post("/checkout", {"automation_ids": [other.id]}, headers=headers)
    assert (refused.status_code, code_of(refused)) == (409, "request_key_reused")


def test_the_same_key_for_another_total_is_refused(buying: Api, automation: Automation) -> None:
    """The old order is not handed out as though half of its price had been agreed to."""
    body, headers = {"automation_ids": [automation.id]}, {"Idempotency-Key": "click"}
    json_of(buying.post("/checkout", body, headers=headers), 201)
    half = {"amount": 1, "currency": "EUR"}
    refused = buying.post("/checkout", {**body, "expected_total": half}, headers=headers)
    assert (refused.status_code, code_of(refused)) == (409, "request_key_reused")


def test_the_same_key_after_all_is_paid_gives_no_place_to_pay(
    buying: Api, automation: Automation
) -> None:
    """A late retry learns that the order is paid and finds no way to pay it again."""
    body, headers = {"automation_ids": [automation.id]}, {"Idempotency-Key": "click"}
    order = json_of(buying.post("/checkout", body, headers=headers), 201)
    buying.marketplace.provider.pay(session_of(order))
    json_of(buying.get(f"/orders/{order['order_id']}"))
    again = json_of(buying.post("/checkout", body, headers=headers), 201)
    assert (again["state"], again["url"], again["expires_at"]) == ("paid", None, None)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "k" * 256])
def test_a_key_is_visible_ascii(key: str, buying: Api, automation: Automation) -> None:
    """Anything else is refused under the header's own name."""
    body = {"automation_ids": [automation.id]}
    refused = buying.post("/checkout", body, headers={"Idempotency-Key": key})
    assert list(problems_of(refused)) == ["Idempotency-Key"]


def test_checkout_waits_for_the_provider(buying: Api, automation: Automation) -> None:
    """An outage says when to come back, and coming back completes the order."""
    body = {"automation_ids": [automation.id]}
    with buying.marketplace.provider.outage():
        refused = buying.post("/checkout", body)
    assert (refused.status_code, code_of(refused)) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert json_of(buying.post("/checkout", body), 201)["state"] == "open"


@pytest.mark.parametrize("order_id", ["ord_none", "..%2f", "cs_ord_00000001", "x" * 500])
def test_an_order_that_is_none_is_not_found(order_id: str, buying: Api) -> None:
    """A forged id gives nothing."""
    refused = buying.get(f"/orders/{order_id}")
    assert refused.status_code == 404


def test_an_order_is_its_buyers_alone(
    api: Api, selling: Api, moderating: Api, buying: Api, automation: Automation
) -> None:
    """To everybody else it is not there."""
    order = json_of(buying.post("/checkout", {"automation_ids": [automation.id]}), 201)
    path = f"/orders/{order['order_id']}"
    answers = [caller.get(path).status_code for caller in (api, selling, moderating, buying)]
    assert answers == [401, 404, 404, 200]
