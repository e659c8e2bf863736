"""What somebody decides about a refund."""

from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.identifiers import UserId
from koda.domain.model.validation import idempotency_key, identifier, text, utc

SHORTEST_REASON, LONGEST_REASON = 3, 500
"""Characters."""


@frozen
class RefundDecision:
    """Who decided on a refund, why, and when (UTC); `key` is their own idempotency key, if any."""

    by: UserId = field(validator=identifier)
    reason: str = field(validator=text(SHORTEST_REASON, LONGEST_REASON))
    at: datetime = field(validator=utc)
    key: str | None = field(default=None, validator=optional(idempotency_key))
