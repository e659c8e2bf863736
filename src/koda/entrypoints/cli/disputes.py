"""`koda disputes`."""

import json

import click

from koda.domain.model.open_disputes import OpenDispute
from koda.entrypoints.cli.administration import AT_TERMINAL, administered
from koda.entrypoints.cli.exit_codes import json_option


@click.group(name="disputes")
def command() -> None:
    """List the payments that buyers' banks question."""


@command.command(name="list")
@json_option
def listed(*, as_json: bool) -> None:
    """List open disputes and inquiries: until when to answer, of which order, why, what to do.

    The soonest deadline comes first, and last what cannot be answered any more.
    """
    with administered() as use_cases:
        disputes = use_cases.view_disputes(AT_TERMINAL)
    if as_json:
        click.echo(json.dumps([_row(disputed) for disputed in disputes]))
        return
    for disputed in disputes:
        dispute = disputed.dispute
        until = f"{dispute.due_by:%Y-%m-%d %H:%M:%S} UTC" if dispute.due_by else "no deadline"
        about = f"{dispute.id}  {dispute.state}  {dispute.amount} of {disputed.order.id}"
        click.echo(f"{until}  {about}: {dispute.reason}")
        click.echo(f"  {disputed.what_to_do}")


def _row(disputed: OpenDispute) -> dict[str, object]:
    dispute = disputed.dispute
    return {
        "id": dispute.id,
        "state": dispute.state,
        "order_id": disputed.order.id,
        "payment_id": disputed.order.payment_id,
        "amount": dispute.amount.minor,
        "currency": dispute.amount.currency,
        "reason": dispute.reason,
        "due_by": dispute.due_by and dispute.due_by.isoformat(),
        "what_to_do": str(disputed.what_to_do),
    }
