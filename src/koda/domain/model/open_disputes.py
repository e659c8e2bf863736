"""Disputes that are not decided: by when somebody must answer, and what to do about each."""

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.sentences import Sentence, sentence

if TYPE_CHECKING:
    from koda.domain.model.orders import Order

_WAIT = sentence("The time for an answer is over. Wait for the bank's decision.")
_ANSWER_INQUIRY = sentence(
    "The buyer's bank asks about the payment, and has taken nothing. Let an admin send evidence "
    "from the page of the inquiry, or refund the buyer, before it becomes a dispute."
)
_ANSWER_DISPUTE = sentence(
    "The buyer's bank has the money, and the buyer's access is suspended. Let an admin send "
    "evidence from the page of the dispute, or accept it at the payment provider."
)
_APPEAL = sentence(
    "The bank decided for the buyer, and the card network may decide anew. Appeal at the payment "
    "provider, which costs a fee if it is lost again, or let the decision stand."
)
_ANSWERED = sentence("Evidence was sent. Wait for the bank's decision.")
_APPEALED = sentence("The decision is appealed. Wait for the card network's.")


@frozen
class OpenDispute:
    """A dispute or an inquiry of an order as it stands at a moment (UTC)."""

    order: "Order"
    dispute: Dispute
    at: datetime

    @property
    def answerable(self) -> bool:
        """Whether an answer is still in time, and none was sent."""
        due_by = self.dispute.due_by
        return not self.dispute.answered and due_by is not None and due_by > self.at

    @property
    def what_to_do(self) -> Sentence:
        """What those who look after the marketplace do about it."""
        appeal = self.dispute.state is DisputeState.APPEALED
        if self.dispute.answered:
            return _APPEALED if appeal else _ANSWERED
        if not self.answerable:
            return _WAIT
        if appeal:
            return _APPEAL
        inquiry = self.dispute.state is DisputeState.INQUIRY
        return _ANSWER_INQUIRY if inquiry else _ANSWER_DISPUTE

    @property
    def urgency(self) -> tuple[bool, datetime, str]:
        """What sorts it: the soonest deadline first, and last what cannot be answered any more."""
        return not self.answerable, self.dispute.due_by or self.at, self.dispute.id
