"""What Stripe tells of one payment, and nobody can read."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import stripe
from attrs import evolve

from koda.adapters.stripe.payments import StripePayments
from koda.domain.model.errors import KodaError, NotFound, PaymentUnreadable, Unavailable
from koda.domain.model.identifiers import CheckoutSessionId, OrderId
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import Unreadable
from koda.testing.contracts.payments_case import PaymentsCase
from koda.testing.examples import NOON

CHARGE: dict[str, Any] = {
    "id": "ch_1",
    "object": "charge",
    "disputed": False,
    "application_fee": None,
    "refunds": {"object": "list", "data": [], "has_more": False, "url": "/v1/refunds"},
}
INTENT: dict[str, Any] = {
    "id": "pi_1",
    "object": "payment_intent",
    "currency": "eur",
    "latest_charge": CHARGE,
    "transfer_data": None,
}
SESSION: dict[str, Any] = {
    "id": "cs_1",
    "object": "checkout.session",
    "amount_total": 1250,
    "created": 1_800_000_000,
    "currency": "eur",
    "metadata": {"koda_order": "ord_1"},
    "payment_intent": INTENT,
    "payment_status": "paid",
    "status": "complete",
}


class Told(stripe.HTTPClient):
    """A network on which one object answers every question, or a list of it."""

    name = "told"

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__()
        self._told = told

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """The object under its own id; the list under any other address."""
        listed = {"object": "list", "data": [self._told], "has_more": False, "url": "/v1/things"}
        return json.dumps(self._told if "cs_1" in url else listed), 200, {}


def told(payments: StripePayments, **changes: Any) -> StripePayments:
    """The adapter on such a network, with a session that is changed so."""
    client = stripe.StripeClient("sk_test_1", http_client=Told({**SESSION, **changes}))
    return evolve(payments, client=client)


@pytest.fixture
def payments(case: PaymentsCase) -> StripePayments:
    """The adapter of `Payments`."""
    assert isinstance(case.payments, StripePayments)
    return case.payments


def outcome(call: Callable[[], object]) -> type[object]:
    """What a call returns, or raises."""
    try:
        return type(call())
    except KodaError as error:
        return type(error)


ODD: list[dict[str, Any]] = [
    {"id": None},
    {"amount_total": "many"},
    {"amount_total": -1},
    {"currency": None},
    {"currency": "eurodollar"},
    {"metadata": {"koda_order": 7}},
    {"payment_intent": {**INTENT, "latest_charge": {**CHARGE, "id": None}}},
    {"payment_intent": {**INTENT, "latest_charge": {"object": "charge", "id": "ch_1"}}},
    {"payment_intent": {**INTENT, "transfer_data": {}}},
    {"payment_intent": {**INTENT, "latest_charge": {**CHARGE, "refunds": 5}}},
    {"payment_intent": {**INTENT, "latest_charge": {**CHARGE, "refunds": {"data": [{}]}}}},
]


@pytest.mark.parametrize("changes", ODD, ids=str)
def test_a_session_that_makes_no_sense_is_unreadable(
    payments: StripePayments, changes: dict[str, Any]
) -> None:
    """It is no outage: waiting does not help, and others can be read."""
    with pytest.raises(PaymentUnreadable) as refused:
        told(payments, **changes).find(CheckoutSessionId("cs_1"))

    assert (refused.value.kind, refused.value.reference) == ("payment", "cs_1")
    assert refused.value.problem


def test_a_whole_session_can_be_read(payments: StripePayments) -> None:
    """So that each of the changes is what keeps it from being read."""
    assert told(payments).find(CheckoutSessionId("cs_1")).order_id == "ord_1"


def test_a_listed_session_tells_its_order(payments: StripePayments) -> None:
    """Where that much can be read."""
    (odd,) = told(payments, amount_total="many").opened(Period(NOON, NOON))

    assert isinstance(odd, Unreadable)
    assert (odd.reference, odd.order_id) == ("cs_1", "ord_1")


@pytest.mark.parametrize(
    ("changes", "raised"),
    [
        ({"metadata": None}, NotFound),
        ({"metadata": {}}, NotFound),
        ({"id": "cat", "object": "cat"}, Unavailable),
    ],
)
def test_what_is_none_of_ours_is_no_such_payment(
    payments: StripePayments, changes: dict[str, Any], raised: type[KodaError]
) -> None:
    """Of another system, or of no Stripe at all."""
    assert outcome(lambda: told(payments, **changes).find(CheckoutSessionId("cs_1"))) is raised


def test_a_transfer_that_makes_no_sense_is_unreadable(payments: StripePayments) -> None:
    """It keeps its own order from being recorded."""
    changes = {"id": "tr_1", "object": "transfer", "metadata": {"koda_key": "ada"}}
    with pytest.raises(PaymentUnreadable) as refused:
        told(payments, **changes, transfer_group="ord_1").passed_on(OrderId("ord_1"))

    assert (refused.value.kind, refused.value.reference) == ("transfer", "tr_1")
