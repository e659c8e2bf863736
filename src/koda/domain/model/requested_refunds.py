"""What buyers ask to be refunded, and how they are answered."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from attrs import evolve, field, frozen
from attrs.validators import optional

from koda.domain.model.refund_decisions import LONGEST_REASON, SHORTEST_REASON, RefundDecision
from koda.domain.model.validation import integer, text, utc

MOST_REQUESTS_OF_LINE = 3
"""So often a buyer may ask for a refund of one line; requests that were granted do not count."""


class RequestState(StrEnum):
    """Where a buyer's request stands; only one that is `open` can be answered or withdrawn.

    One that is `returned` ended by itself: before anybody answered, the buyer had all of it again,
    by a refund at the payment provider or since their bank took it.
    """

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


@frozen
class RequestedRefund:
    """A buyer asks for a refund of a line of their order, and why.

    The seller, or somebody who looks after the marketplace, is to answer by `answer_by` (UTC). If
    nobody does, it stays open. `answer` is who granted or refused it, why and when; `closed_at`
    (UTC) is when that was, or when its buyer withdrew it, or had the money again.
    """

    line: int = field(validator=integer(1, 100))
    reason: str = field(validator=text(SHORTEST_REASON, LONGEST_REASON))
    asked_at: datetime = field(validator=utc)
    answer_by: datetime = field(validator=utc)
    state: RequestState = RequestState.OPEN
    answer: RefundDecision | None = None
    closed_at: datetime | None = field(default=None, validator=optional(utc))

    @property
    def open(self) -> bool:
        """Whether nobody has answered it, nor its buyer withdrawn it."""
        return self.state is RequestState.OPEN

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been answered before `now`."""
        return self.open and now > self.answer_by

    def closed(
        self, state: RequestState, now: datetime, answer: RefundDecision | None
    ) -> "RequestedRefund":
        """The request once it is answered or withdrawn, at `now`."""
        return evolve(self, state=state, answer=answer, closed_at=now)


def may_ask(earlier: Collection[RequestedRefund]) -> bool:
    """Whether a buyer may ask for a refund of a line after these requests for it.

    Not while one is open, never after one was refused, and not without end; those that were granted
    in part, or met by another refund, do not count.
    """
    final = {RequestState.OPEN, RequestState.REFUSED}
    met = {RequestState.GRANTED, RequestState.RETURNED}
    counted = [request for request in earlier if request.state not in met]
    return len(counted) < MOST_REQUESTS_OF_LINE and all(
        request.state not in final for request in counted
    )
