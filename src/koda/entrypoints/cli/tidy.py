"""`koda tidy`."""

import json

import click
from attrs import asdict

from koda.entrypoints.cli.containers import container_beside_its_sandbox
from koda.entrypoints.cli.exit_codes import json_option


@click.command(name="tidy")
@click.option("--dry-run", is_flag=True, help="Count what would be removed, and remove nothing.")
@json_option
def command(*, dry_run: bool, as_json: bool) -> None:
    """Remove what nobody will ask for again.

    Upload tickets go an hour after they expired, and so do the bytes that were sent under them and
    what a killed process left half-written. Kept files that no listing refers to go after a day:
    pictures that were replaced, and what a crash left. Orders that nobody paid go after 30 days,
    once the payment provider was asked, payloads of messages that were handled after 180 (see
    KODA_POLICY_PAYLOAD_LIFETIME), the messages 90 days later, and domain events that were
    delivered after 30. A dry run does not ask it. 'koda serve' and 'koda work' do the same
    every ten minutes by themselves; a schedule of your own may run it at any time, on any machine.
    """
    with container_beside_its_sandbox() as container:
        tidied = container.use_cases().tidy(dry_run=dry_run)
    if as_json:
        click.echo(json.dumps({"dry_run": dry_run, **asdict(tidied)}))
        return
    done = "would go" if dry_run else "gone"
    click.echo(f"{tidied.tickets:>7}  expired upload tickets {done}")
    click.echo(f"{tidied.uploads:>7}  uploads never listed {done}")
    click.echo(f"{tidied.files:>7}  kept files that no listing refers to {done}")
    click.echo(f"{tidied.orders:>7}  orders never paid {done}")
    click.echo(f"{tidied.messages:>7}  messages handled long ago {done}")
    click.echo(f"{tidied.payloads:>7}  payloads of messages handled long ago {done}")
    click.echo(f"{tidied.deliveries:>7}  events delivered long ago {done}")
    if tidied.files_refused:
        click.echo("The file store lets these keys remove no kept files: others must do it.")
