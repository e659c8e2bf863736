"""Refunds over the API: a buyer asks, the seller answers."""

import pytest

from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from tests.e2e.api.client import Api, code_of, json_of

WHY = {"reason": "It does not run."}


@pytest.fixture
def order(api: Api, bea: Principal, ada: Principal) -> Order:
    """An order of Bea's for something of Ada's, paid and captured."""
    market = api.marketplace
    order = market.buy(bea, market.list_automation(ada))
    market.pass_time(seconds=1)
    return order


def test_a_buyer_asks_and_the_seller_grants_a_part(
    api: Api, bea: Principal, ada: Principal, order: Order
) -> None:
    """The order and the list of the seller tell of the request."""
    buyer, seller = api.signed_in(bea), api.signed_in(ada)
    line = f"/orders/{order.id}/lines/1"
    asked = json_of(buyer.post(f"{line}/refund-request", WHY), 201)
    assert asked["request"]["answer_by"] == "2026-03-06T12:00:01.000Z"
    assert code_of(buyer.post(f"{line}/refund-request", WHY)) == "refund_requested_before"
    assert json_of(seller.get("/sales/refund-requests"))["items"] == [asked]
    amount = {"amount": 500, "currency": "EUR"}
    granted = json_of(seller.post(f"{line}/refund", {"amount": amount, "reason": "You are right."}))

    assert (granted["refunded"], granted["request"]["state"]) == (amount, "granted")
    (told,) = json_of(buyer.get(f"/orders/{order.id}"))["lines"]
    assert told["refund_request"] == granted["request"]
    assert granted["request"]["answer"] == "You are right."


def test_a_refund_under_a_key_is_made_once(api: Api, ada: Principal, order: Order) -> None:
    """The same key gives the same answer; without one, each call refunds."""
    seller, place = api.signed_in(ada), f"/orders/{order.id}/lines/1/refund"
    body = {"amount": {"amount": 100, "currency": "EUR"}, **WHY}
    key = {"Idempotency-Key": "refund-7"}
    once, again = (json_of(seller.post(place, body, headers=key)) for _ in range(2))

    assert once == again
    assert code_of(seller.post(place, WHY, headers=key)) == "request_key_reused"
    assert json_of(seller.post(place, body))["refunded"]["amount"] == 200


def test_a_refund_of_what_was_left_before_is_refused(
    api: Api, ada: Principal, order: Order
) -> None:
    """Sent twice it is made once; the answer says what is left now, for the next one."""
    seller, place = api.signed_in(ada), f"/orders/{order.id}/lines/1/refund"
    left = {"amount": 1250, "currency": "EUR"}
    body = {"amount": {"amount": 100, "currency": "EUR"}, "left": left, **WHY}
    once = json_of(seller.post(place, body))

    assert once["left"] == {"amount": 1150, "currency": "EUR"}
    assert code_of(seller.post(place, body)) == "refunded_meanwhile"
    assert code_of(seller.post(place, {**body, "left": {**left, "currency": "USD"}})) == (
        "invalid_value"
    )
    assert json_of(seller.post(place, {**body, "left": once["left"]}))["left"]["amount"] == 1050


def test_a_request_is_withdrawn_or_refused(
    api: Api, bea: Principal, ada: Principal, order: Order
) -> None:
    """Either ends it."""
    buyer, seller = api.signed_in(bea), api.signed_in(ada)
    line = f"/orders/{order.id}/lines/1/refund-request"
    json_of(buyer.post(line, WHY), 201)
    assert json_of(buyer.post(f"{line}/withdraw"))["request"]["state"] == "withdrawn"
    assert code_of(seller.post(f"{line}/refuse", WHY)) == "refund_request_over"
    json_of(buyer.post(line, WHY), 201)

    assert json_of(seller.post(f"{line}/refuse", WHY))["request"]["state"] == "refused"
    assert json_of(seller.get("/sales/refund-requests"))["items"] == []
