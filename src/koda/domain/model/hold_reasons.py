"""Why money of an order does not move."""

from enum import StrEnum


class HoldReason(StrEnum):
    """Why money of an order does not move.

    `account` and `refused`: the provider refuses, the first since the seller's account cannot
    receive. `disputed`: the buyer's bank has it, or may take it. `refund_unmatched`: a refund that
    Koda did not make belongs to no line, and a person must say to which. `pending`: the provider
    is still at work. `balance`: a refund waits for money in the marketplace's balance.
    """

    ACCOUNT = "account"
    REFUSED = "refused"
    DISPUTED = "disputed"
    REFUND_UNMATCHED = "refund_unmatched"
    PENDING = "pending"
    BALANCE = "balance"
