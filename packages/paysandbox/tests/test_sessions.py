from collections.abc import Callable
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import ACCOUNT, session_of
from paysandbox import Sandbox
from paysandbox.currencies import check_amount, check_currency, show_amount
from paysandbox.errors import ApiError

Open = Callable[..., stripe.checkout.Session]
HALF_KRONA = {"currency": "isk", "unit_amount": 1050, "product_data": {"name": "A"}}
PRICE = {"currency": "eur", "unit_amount": 1000, "product_data": {"name": "A"}}


def test_open_session_has_a_page_and_no_payment_yet(checkout: Open) -> None:
    """The payment intent comes into being with the first attempt to pay."""
    session = checkout(1000, client_reference_id="order-1", metadata={"order": "1"})

    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.payment_intent is None
    assert session.expires_at - session.created == 24 * 3600
    assert str(session.url).endswith(f"/pay/{session.id}")


def test_paid_session_has_no_page(sandbox: Sandbox, checkout: Open) -> None:
    """`url` is there only while the session is open."""
    paid = sandbox.pay(checkout(1000).id)

    assert (paid["status"], paid["payment_status"], paid["url"]) == ("complete", "paid", None)


def test_payment_carries_the_data_given_for_it(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Session metadata is not the payment's; payment_intent_data is."""
    session = checkout(
        1000,
        metadata={"of": "session"},
        payment_intent_data={"metadata": {"of": "payment"}, "transfer_group": "order-1"},
        customer_email="nora@example.com",
    )

    paid = sandbox.pay(session.id)
    intent = client.v1.payment_intents.retrieve(paid["payment_intent"])

    assert intent.metadata.to_dict() == {"of": "payment"}
    assert intent.transfer_group == "order-1"
    assert intent.receipt_email == "nora@example.com"


def test_declined_card_leaves_the_session_open(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Nothing is charged, and the same payment intent is tried again."""
    session = checkout(1000)

    declined = sandbox.decline(session.id)
    intent = client.v1.payment_intents.retrieve(declined["payment_intent"])
    paid = sandbox.pay(session.id)

    assert declined["status"] == "open"
    assert intent["last_payment_error"]["code"] == "card_declined"
    assert paid["payment_intent"] == intent.id
    assert sandbox.balance_of("platform") == 1000


@pytest.mark.parametrize(
    ("succeed", "event", "status", "balance"),
    [
        (True, "checkout.session.async_payment_succeeded", "paid", 1000),
        (False, "checkout.session.async_payment_failed", "unpaid", 0),
    ],
)
def test_payment_that_settles_later(
    sandbox: Sandbox, checkout: Open, *, succeed: bool, event: str, status: str, balance: int
) -> None:
    """Complete but unpaid at first; the money arrives or fails afterwards."""
    later = sandbox.pay_later(checkout(1000).id)
    before = sandbox.balance_of("platform")

    settled = sandbox.settle(later["id"], succeed=succeed)

    assert (later["status"], later["payment_status"], before) == ("complete", "unpaid", 0)
    assert settled["payment_status"] == status
    assert [told["data"]["object"]["id"] for told in sandbox.events(event)] == [later["id"]]
    assert sandbox.balance_of("platform") == balance


def test_only_waiting_sessions_settle(sandbox: Sandbox, checkout: Open) -> None:
    """An open or a paid session has nothing to settle."""
    session = checkout(1000)
    from paysandbox.errors import ApiError as Refusal

    with pytest.raises(Refusal):
        sandbox.settle(session.id)
    sandbox.pay(session.id)
    with pytest.raises(Refusal):
        sandbox.settle(session.id)


def test_session_expires_when_its_time_has_passed(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """The event is told, and it can no longer be paid."""
    session = checkout(1000, expires_at=sandbox.clock.now() + 1860)

    sandbox.clock.advance(1861)

    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert len(sandbox.events("checkout.session.expired")) == 1
    with pytest.raises(ApiError):
        sandbox.pay(session.id)


def test_session_is_expired_on_request_only_once(
    client: stripe.StripeClient, checkout: Open
) -> None:
    """Expiring a session that is not open is refused."""
    session = checkout(1000)

    expired = client.v1.checkout.sessions.expire(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)


def test_free_session_needs_no_payment(sandbox: Sandbox, checkout: Open) -> None:
    """A total of zero completes without a payment intent."""
    session = checkout(0)

    done = sandbox.pay(session.id)

    assert (done["status"], done["payment_status"]) == ("complete", "no_payment_required")
    assert done["payment_intent"] is None


def test_line_items_are_paged_in_their_order(client: stripe.StripeClient, checkout: Open) -> None:
    """Auto-paging walks all of a hundred lines."""
    session = checkout(*range(100, 200))

    lines = client.v1.checkout.sessions.line_items.list(session.id, {"limit": 30})

    amounts = [line.amount_total for line in lines.auto_paging_iter()]
    assert amounts == list(range(100, 200))


def test_notes_of_a_session_can_change(client: stripe.StripeClient, checkout: Open) -> None:
    """Metadata is merged."""
    session = checkout(1000, metadata={"a": "1"})

    changed = client.v1.checkout.sessions.update(session.id, {"metadata": {"b": "2"}})

    assert changed["metadata"].to_dict() == {"a": "1", "b": "2"}


def lines(count: int) -> list[Any]:
    """Line items of one price each."""
    return [{"quantity": 1, "price_data": PRICE} for _ in range(count)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"line_items": lines(101)}, None),
        ({"line_items": []}, "parameter_missing"),
        ({"line_items": [{"quantity": 1}]}, "parameter_missing"),
        ({"line_items": [{"price_data": PRICE}]}, "parameter_missing"),
        ({"line_items": [{"quantity": 1, "price": "price_x"}]}, "resource_missing"),
        ({"line_items": [{"quantity": 0, "price_data": PRICE}]}, "parameter_invalid_integer"),
        (
            {"line_items": [{"quantity": 1, "price_data": {**PRICE, "unit_amount": 49}}]},
            "amount_too_small",
        ),
        (
            {"line_items": [{"quantity": 2, "price_data": {**PRICE, "unit_amount": 99_999_999}}]},
            "amount_too_large",
        ),
        ({"line_items": [{"quantity": 1, "price_data": {**PRICE, "currency": "xyz"}}]}, None),
        (
            {
                "line_items": [
                    *lines(1),
                    {"quantity": 1, "price_data": {**PRICE, "currency": "usd"}},
                ]
            },
            None,
        ),
        ({"mode": "subscription"}, None),
        ({"ui_mode": "elements"}, None),
        ({"success_url": "shop.test/done"}, "url_invalid"),
        ({"cancel_url": "javascript:1"}, "url_invalid"),
        ({"client_reference_id": "x" * 201}, None),
        ({"expires_at": 1}, None),
        ({"metadata": {"k" * 41: "v"}}, None),
        ({"locale": "tlh"}, None),
        ({"locale": "EN"}, None),
        ({"customer_email": "buyer"}, "email_invalid"),
        ({"customer_email": "buyer@shop"}, "email_invalid"),
        ({"customer_email": "buyer@shop.test, other@shop.test"}, "email_invalid"),
        ({"payment_intent_data": {"receipt_email": "@shop.test"}}, "email_invalid"),
        ({"line_items": [{"quantity": 1, "price_data": HALF_KRONA}]}, "invalid_charge_amount"),
        ({"colour": "red"}, "parameter_unknown"),
        ({"payment_intent_data": {"colour": "red"}}, "parameter_unknown"),
        ({"payment_intent_data": {"application_fee_amount": 150}}, None),
    ],
)
def test_ill_formed_sessions_are_refused(
    client: stripe.StripeClient, change: Any, code: str | None
) -> None:
    """Every rule has its refusal, and nothing is created."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(session_of(1000) | change)

    assert caught.value.code == code
    assert client.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize("missing", ["mode", "success_url", "line_items"])
def test_required_parameters_are_required(client: stripe.StripeClient, missing: str) -> None:
    """The refusal names what lacks."""
    params = {name: value for name, value in session_of(1000).items() if name != missing}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(params)  # type: ignore[arg-type] # ill-formed on purpose

    assert (caught.value.code, caught.value.param) == ("parameter_missing", missing)


@pytest.mark.parametrize(
    "data",
    [
        {"application_fee_amount": 1001, "transfer_data": {}},
        {"transfer_data": {"amount": 1001}},
        {"application_fee_amount": 1, "transfer_data": {"amount": 500}},
    ],
)
def test_parts_cannot_exceed_the_whole(client: stripe.StripeClient, seller: str, data: Any) -> None:
    """Neither a fee nor a transfer may be more than the total, and not both are given."""
    data = data | {"transfer_data": {"destination": seller, **data["transfer_data"]}}

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(session_of(1000, payment_intent_data=data))


def test_destination_must_be_able_to_receive(client: stripe.StripeClient) -> None:
    """A fresh account and an unknown one are refused, each with its code."""
    fresh = client.v1.accounts.create(ACCOUNT).id
    codes = []
    for destination in (fresh, "acct_nobody"):
        data = {"transfer_data": {"destination": destination}}
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.checkout.sessions.create(session_of(1000, payment_intent_data=data))
        codes.append(caught.value.code)

    assert codes == ["insufficient_capabilities_for_transfer", "resource_missing"]


def test_payment_fails_if_the_destination_was_restricted_since(
    sandbox: Sandbox, checkout: Open, seller: str
) -> None:
    """The session stays open and nobody is charged."""
    session = checkout(1000, payment_intent_data={"transfer_data": {"destination": seller}})
    sandbox.restrict(seller)

    with pytest.raises(ApiError):
        sandbox.pay(session.id)

    assert sandbox.objects("checkout.session")[0]["status"] == "open"
    assert sandbox.objects("charge") == []


def test_transfer_amount_of_its_own_moves_only_that(
    sandbox: Sandbox, checkout: Open, seller: str
) -> None:
    """Without an application fee the rest stays with the platform."""
    data = {"transfer_data": {"destination": seller, "amount": 700}}

    sandbox.pay(checkout(1000, payment_intent_data=data).id)

    assert (sandbox.balance_of(seller), sandbox.balance_of("platform")) == (700, 300)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (49, "jpy"),
        (101, "kwd"),
        (150, "isk"),
        (10_001, "ugx"),
        (0, "bif"),
        (100_000_000, "eur"),
        (1_000_000_000, "inr"),
        (10**12, "idr"),
    ],
)
def test_amounts_that_a_currency_does_not_allow(amount: int, currency: str) -> None:
    """Minimums, maximums, the last digit of three decimals, hundredths where there are none."""
    with pytest.raises(ApiError):
        check_amount(amount, currency, "amount")


def test_amounts_are_shown_in_the_currencys_decimals() -> None:
    """None, two or three."""
    check_amount(1000, "kwd", "amount")
    check_amount(10_100, "ugx", "amount")
    check_amount(10**12, "huf", "amount")

    assert check_currency("EUR", "currency") == "eur"
    assert show_amount(123456, "eur") == "1,234.56 EUR"
    assert show_amount(500, "jpy") == "500 JPY"
    assert show_amount(1500, "kwd") == "1.500 KWD"
    assert show_amount(10_100, "ugx") == "101.00 UGX"
