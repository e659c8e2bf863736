"""`koda tidy`."""

import json
import os

import click
from attrs import asdict

from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.embedded.sandbox import with_its_sandbox
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.work.tidying import tidy_once


@click.command(name="tidy")
@click.option("--dry-run", is_flag=True, help="Count what would be removed, and remove nothing.")
@json_option
def command(*, dry_run: bool, as_json: bool) -> None:
    """Remove what nobody will ask for again.

    Upload tickets go an hour after they expired, and so do the bytes that were sent under them and
    what a killed process left half-written. Kept files that no listing refers to go after a day:
    pictures that were replaced, and what a crash left. Orders that nobody paid go after 30 days,
    once the payment provider was asked, and messages that were handled after 90. A dry run does
    not ask it. 'koda serve' does the same every ten minutes by itself; a schedule of your
    own may run it at any time, on any machine.
    """
    with with_its_sandbox(load_settings(os.environ)) as settings:
        tidied = tidy_once(settings, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **asdict(tidied)}))
        return
    done = "would go" if dry_run else "gone"
    click.echo(f"{tidied.tickets:>7}  expired upload tickets {done}")
    click.echo(f"{tidied.uploads:>7}  uploads never listed {done}")
    click.echo(f"{tidied.files:>7}  kept files that no listing refers to {done}")
    click.echo(f"{tidied.orders:>7}  orders never paid {done}")
    click.echo(f"{tidied.messages:>7}  messages handled long ago {done}")
    if tidied.files_refused:
        click.echo("The file store lets these keys remove no kept files: others must do it.")
