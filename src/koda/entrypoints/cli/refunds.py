"""`koda refunds`."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import click

from koda.domain.model.identifiers import OrderId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.validation import one_line
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundOffer, RefundRequest
from koda.domain.usecases.money.view_refunds import BookedRefund, arrived_in_all
from koda.domain.usecases.money.view_requested_refunds import WaitingRequest
from koda.entrypoints.cli.administration import AT_TERMINAL, administered, reason_option
from koda.entrypoints.cli.containers import (
    container_beside_its_sandbox,
    container_of_environment,
)
from koda.entrypoints.cli.dates import period_of, period_options
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.order_rows import assign_hint
from koda.entrypoints.cli.refund_rows import refund_line, request_row


@click.group(name="refunds")
def command() -> None:
    """Refund lines of orders, answer buyers who ask for it, and list what was refunded.

    Refunding a line whole ends the buyer's access. Its seller bears the net, the marketplace its
    fee.
    """


@command.command(name="make")
@click.argument("order")
@click.argument("line", type=click.IntRange(min=1))
@click.option("--amount", help="How much of it, such as 12.50; all that is left by default.")
@click.option(
    "--again", is_flag=True, help="As much of the line went back before; refund it again."
)
@reason_option
def make(order: str, line: int, amount: str | None, *, again: bool, reason: str) -> None:
    """Refund the LINE (1, 2, ...) of ORDER, whole or in part.

    If its buyer asked for it, that is granted, and they read why. Repeating the command is safe:
    the same amount of a line goes back a second time only with --again.
    """
    with container_beside_its_sandbox() as container:
        refund = container.use_cases().refund_purchase
        offer = refund.offer(AT_TERMINAL, OrderId(order), line)
        if amount is not None and not again:
            _check_first(offer, Money.parse(amount, offer.order.currency, "amount"))
        # What was just looked at is what is refunded, or nothing is.
        request = RefundRequest(offer.order.id, line, reason, amount, offer.left)
        refunded = refund(AT_TERMINAL, request)
    _tell(refunded)
    click.echo(f"{refunded.left_of(line)} of line {line} is left.")


@command.command(name="assign")
@click.argument("order")
@click.argument("refund")
@click.option(
    "--line",
    "amounts",
    type=(click.IntRange(min=1), str),
    multiple=True,
    required=True,
    help="A line and how much of it, such as --line 1 12.50; for each line.",
)
@reason_option
def assign(order: str, refund: str, amounts: tuple[tuple[int, str], ...], reason: str) -> None:
    """Say which lines of ORDER a REFUND is for that was made at the payment provider."""
    with container_beside_its_sandbox() as container:
        assignment = RefundAssignment(OrderId(order), RefundId(refund), dict(amounts), reason)
        assigned = container.use_cases().assign_refund(AT_TERMINAL, assignment)
    _tell(assigned)


@command.command(name="requests")
@json_option
def requests(*, as_json: bool) -> None:
    """List the refunds that buyers ask for and nobody answered, the answer due first on top.

    Answer by 'koda refunds make' or 'koda refunds refuse'. Nothing is refunded by itself.
    """
    with administered() as use_cases:
        requests = use_cases.view_requested_refunds(AT_TERMINAL)
    if as_json:
        click.echo(json.dumps([_request(waiting) for waiting in requests]))
        return
    for waiting in requests:
        request, line = waiting.request, waiting.line
        due = f"{request.answer_by:%Y-%m-%d %H:%M:%S} UTC{'  overdue' if waiting.overdue else ''}"
        left = waiting.order.left_of(line.number)
        click.echo(f"{due}  {waiting.order.id} line {line.number}  {left} of {line.seller_id}")
        click.echo(f"  {one_line(request.reason)}")


@command.command(name="refuse")
@click.argument("order")
@click.argument("line", type=click.IntRange(min=1))
@reason_option
def refuse(order: str, line: int, reason: str) -> None:
    """Refuse the refund that the buyer of ORDER asks for, of a LINE (1, 2, ...).

    They read why, and cannot ask for it again.
    """
    with administered() as use_cases:
        use_cases.refuse_refund(AT_TERMINAL, OrderId(order), line, reason)
    click.echo(f"The buyer of {order} is told that line {line} is not refunded.")


@command.command(name="list")
@period_options
@json_option
def listed(*, first: date | None, last: date | None, zone: ZoneInfo, as_json: bool) -> None:
    """List what was refunded: when, of which order, under which id, by whom and why.

    Each try is a line. Of one that failed, whenever it did, nothing arrived.
    """
    with container_of_environment() as container:
        period = period_of(first, last, zone, container.clock()())
        refunds = list(container.use_cases().view_refunds(AT_TERMINAL, period))
    if as_json:
        click.echo(json.dumps([_row(refund) for refund in refunds]))
        return
    for refund in refunds:
        line = f" line {refund.line}" if refund.line else ""
        state = "failed" if refund.failed else "arrived"
        decision, cause = refund.decision, refund.cause.value.replace("_", " ")
        why = f"by {decision.by}: {one_line(decision.reason)}" if decision else cause
        click.echo(
            f"{refund.at:%Y-%m-%d %H:%M:%S} UTC  {refund.amount}  {refund.order_id}{line}  "
            f"{refund.refund_id}  {state}  {why}{'  of no line' if refund.unassigned else ''}"
        )
        if refund.unassigned and refund.refund_id:
            click.echo(f"  {assign_hint(refund.order_id, refund.refund_id)}")
    for total in arrived_in_all(refunds):
        click.echo(f"{total} arrived in all")


def _check_first(offer: RefundOffer, amount: Money) -> None:
    """Refuse to refund as much of a line as went back before, or is going back."""
    settlement = offer.order.settlement
    for refund in settlement.refunds:
        if refund.promised and (refund.line, refund.amount) == (offer.line.number, amount):
            at = f" at {refund.decision.at:%Y-%m-%d %H:%M:%S} UTC" if refund.decision else ""
            before = f"This was refunded before{at}: {refund_line(refund, settlement)}."
            raise click.UsageError(f"{before} Use --again to refund as much once more.")


def _tell(order: Order) -> None:
    for refund in order.settlement.refunds:
        click.echo(refund_line(refund, order.settlement))


def _request(waiting: WaitingRequest) -> Mapping[str, Any]:
    left = waiting.order.left_of(waiting.line.number)
    return {
        **request_row(waiting.request),
        "order_id": waiting.order.id,
        "seller_id": waiting.line.seller_id,
        "left": left.minor,
        "currency": left.currency,
        "overdue": waiting.overdue,
    }


def _row(refund: BookedRefund) -> Mapping[str, Any]:
    decision = refund.decision
    return {
        "at": refund.at.isoformat(),
        "order_id": refund.order_id,
        "line": refund.line,
        "seller_id": refund.seller_id,
        "amount": refund.amount.minor,
        "currency": refund.amount.currency,
        "refund_id": refund.refund_id,
        "arrived": refund.arrived.minor,
        "failed": refund.failed,
        "failed_at": refund.failed_at and refund.failed_at.isoformat(),
        "cause": refund.cause,
        "unassigned": refund.unassigned,
        "decided_by": decision and decision.by,
        "reason": decision and decision.reason,
    }
