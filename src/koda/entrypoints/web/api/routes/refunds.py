"""Refunds: asking for one, granting and refusing it."""

from functools import partial
from typing import Any

from koda.domain.model.errors import (
    ConflictOfInterest,
    Forbidden,
    InvalidValue,
    NotFound,
    NothingToRefund,
    RefundDisputed,
    RefundedMeanwhile,
    RefundRequestedBefore,
    RefundRequestOver,
    RefundTooLarge,
    RefundUnassigned,
    RefundWindowOver,
    RequestKeyReused,
    StaleWrite,
    WrongState,
)
from koda.domain.model.identifiers import OrderId
from koda.domain.model.order_lines import line_number
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.schemas.common import Nothing
from koda.entrypoints.web.api.schemas.refunds import (
    RefundBody,
    RefundedLine,
    WaitingRequestsAnswer,
    WhyBody,
    refunded_line,
    waiting_answer,
)

_LINE = "/orders/{order_id}/lines/{line}"


def _line_of(call: Call[Any, Any]) -> tuple[OrderId, int]:
    """The order and the number of the line that the path names."""
    return OrderId(call.path["order_id"]), line_number(call.path["line"])


def ask(call: Call[Nothing, WhyBody]) -> RefundedLine:
    """Answer the line with the request."""
    order_id, line = _line_of(call)
    order = call.use_cases.ask_for_refund(call.principal, order_id, line, call.body.reason)
    return refunded_line(order, line)


def withdraw(call: Call[Nothing, Nothing]) -> RefundedLine:
    """Answer the line with the request that was withdrawn."""
    order_id, line = _line_of(call)
    order = call.use_cases.withdraw_refund_request(call.principal, order_id, line)
    return refunded_line(order, line)


def view_waiting(call: Call[Nothing, Nothing]) -> WaitingRequestsAnswer:
    """Answer what buyers ask of the caller."""
    return waiting_answer(call.use_cases.view_requested_refunds.of_seller(call.principal))


def refund(call: Call[Nothing, RefundBody]) -> RefundedLine:
    """Answer the line as it is once the refund is decided."""
    order_id, line = _line_of(call)
    request = call.body.request(order_id, line, call.request_key)
    order = call.use_cases.refund_purchase(call.principal, request)
    return refunded_line(order, line)


def refuse(call: Call[Nothing, WhyBody]) -> RefundedLine:
    """Answer the line with the request that was refused."""
    order_id, line = _line_of(call)
    order = call.use_cases.refuse_refund(call.principal, order_id, line, call.body.reason)
    return refunded_line(order, line)


_operation = partial(Operation, subject="Refunds", access=Access.REQUIRED, query=Nothing)

OPERATIONS: tuple[AnyOperation, ...] = (
    _operation(
        name="ask_for_refund",
        method="POST",
        path=f"{_LINE}/refund-request",
        summary="Ask for a refund of a line of one's own order",
        body=WhyBody,
        answer=RefundedLine,
        handle=ask,
        status=201,
        errors=(
            InvalidValue,
            NotFound,
            WrongState,
            RefundWindowOver,
            RefundDisputed,
            NothingToRefund,
            RefundRequestedBefore,
            StaleWrite,
        ),
    ),
    _operation(
        name="withdraw_refund_request",
        method="POST",
        path=f"{_LINE}/refund-request/withdraw",
        summary="Withdraw one's request for a refund",
        body=Nothing,
        answer=RefundedLine,
        handle=withdraw,
        errors=(NotFound, RefundRequestOver, StaleWrite),
    ),
    _operation(
        name="view_refund_requests",
        method="GET",
        path="/sales/refund-requests",
        summary="List what buyers ask to be refunded of what one sold, the answer due first on top",
        body=Nothing,
        answer=WaitingRequestsAnswer,
        handle=view_waiting,
    ),
    _operation(
        name="refund_line",
        method="POST",
        path=f"{_LINE}/refund",
        summary="Refund a line of what one sold, which grants what its buyer asked for",
        body=RefundBody,
        answer=RefundedLine,
        handle=refund,
        keyed=True,
        errors=(
            InvalidValue,
            Forbidden,
            NotFound,
            ConflictOfInterest,
            WrongState,
            NothingToRefund,
            RefundDisputed,
            RefundedMeanwhile,
            RefundTooLarge,
            RefundUnassigned,
            RequestKeyReused,
            StaleWrite,
        ),
    ),
    _operation(
        name="refuse_refund",
        method="POST",
        path=f"{_LINE}/refund-request/refuse",
        summary="Refuse what a buyer asks to be refunded of what one sold",
        body=WhyBody,
        answer=RefundedLine,
        handle=refuse,
        errors=(
            InvalidValue,
            Forbidden,
            NotFound,
            ConflictOfInterest,
            RefundRequestOver,
            StaleWrite,
        ),
    ),
)
