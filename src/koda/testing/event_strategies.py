"""Hypothesis strategies for domain events, and for messages of the payment provider."""

from collections.abc import Mapping
from typing import Any, get_args

from attrs import fields
from hypothesis import strategies as st

from koda.domain.model.event import LARGEST_REVISION, MOST_AT_ONCE, VERSION, Event
from koda.domain.model.events import DomainEvent
from koda.domain.model.hold_reasons import HoldReason
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
from koda.testing.strategies import IDENTIFIERS, amounts, texts, timestamps

KINDS: tuple[type[Event], ...] = get_args(DomainEvent)
"""Every kind of domain event."""
_FIELDS: Mapping[str, st.SearchStrategy[Any]] = {
    "subject": st.builds("{}/{}".format, st.sampled_from(["order", "seller"]), IDENTIFIERS),
    "revision": st.integers(0, LARGEST_REVISION),
    "number": st.integers(0, MOST_AT_ONCE - 1),
    "occurred_at": timestamps(),
    "version": st.just(VERSION),
    "lines": st.lists(st.integers(1, 100), max_size=3).map(tuple),
    "line": st.integers(1, 100),
    "state": st.sampled_from(["expired", "failed", "open"]),
    "status": st.sampled_from(["pending", "ready", "restricted"]),
    "due_by": st.none() | timestamps(),
    "warned_at": timestamps(),
    "released": texts(1, 20),
    "reason": st.sampled_from(HoldReason),
    "why": texts(3, 500),
    **dict.fromkeys(["total", "net", "price", "fee", "amount"], amounts()),
}
"""How the fields are drawn that are no ids."""


def domain_events() -> st.SearchStrategy[DomainEvent]:
    """Events of every kind."""
    return st.one_of([_of_kind(kind) for kind in KINDS])


def _of_kind(kind: type[Event]) -> st.SearchStrategy[Any]:
    drawn = {attribute.name: _FIELDS.get(attribute.name, IDENTIFIERS) for attribute in fields(kind)}
    return st.builds(kind, **drawn)


def payment_events(
    event_ids: st.SearchStrategy[str] = IDENTIFIERS,
) -> st.SearchStrategy[PaymentEvent]:
    """Verified messages of every kind."""
    event_id = event_ids.map(EventId)
    name = st.sampled_from(["checkout.completed", "account.updated", "invoice.paid"])
    return st.one_of(
        st.builds(CheckoutChanged, event_id, name, IDENTIFIERS.map(CheckoutSessionId)),
        st.builds(ChargeChanged, event_id, name, IDENTIFIERS.map(PaymentId)),
        st.builds(AccountChanged, event_id, name, IDENTIFIERS.map(AccountId)),
        st.builds(FraudWarned, event_id, name, IDENTIFIERS.map(FraudWarningId)),
        st.builds(Unhandled, event_id, name),
    )
