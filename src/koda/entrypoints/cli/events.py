"""`koda events`."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

import click

from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import EventState, InboxEntry
from koda.entrypoints.cli.administration import AT_TERMINAL, reason_option
from koda.entrypoints.cli.containers import (
    container_beside_its_sandbox,
    container_of_environment,
)
from koda.entrypoints.cli.dates import Day
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.cli.listing import every
from koda.entrypoints.wiring.compose import UseCases


@click.group(name="events", invoke_without_command=True)
@click.option(
    "--state",
    type=click.Choice([state.value for state in EventState]),
    help="Only messages in this state.",
)
@click.option("--about", "subject", help="Only messages about this session, charge or account.")
@click.option("--since", type=Day(), help="Only messages that came on this day (UTC) or later.")
@click.option(
    "--most", type=click.IntRange(min=1), default=100, show_default=True, help="At most so many."
)
@json_option
@click.pass_context
def command(
    context: click.Context,
    *,
    state: str | None,
    subject: str | None,
    since: date | None,
    most: int,
    as_json: bool,
) -> None:
    """List the payment provider's messages, latest first, and what became of each.

    A message is 'open' from when it came until it is 'done' or 'failed'. The provider sends one
    that could not be handled for about three days; one that would fail again is not asked for, and
    waits here for 'koda events replay'.
    """
    if context.invoked_subcommand is not None:
        return
    begin = datetime.combine(since, time(), UTC) if since else None
    wanted = EventState(state) if state else None
    with container_of_environment() as container:
        listed = _entries(container.use_cases(), wanted, subject, begin)
        entries = list(islice(listed, most))
    if as_json:
        click.echo(json.dumps([_described(entry) for entry in entries]))
        return
    for entry in entries:
        click.echo(_line(entry))


@command.command(name="show")
@click.argument("event_id", metavar="ID")
def show(event_id: str) -> None:
    """Write what the message ID says, as it came, on standard output.

    It holds what the provider knows of buyers, such as their mail address.
    """
    with container_of_environment() as container:
        inbox = container.payment_inbox()
        entry = inbox.get(EventId(event_id))
        payload = inbox.payload(entry.event_id)
    click.echo(_line(entry), err=True)
    sys.stdout.buffer.write(payload)
    sys.stdout.buffer.flush()


@command.command(name="replay")
@click.argument("event_ids", metavar="[ID]...", nargs=-1)
@click.option("--failed", is_flag=True, help="Replay every message that failed.")
@reason_option
@json_option
def replay(event_ids: tuple[str, ...], *, failed: bool, reason: str, as_json: bool) -> None:
    """Handle messages again, as if the provider had sent them again.

    One that is done stays done, and takes no effect twice. The audit log keeps each other one with
    the reason.
    """
    if failed == bool(event_ids):
        raise click.UsageError("Name messages, or give --failed.")
    entries = []
    with container_beside_its_sandbox() as container:
        for entry in _replayed(container.use_cases(), event_ids, reason):
            entries.append(_described(entry))
            if not as_json:
                click.echo(_line(entry))
    if as_json:
        click.echo(json.dumps(entries))


def _replayed(use_cases: UseCases, event_ids: Sequence[str], reason: str) -> Iterator[InboxEntry]:
    """Replay the messages of these ids, or all that failed; yield each as it is then."""
    failed = (entry.event_id for entry in _entries(use_cases, EventState.FAILED))
    for event_id in map(EventId, event_ids) if event_ids else failed:
        yield use_cases.replay_payment_event(AT_TERMINAL, event_id, reason)


def _entries(
    use_cases: UseCases,
    state: EventState | None = None,
    subject: str | None = None,
    since: datetime | None = None,
) -> Iterator[InboxEntry]:
    """Every message that is wanted, read page by page."""
    view = use_cases.view_payment_events
    return every(lambda cursor: view(state, subject, since, cursor=cursor))


def _line(entry: InboxEntry) -> str:
    attempts = f"{entry.attempts} attempt{'' if entry.attempts == 1 else 's'}"
    message = f"{entry.event_id}  {entry.name} about {entry.subject}"
    problem = f": {' '.join(entry.problem.split())}" if entry.problem and entry.waiting else ""
    received = f"{entry.received_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{received}  {entry.state:<7}{message}, {attempts}{problem}"


def _described(entry: InboxEntry) -> dict[str, Any]:
    return {
        "id": entry.event_id,
        "name": entry.name,
        "subject": entry.subject,
        "state": entry.state.value,
        "attempts": entry.attempts,
        "problem": entry.problem,
        "received_at": entry.received_at.isoformat(),
    }
