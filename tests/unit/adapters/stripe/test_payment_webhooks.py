import json
from datetime import timedelta
from typing import Any

import pytest

from koda.adapters.stripe.payment_webhooks import LARGEST, StripePaymentWebhooks
from koda.domain.model.errors import InvalidValue, Unverified
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    EventId,
    FraudWarningId,
    PaymentId,
)
from koda.domain.model.payments import (
    AccountChanged,
    ChargeChanged,
    CheckoutChanged,
    FraudWarned,
    PaymentEvent,
    Unhandled,
)
from koda.testing.examples import NOON
from paysandbox.signing import sign_stripe

OLD, NEW = "whsec_old", "whsec_new"
EVENTS = StripePaymentWebhooks((NEW,), lambda: NOON)
SECONDS = int(NOON.timestamp())


def a_body(name: str, subject: Any = None, **changes: Any) -> dict[str, Any]:
    """A message of Stripe's."""
    return {
        "id": "evt_1AbC",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "data": {"object": subject or {}},
        "livemode": False,
        "type": name,
        **changes,
    }


def read(
    body: Any, webhooks: StripePaymentWebhooks = EVENTS, signers: tuple[str, ...] = (NEW,)
) -> PaymentEvent:
    """What `webhooks` reads in a body that `signers` signed now."""
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return webhooks.verify(payload, sign_stripe(payload, list(signers), SECONDS))


PAID = a_body("checkout.session.completed", {"id": "cs_test_1"})


@pytest.mark.parametrize(
    "step", ["completed", "async_payment_succeeded", "async_payment_failed", "expired"]
)
def test_session_events_are_followed(step: str) -> None:
    """Whatever happens to a session leads to a look at it."""
    name = f"checkout.session.{step}"

    assert read(a_body(name, {"id": "cs_test_1"})) == CheckoutChanged(
        EventId("evt_1AbC"), name, CheckoutSessionId("cs_test_1")
    )


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("account.updated", {"id": "acct_1"}),
        ("capability.updated", {"id": "transfers", "account": "acct_1"}),
        ("account.application.deauthorized", {"id": "ca_1"}),
    ],
)
def test_account_events_are_followed(name: str, subject: dict[str, str]) -> None:
    """The account is where each kind of message has it."""
    assert read(a_body(name, subject, account="acct_1")) == AccountChanged(
        EventId("evt_1AbC"), name, AccountId("acct_1")
    )


CHARGES = [
    ("charge.refunded", {"id": "ch_1"}),
    ("charge.updated", {"id": "py_1"}),
    *(
        (f"refund.{step}", {"id": "re_1", "charge": "ch_1"})
        for step in ("created", "updated", "failed")
    ),
    *(
        (f"charge.dispute.{step}", {"id": "du_1", "charge": "ch_1"})
        for step in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
    ),
]


@pytest.mark.parametrize(("name", "subject"), CHARGES)
def test_charge_events_are_followed(name: str, subject: dict[str, str]) -> None:
    """The charge is where each kind of message has it."""
    payment_id = PaymentId(subject.get("charge", subject["id"]))

    assert read(a_body(name, subject)) == ChargeChanged(EventId("evt_1AbC"), name, payment_id)


def test_fraud_warnings_are_followed() -> None:
    """The warning itself says of which charge it is, when it is looked up."""
    name = "radar.early_fraud_warning.created"
    warned = FraudWarned(EventId("evt_1AbC"), name, FraudWarningId("issfr_1"))

    assert read(a_body(name, {"id": "issfr_1", "charge": "ch_1"})) == warned


@pytest.mark.parametrize(("name", "subject"), CHARGES)
def test_charges_of_connected_accounts_are_theirs(name: str, subject: dict[str, str]) -> None:
    """Only the platform's own charges pay orders."""
    assert isinstance(read(a_body(name, subject, account="acct_1")), Unhandled)


def test_refund_of_something_else_than_a_charge_is_not_followed() -> None:
    """Such as of a credit note."""
    assert isinstance(read(a_body("refund.created", {"id": "re_1", "charge": None})), Unhandled)


@pytest.mark.parametrize(
    "body",
    [
        a_body("invoice.paid", {"id": "in_1"}),
        a_body("something.new", [1, 2, 3], novelty={"a": [None]}),
        a_body("transfer.created", api_version="2031-01-01.future"),
        {
            "id": "evt_1",
            "object": "v2.core.event",
            "type": "v2.core.account.updated",
            "livemode": False,
        },
    ],
)
def test_other_events_are_accepted(body: dict[str, Any]) -> None:
    """Unknown types, fields and versions, and thin events, are nobody's fault."""
    assert isinstance(read(body), Unhandled)


