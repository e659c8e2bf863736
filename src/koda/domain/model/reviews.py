"""Why a listing waits for a moderator."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.identifiers import AutomationId
from koda.domain.model.validation import identifier, utc


class ReviewKind(StrEnum):
    """What a listing is held for; the value is a stable code."""

    COPY = "copy"
    """Its file does the same as that of another seller's listing, or has the same bytes."""


@frozen
class Review:
    """That a listing waits since `since` (UTC) until a moderator decides, and why.

    `other` is the listing that it is compared with, if there is one.
    """

    kind: ReviewKind
    since: datetime = field(validator=utc)
    other: AutomationId | None = field(default=None, validator=optional(identifier))
