"""`koda audit`."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

import click

from koda.domain.model.audit import AuditEntry, AuditSubject
from koda.domain.model.identifiers import UserId
from koda.domain.model.validation import one_line
from koda.entrypoints.cli.administration import AT_TERMINAL, administered
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.listing import every
from koda.entrypoints.wiring.compose import UseCases


@click.command(name="audit")
@click.option("--subject", help="Only what was done about this, such as automation/aut_1.")
@click.option("--actor", help="Only what this user did; koda:operator is who used this program.")
@click.option(
    "--most", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@json_option
def command(subject: str | None, actor: str | None, most: int, *, as_json: bool) -> None:
    """Tell what administrators did, and why, newest first.

    Each entry is kept before the action, and its outcome afterwards: 'begun' stays with an action
    that was cut short, of which its subject tells whether it was done.
    """
    about = None if subject is None else AuditSubject.parse(subject)
    by = None if actor is None else UserId(actor)
    with administered() as use_cases:
        entries = list(islice(_entries(use_cases, about, by), most))
    if as_json:
        click.echo(json.dumps([_described(entry) for entry in entries]))
        return
    for entry in entries:
        click.echo(_line(entry))


def _entries(
    use_cases: UseCases, subject: AuditSubject | None, actor: UserId | None
) -> Iterator[AuditEntry]:
    """Every entry, read page by page."""
    view = use_cases.view_audit_log
    return (
        line.entry
        for line in every(lambda cursor: view(AT_TERMINAL, subject, actor, cursor=cursor))
    )


def _line(entry: AuditEntry) -> str:
    details = "".join(f" {detail.name}={detail.value}" for detail in entry.details)
    did = f"{entry.actor} {entry.action} {entry.subject}{details}"
    reason = one_line(entry.reason)
    return f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.outcome:<8}{did}: {reason}"


def _described(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": str(entry.subject),
        "reason": entry.reason,
        "details": {detail.name: detail.value for detail in entry.details},
        "outcome": entry.outcome,
    }
