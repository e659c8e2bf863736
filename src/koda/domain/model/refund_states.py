"""Where a refund at the provider stands."""

from enum import StrEnum


class RefundState(StrEnum):
    """Where a refund stands; only one that `succeeded` has reached the buyer's bank."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class GivenUp(StrEnum):
    """Why Koda makes a refund no more.

    `replaced`: what it was to give back went by another way. `dispute_lost`: the provider refuses
    it for good, since a dispute of the payment was lost.
    """

    REPLACED = "replaced"
    DISPUTE_LOST = "dispute_lost"


UNDONE = frozenset({RefundState.FAILED, RefundState.CANCELLED})
"""The states of a refund whose money stayed with the marketplace, or came back to it."""