def test_followed_event_of_another_version_is_followed() -> None:
    """Only ids are read, which every version has."""
    assert isinstance(read({**PAID, "api_version": "2031-01-01.future", "new": 1}), CheckoutChanged)


@pytest.mark.parametrize("live", [False, True])
def test_event_of_the_other_mode_is_unhandled(*, live: bool) -> None:
    """Test money never counts as live money, nor the other way round."""
    webhooks = StripePaymentWebhooks((NEW,), lambda: NOON, live=live)

    assert isinstance(read({**PAID, "livemode": live}, webhooks), CheckoutChanged)
    assert isinstance(read({**PAID, "livemode": not live}, webhooks), Unhandled)


def test_endpoints_refuse_each_others_events() -> None:
    """A connected account's message does not pass for the platform's, nor the other way round."""
    connected = {**PAID, "account": "acct_1"}
    own, theirs = (
        StripePaymentWebhooks((NEW,), lambda: NOON, connect=connect) for connect in (False, True)
    )

    assert isinstance(read(PAID, own), CheckoutChanged)
    assert isinstance(read(connected, theirs), CheckoutChanged)
    for body, webhooks in ((connected, own), (PAID, theirs)):
        with pytest.raises(Unverified):
            read(body, webhooks)


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), (OLD, NEW), ("whsec_third", OLD)])
def test_rolled_secret_holds_beside_the_new_one(signers: tuple[str, ...]) -> None:
    """While a secret is rolled, either may sign, and both may at once."""
    webhooks = StripePaymentWebhooks((NEW, OLD), lambda: NOON)

    assert isinstance(read(PAID, webhooks, signers), CheckoutChanged)


def test_without_a_secret_everything_is_refused() -> None:
    """An endpoint that has no secret trusts nobody."""
    with pytest.raises(Unverified):
        read(PAID, StripePaymentWebhooks((), lambda: NOON))


@pytest.mark.parametrize("secret", ["", " ", "\n"])
def test_empty_secret_is_no_secret(secret: str) -> None:
    """Anybody could sign with nothing."""
    with pytest.raises(InvalidValue):
        StripePaymentWebhooks((NEW, secret), lambda: NOON)


@pytest.mark.parametrize(
    "body",
    [
        a_body("checkout.session.completed", {}),
        a_body("checkout.session.completed", {"id": "../accounts"}),
        a_body("checkout.session.completed", {"id": 5}),
        a_body("checkout.session.completed", []),
        a_body("checkout.session.completed", data=None),
        a_body("account.updated", {"id": "cs_1"}),
        a_body("account.application.deauthorized"),
        a_body("checkout.session.completed", {"id": "cs_1"}, id="evt 1"),
        a_body("checkout.session.completed", {"id": "cs_1"}, id=None),
        {"id": "evt_1", "type": "invoice.paid"},
        a_body("x" * 101),
        a_body(None),  # type: ignore[arg-type] # what is not a name is what is tried
        b'{"id": "evt_1", "type": "a", "livemode": NaN}',
        json.dumps(PAID).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(PAID).encode(),
        b'{"id": ' + b"9" * 5000 + b"}",
    ],
)
def test_signed_message_without_sense_is_refused(body: Any) -> None:
    """What is followed must say of what it speaks, in plain UTF-8 JSON."""
    with pytest.raises(Unverified):
        read(body)


def test_large_message_is_refused_before_anything_else() -> None:
    """Nobody makes the marketplace hash megabytes."""
    largest = json.dumps(PAID).encode().ljust(LARGEST)

    assert isinstance(read(largest), CheckoutChanged)
    with pytest.raises(Unverified, match="too large"):
        read(largest + b" ")


def test_only_v1_signatures_count() -> None:
    """Stripe's other schemes are not verified by this secret."""
    payload = json.dumps(PAID).encode()
    headers = sign_stripe(payload, [NEW], SECONDS)
    other = {name: value.replace("v1=", "v0=") for name, value in headers.items()}

    with pytest.raises(Unverified):
        EVENTS.verify(payload, other)


@pytest.mark.parametrize(
    ("seconds", "holds"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_time_of_signing_is_judged_both_ways(seconds: int, *, holds: bool) -> None:
    """Five minutes ago and five minutes from now are the last that hold."""
    webhooks = StripePaymentWebhooks((NEW,), lambda: NOON - timedelta(seconds=seconds))
    try:
        found: PaymentEvent | None = read(PAID, webhooks)
    except Unverified:
        found = None

    assert (found is not None) is holds
