"""`koda disputes`."""

import json

import click

from koda.domain.model.identifiers import DisputeId, OrderId
from koda.domain.model.open_disputes import OpenDispute
from koda.domain.model.open_warnings import OpenWarning
from koda.entrypoints.cli.administration import AT_TERMINAL, administered, reason_option
from koda.entrypoints.cli.containers import container_beside_its_sandbox
from koda.entrypoints.cli.exit_codes import json_option


@click.group(name="disputes")
def command() -> None:
    """List the payments that buyers' banks question or warn of, and answer with evidence."""


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


@command.command(name="warnings")
@json_option
def warnings(*, as_json: bool) -> None:
    """List early fraud warnings about payments that are neither disputed nor refunded whole."""
    with administered() as use_cases:
        warned = use_cases.view_disputes.warned(AT_TERMINAL)
    if as_json:
        click.echo(json.dumps([_warning(open_warning) for open_warning in warned]))
        return
    for open_warning in warned:
        warning, order = open_warning.warning, open_warning.order
        given = f"{warning.warned_at:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(f"{given}  {warning.id}  {warning.kind}  {order.total} of {order.id}")
        click.echo(f"  {open_warning.what_to_do}")


def _warning(warned: OpenWarning) -> dict[str, object]:
    warning, order = warned.warning, warned.order
    return {
        "id": warning.id,
        "kind": warning.kind,
        "warned_at": warning.warned_at.isoformat(),
        "order_id": order.id,
        "payment_id": order.payment_id,
        "amount": order.total.minor,
        "currency": order.currency,
        "what_to_do": str(warned.what_to_do),
    }


@command.command(name="evidence")
@click.argument("order")
@click.argument("dispute")
def evidence(order: str, dispute: str) -> None:
    """Print what the bank would be told of a DISPUTE of ORDER, and send nothing."""
    with administered() as use_cases:
        offer = use_cases.submit_evidence.offer(AT_TERMINAL, OrderId(order), DisputeId(dispute))
    told = offer.evidence
    click.echo(f"{told.payment}\n\n{told.product}")
    if told.access:
        click.echo(f"\n{told.access}")
    else:
        click.echo("\nThe buyer asked for no download link; the bank is not told so.", err=True)


@command.command(name="answer")
@click.argument("order")
@click.argument("dispute")
@reason_option
def answer(order: str, dispute: str, reason: str) -> None:
    """Send the bank the evidence for a DISPUTE of ORDER, which it looks at once.

    `koda disputes evidence` prints it before.
    """
    with container_beside_its_sandbox() as container:
        submit = container.use_cases().submit_evidence
        submit(AT_TERMINAL, OrderId(order), DisputeId(dispute), reason)
    click.echo("The evidence was sent. The bank decides.")


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
        "answered": dispute.answered,
        "due_by": dispute.due_by and dispute.due_by.isoformat(),
        "what_to_do": str(disputed.what_to_do),
    }
