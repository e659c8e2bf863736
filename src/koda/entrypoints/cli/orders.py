"""`koda orders`."""

import json
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click

from koda.domain.model.disputes import DisputeState
from koda.domain.model.held_money import HeldMoney
from koda.domain.model.identifiers import OrderId, UserId
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.settlements import HeldShare, Settlement
from koda.domain.model.validation import one_line
from koda.domain.usecases.administration.view_order_history import OrderHistory
from koda.entrypoints.cli.administration import AT_TERMINAL, administered, reason_option
from koda.entrypoints.cli.containers import (
    container_beside_its_sandbox,
    container_of_environment,
)
from koda.entrypoints.cli.dates import period_of, period_options
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.listing import every
from koda.entrypoints.cli.order_rows import (
    assign_hint,
    bought_line,
    bought_row,
    step_line,
    step_row,
)
from koda.entrypoints.cli.refund_rows import (
    loss_row,
    owed_line,
    owed_row,
    refund_line,
    refund_row,
    request_line,
    request_row,
    write_off_row,
)


@click.group(name="orders")
def command() -> None:
    """List orders, and tell what happened to one."""


@command.command(name="show")
@click.argument("reference")
@json_option
def show(reference: str, *, as_json: bool) -> None:
    """Tell the history of the order REFERENCE.

    REFERENCE is its id, or that of its checkout session or payment at the payment provider.
    """
    with administered() as use_cases:
        order_id = use_cases.view_order_history.find(AT_TERMINAL, reference)
        history = use_cases.view_order_history(AT_TERMINAL, order_id)
    if as_json:
        click.echo(json.dumps(_described(history)))
        return
    order = history.order
    click.echo(f"{order.id}  {order.state}  {order.total}  by {order.buyer_id}")
    for line in order.lines:
        click.echo(bought_line(line, history.purchases.get(line.number)))
    for refund_id, amount in history.unassigned.items():
        click.echo(f"{amount or 'something'} refunded by {refund_id} is of no line")
        click.echo(f"  {assign_hint(order.id, refund_id)}")
    for told in (
        *map(step_line, history.steps),
        *_shares(order.settlement),
        *_back(order.settlement),
    ):
        click.echo(told)
    for request in order.requested_refunds:
        click.echo(request_line(request))


def _shares(settlement: Settlement) -> Iterator[str]:
    """What the sellers got, gave back, wait for and owe."""
    for paid in settlement.paid:
        yield f"{paid.net} for {paid.seller_id} paid {paid.transfer_id or ''}".rstrip()
    for taken in settlement.taken:
        yield f"{taken.amount} of {taken.seller_id} taken back {taken.reversal_id}"
    for held in settlement.held:
        yield f"{held.net} for {held.seller_id} held: {held.reason}"
    for owed in settlement.owed:
        yield owed_line(owed)
    for made in settlement.written_off:
        again = f", {made.amount - made.left} of it due again" if made.undone else ""
        reason = one_line(made.decision.reason)
        yield f"{made.amount} of {made.seller_id} written off{again}: {reason}"


def _back(settlement: Settlement) -> Iterator[str]:
    """What goes back to the buyer, and what their bank took."""
    for refund in settlement.refunds:
        yield refund_line(refund, settlement)
    for dispute in settlement.disputes:
        answered = ", evidence was sent" if dispute.answered and dispute.undecided else ""
        named = "inquiry" if dispute.state is DisputeState.INQUIRY else f"dispute {dispute.state}"
        yield f"{dispute.amount}: {named}, {dispute.id}, {dispute.reason}{answered}"
    for loss in settlement.losses:
        back = " and won back" if loss.dispute_id in settlement.overturned else ""
        yield f"{loss.amount} of line {loss.line} lost by {loss.dispute_id}{back}"


