"""Where an order is paid, and what was asked for."""

from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import AutomationId, CheckoutSessionId
from koda.domain.model.money import Money
from koda.domain.model.validation import identifier, utc

MOST_REQUESTS = 20
"""Idempotency keys under which one open order is asked for; it is open for an hour or so."""


@frozen
class CheckoutSession:
    """Where the buyer pays: the provider's session, its page, and when it closes (UTC)."""

    id: CheckoutSessionId = field(validator=identifier)
    url: str
    expires_at: datetime = field(validator=utc)


@frozen
class OrderRequest:
    """What a client asked for under an idempotency key of its own."""

    key: str
    automation_ids: tuple[AutomationId, ...]
    expected_total: Money | None = None
