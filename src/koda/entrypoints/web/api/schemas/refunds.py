"""What buyers and sellers send and are told about refunds of lines of orders."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.audit import LONGEST_REASON, SHORTEST_REASON
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.requested_refunds import RequestedRefund, RequestState
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.domain.usecases.money.view_requested_refunds import WaitingRequest
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    amount_of,
    given,
    moment_of,
    moment_or_none,
    text_of,
)

_Reason = Annotated[str, text_of(SHORTEST_REASON, LONGEST_REASON)]
_OfTheOrder = Annotated[Amount, Meta(description="In the order's currency.")]


class WhyBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in words that the other side reads."""

    reason: _Reason


class RefundBody(WhyBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a line goes back, all that is left by default, and why.

    With `left`, what was `left` of the line when this was decided, it is refunded only if that is
    so still, and refused with `refunded_meanwhile` otherwise.
    """

    amount: _OfTheOrder | UnsetType = UNSET
    left: _OfTheOrder | UnsetType = UNSET

    def request(self, order_id: OrderId, line: int, key: str | None) -> RefundRequest:
        """The same in the domain's words, under the client's own idempotency key."""
        amount, left = _money(self.amount), _money(self.left)
        return RefundRequest(order_id, line, self.reason, amount, left, key)


class RefundRequestItem(Struct, frozen=True, kw_only=True):
    """A buyer's request for a refund; `answer` is why it was granted or refused.

    It is to be answered by `answer_by`, and stays open if it is not. One that is `returned` ended
    by itself: its buyer had all of the line's price again before anybody answered.
    """

    reason: str
    state: RequestState
    asked_at: Moment
    answer_by: Moment
    answer: str | None
    answered_at: Moment | None


class RefundedLine(Struct, frozen=True, kw_only=True):
    """A line of an order: what of it went back or goes, what is left, and the latest request."""

    order_id: str
    line: int
    title: str
    refunded: Amount
    left: Amount
    request: RefundRequestItem | None


class WaitingRequestsAnswer(Struct, frozen=True, kw_only=True):
    """The requests that wait for the caller's answer; the one that is due first comes first."""

    items: tuple[RefundedLine, ...]


def refunded_line(order: Order, number: int) -> RefundedLine:
    """Present a line of an order."""
    return RefundedLine(
        order_id=order.id,
        line=number,
        title=order.line(number).title,
        refunded=amount_of(order.settlement.refunded(order.currency, number)),
        left=amount_of(order.left_of(number)),
        request=latest_request(order, number),
    )


def latest_request(order: Order, number: int) -> RefundRequestItem | None:
    """Present what the buyer asked for last of a line, if they did."""
    request = order.latest_request(number)
    return _item(request) if request else None


def waiting_answer(requests: tuple[WaitingRequest, ...]) -> WaitingRequestsAnswer:
    """Present what waits for an answer."""
    items = (refunded_line(waiting.order, waiting.line.number) for waiting in requests)
    return WaitingRequestsAnswer(items=tuple(items))


def _money(sent: Amount | UnsetType) -> Money | None:
    amount = given(sent)
    return amount.money() if amount else None


def _item(request: RequestedRefund) -> RefundRequestItem:
    answer = request.answer
    return RefundRequestItem(
        reason=request.reason,
        state=request.state,
        asked_at=moment_of(request.asked_at),
        answer_by=moment_of(request.answer_by),
        answer=answer.reason if answer else None,
        answered_at=moment_or_none(answer.at if answer else None),
    )