@command.command(name="list")
@click.option(
    "--state",
    type=click.Choice([which.value for which in OrderList]),
    default=OrderList.ALL.value,
    show_default=True,
    help="Only orders in this state.",
)
@click.option("--buyer", help="Only orders of the buyer of this id.")
@period_options
@click.option(
    "--most", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@json_option
def listed(
    *,
    state: str,
    buyer: str | None,
    first: date | None,
    last: date | None,
    zone: ZoneInfo,
    most: int,
    as_json: bool,
) -> None:
    """List orders, latest first: by when they were paid, or made while they are not.

    Of those that are paid, 'unsettled' are those of which something is left to do, 'holding' those
    that keep money from a seller, 'owing' those that wait for money of one, 'doubled' those paid
    for what the buyer had already, 'refunded' those of which something went back or goes,
    'disputed' those that a buyer's bank questions, 'warned' those of which a card's issuer fears
    fraud, 'unassigned' those with a refund of no line, and 'requested' those whose buyer asks for a
    refund and waits for an answer.
    """
    asked = OrderQuery.of(OrderList(state), UserId(buyer) if buyer else None)
    with container_of_environment() as container:
        period = period_of(first, last, zone, container.clock()())
        query = asked.between(period.since, period.until)
        view = container.use_cases().view_orders
        every_order = every(lambda cursor: view(AT_TERMINAL, query, cursor=cursor).page)
        orders = list(islice(every_order, most))
    if as_json:
        click.echo(json.dumps([_row(order) for order in orders]))
        return
    for order in orders:
        at = order.paid_at or order.created_at
        left = "  not settled" if order.state is OrderState.PAID and not order.settled else ""
        told = f"{order.id}  {order.state}  {order.total}  by {order.buyer_id}{left}"
        click.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {told}")
        for owed in order.settlement.owed:
            click.echo(f"  {owed_line(owed)}")


@command.command(name="write-off")
@click.argument("order")
@click.argument("seller")
@reason_option
def write_off(order: str, seller: str, reason: str) -> None:
    """Give up what SELLER owes of ORDER, at the marketplace's loss; it is asked for no more."""
    with container_beside_its_sandbox() as container:
        write = container.use_cases().write_off_debt
        settled = write(AT_TERMINAL, OrderId(order), UserId(seller), reason)
    made = settled.settlement.written_off[-1]
    click.echo(f"{made.amount} owed by {made.seller_id} written off")


@command.command(name="held")
@click.option("--seller", help="Only what is held from the seller of this id.")
@click.option(
    "--most", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@json_option
def held(*, seller: str | None, most: int, as_json: bool) -> None:
    """List the money of sellers that is held: since when, of which order, why, and what to do.

    Totals are of all that is held, as the books have it, whatever is listed.
    """
    seller_id = UserId(seller) if seller else None
    with administered() as use_cases:
        view = use_cases.view_held_money
        everything = every(lambda cursor: view(AT_TERMINAL, seller_id, cursor=cursor).page)
        listed, totals = list(islice(everything, most)), view.totals(AT_TERMINAL)
    if as_json:
        rows = [_held_row(money) for money in listed]
        sums = {total.currency: total.minor for total in totals}
        click.echo(json.dumps({"totals": sums, "held": rows}))
        return
    for money in listed:
        share = money.share
        click.echo(
            f"{money.since:%Y-%m-%d %H:%M:%S} UTC  {share.net} for {share.seller_id} "
            f"of {money.order.id}: {share.reason}"
        )
        click.echo(f"  {money.what_to_do}")
    for total in totals:
        click.echo(f"{total} in all")


def _held_row(money: HeldMoney) -> dict[str, Any]:
    return {
        **_held(money.share),
        "currency": money.share.net.currency,
        "order_id": money.order.id,
        "since": money.since.isoformat(),
        "attempts": money.share.refusals.count,
        "what_to_do": str(money.what_to_do),
    }


def _row(order: Order) -> dict[str, Any]:
    return {
        "id": order.id,
        "state": order.state,
        "buyer_id": order.buyer_id,
        "payment_id": order.payment_id,
        "currency": order.currency,
        "total": order.total.minor,
        "made_at": order.created_at.isoformat(),
        "paid_at": order.paid_at and order.paid_at.isoformat(),
        "settled_at": order.settled_at and order.settled_at.isoformat(),
        "held": [_held(held) for held in order.settlement.held],
        "owed": list(map(owed_row, order.settlement.owed)),
    }


def _held(held: HeldShare) -> dict[str, Any]:
    return {"seller_id": held.seller_id, "net": held.net.minor, "reason": held.reason}


def _described(history: OrderHistory) -> dict[str, Any]:
    order = history.order
    return {
        "id": order.id,
        "state": order.state,
        "buyer_id": order.buyer_id,
        "payment_id": order.payment_id,
        "checkout_session_id": order.checkout and order.checkout.id,
        "currency": order.currency,
        "total": order.total.minor,
        "lines": [bought_row(line, history.purchases.get(line.number)) for line in order.lines],
        "steps": [step_row(step) for step in history.steps],
        "refunds_requested": [request_row(request) for request in order.requested_refunds],
        **_settled(order.settlement),
    }


def _settled(settlement: Settlement) -> dict[str, Any]:
    return {
        "paid": [
            {"seller_id": paid.seller_id, "net": paid.net.minor, "transfer_id": paid.transfer_id}
            for paid in settlement.paid
        ],
        "taken": [
            {
                "seller_id": taken.seller_id,
                "amount": taken.amount.minor,
                "transfer_id": taken.transfer_id,
                "reversal_id": taken.reversal_id,
            }
            for taken in settlement.taken
        ],
        "held": [_held(held) for held in settlement.held],
        "refunds": [refund_row(refund, settlement) for refund in settlement.refunds],
        "owed": list(map(owed_row, settlement.owed)),
        "written_off": [write_off_row(made) for made in settlement.written_off],
        "refunds_unmatched": list(settlement.unmatched),
        "disputes": [
            {
                "dispute_id": dispute.id,
                "amount": dispute.amount.minor,
                "state": dispute.state,
                "reason": dispute.reason,
                "answered": dispute.answered,
                "due_by": dispute.deadline and dispute.deadline.isoformat(),
            }
            for dispute in settlement.disputes
        ],
        "losses": [loss_row(loss, settlement) for loss in settlement.losses],
    }
