"""`koda reconcile`."""

import json
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from koda.domain.model.periods import Period
from koda.domain.model.reconciliations import Finding, Reconciled
from koda.entrypoints.cli.containers import container_beside_its_sandbox
from koda.entrypoints.cli.dates import Day, period_of, zone_option
from koda.entrypoints.cli.exit_codes import json_option

NEEDS_A_PERSON = 1
"""The exit code where something was found that nobody but a person can repair."""


@click.command(name="reconcile")
@click.option("--from", "first", type=Day(), help="The first day; yesterday by default.")
@click.option("--to", "last", type=Day(), help="The last day; today by default.")
@zone_option
@click.option("--dry-run", is_flag=True, help="Look, and record nothing.")
@json_option
def command(
    *, first: date | None, last: date | None, zone: ZoneInfo, dry_run: bool, as_json: bool
) -> int:
    """Compare orders with their payments, and record what no message told.

    Looks at every checkout session that could be paid in those days, and at every order until their
    end that is open past its time, or paid and not settled. 'koda serve' and 'koda work' do the
    same for the last day every five minutes by themselves, and for earlier days in turn; a schedule
    of your own may run it at any time, on any machine. Ends with 1 if something is left that a
    person must look at.
    """
    with container_beside_its_sandbox() as container:
        period = _period(first, last, zone, container.clock()())
        reconcile = container.use_cases().reconcile_payments
        reconciled = reconcile(period, dry_run=dry_run, told=_progress)
    _progress_ended()
    if as_json:
        click.echo(json.dumps(_described(reconciled, dry_run=dry_run)))
    else:
        _print(reconciled, dry_run=dry_run)
    return NEEDS_A_PERSON if reconciled.findings else 0


def _period(first: date | None, last: date | None, zone: ZoneInfo, now: datetime) -> Period:
    """Whole days, but for what has not happened yet."""
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    return period_of(first or min(yesterday, last or yesterday), last, zone, now)


def _progress(so_far: Reconciled) -> None:
    """Tell somebody who waits at a terminal how far it came."""
    if sys.stderr.isatty():
        click.echo(f"\r{so_far.compared:>7}  compared", err=True, nl=False)


def _progress_ended() -> None:
    if sys.stderr.isatty():
        click.echo(err=True)


def _print(reconciled: Reconciled, *, dry_run: bool) -> None:
    done = "would be recorded" if dry_run else "recorded"
    click.echo(f"{reconciled.compared:>7}  payments and orders compared")
    click.echo(f"{reconciled.recorded:>7}  not in step {done}")
    click.echo(f"{len(reconciled.findings):>7}  for a person to look at")
    for finding in reconciled.findings:
        about = f"{finding.order_id}: " if finding.order_id else ""
        click.echo(f"{about}{finding.message} ({finding.code})")
        click.echo(f"  {finding.what_to_do}")


def _described(reconciled: Reconciled, *, dry_run: bool) -> dict[str, object]:
    return {
        "dry_run": dry_run,
        "compared": reconciled.compared,
        "recorded": reconciled.recorded,
        "findings": [_told(finding) for finding in reconciled.findings],
    }


def _told(finding: Finding) -> dict[str, str | None]:
    return {
        "code": finding.code,
        "order_id": finding.order_id,
        "message": str(finding.message),
        "what_to_do": str(finding.what_to_do),
    }
