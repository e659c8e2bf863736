"""What somebody decides about a refund."""

from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.validation import identifier, text, utc

SHORTEST_REASON, LONGEST_REASON = 3, 500
"""Characters."""


@frozen
class RefundDecision:
    """Who decided on a refund, why, and when (UTC)."""

    by: UserId = field(validator=identifier)
    reason: str = field(validator=text(SHORTEST_REASON, LONGEST_REASON))
    at: datetime = field(validator=utc)
