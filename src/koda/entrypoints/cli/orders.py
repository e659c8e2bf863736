"""`koda orders`."""

import json
from typing import Any

import click

from koda.domain.usecases.administration.view_order_history import OrderHistory, OrderStep
from koda.entrypoints.cli.administration import AT_TERMINAL, administered
from koda.entrypoints.cli.exit_codes import json_option


@click.group(name="orders")
def command() -> None:
    """Tell what happened to an order."""


@command.command(name="show")
@click.argument("reference")
@json_option
def show(reference: str, *, as_json: bool) -> None:
    """Tell the history of the order REFERENCE.

    REFERENCE is its id, or that of its checkout session at the payment provider.
    """
    with administered() as use_cases:
        order_id = use_cases.view_order_history.find(AT_TERMINAL, reference)
        history = use_cases.view_order_history(AT_TERMINAL, order_id)
    if as_json:
        click.echo(json.dumps(_described(history)))
        return
    order = history.order
    click.echo(f"{order.id}  {order.state}  {order.total}  by {order.buyer_id}")
    for step in history.steps:
        click.echo(_line(step))
    for paid in order.settlement.paid:
        click.echo(f"{paid.net} for {paid.seller_id} paid {paid.transfer_id or ''}".rstrip())
    for held in order.settlement.held:
        click.echo(f"{held.net} for {held.seller_id} held: {held.reason}")


def _line(step: OrderStep) -> str:
    about = f" {step.purchase.id} {step.purchase.state}" if step.purchase else ""
    return f"{step.at:%Y-%m-%d %H:%M:%S} UTC  {step.kind}{about}"


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
        "steps": [
            {
                "at": step.at.isoformat(),
                "kind": step.kind,
                "purchase_id": step.purchase and step.purchase.id,
                "state": step.purchase and step.purchase.state,
            }
            for step in history.steps
        ],
        "paid": [
            {"seller_id": paid.seller_id, "net": paid.net.minor, "transfer_id": paid.transfer_id}
            for paid in order.settlement.paid
        ],
        "held": [
            {"seller_id": held.seller_id, "net": held.net.minor, "reason": held.reason}
            for held in order.settlement.held
        ],
        "refunds_due": [{"line": due.line, "reason": due.reason} for due in order.settlement.due],
        "refunds_unmatched": list(order.settlement.unmatched),
    }
