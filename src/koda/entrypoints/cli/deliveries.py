"""`koda deliveries`."""

import json
from datetime import datetime
from typing import Any

import click

from koda.domain.model.deliveries import Backlog
from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.sentences import verbatim
from koda.entrypoints.cli.containers import container_of_environment
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.health.delivery_probes import is_served
from koda.entrypoints.wiring.container import Container


@click.group(name="deliveries", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, *, as_json: bool) -> None:
    """Tell what waits for whom of what happened.

    Each write keeps what happened with it, and 'koda serve' or 'koda work' tells it to every
    subscriber: 'koda.notices' sends e-mail, 'koda.catalogue' refreshes the catalogue,
    'koda.checkouts' closes what nobody may pay any more, 'koda.refused' moves money that the
    provider refused to move, others are of an application that embeds Koda. A delivery that
    fails is tried again for about three days, and then given up.
    """
    if context.invoked_subcommand is not None:
        return
    with container_of_environment() as container:
        backlogs, unrelayed = container.outbox().backlog(), container.outbox().unrelayed()
    if as_json:
        told = {
            "unrelayed": unrelayed,
            "subscribers": [_described(backlog) for backlog in backlogs],
        }
        click.echo(json.dumps(told))
        return
    click.echo(f"{unrelayed:>7}  events on their way to all")
    for backlog in backlogs:
        name = backlog.subscription.name
        served = f"{backlog.subscription.served_at:%Y-%m-%d %H:%M:%S} UTC"
        click.echo(
            f"{backlog.waiting:>7}  wait for {name}{_since(backlog.oldest)}, served {served}"
        )
        if backlog.given_up:
            click.echo(f"{backlog.given_up:>7}  to {name} were given up")


@command.command(name="retry")
@click.argument("name")
def retry(name: str) -> None:
    """Try again what was given up for the subscriber NAME."""
    with container_of_environment() as container:
        _known(container, name)
        count = container.outbox().retry(name, container.clock()())
    click.echo(f"{count:>7}  to {name} are tried again")


@command.command(name="forget")
@click.argument("name")
def forget(name: str) -> None:
    """Drop the subscriber NAME, which no process has any more, with all that waits for it."""
    with container_of_environment() as container:
        outbox = container.outbox()
        known = {backlog.subscription.name: backlog for backlog in outbox.backlog()}
        if name in known and is_served(known[name], container.clock()()):
            problem = "is served by a process; stop that first, or what happens meanwhile is lost"
            raise InvalidValue(name, verbatim(problem))
        count = outbox.unsubscribe(name)
    if name not in known and not count:
        raise NotFound("subscriber", name)
    click.echo(f"{count:>7}  waited for {name} and are gone")


def _known(container: Container, name: str) -> None:
    if name not in {backlog.subscription.name for backlog in container.outbox().backlog()}:
        raise NotFound("subscriber", name)


def _since(oldest: datetime | None) -> str:
    return f", since {oldest:%Y-%m-%d %H:%M:%S} UTC" if oldest else ""


def _described(backlog: Backlog) -> dict[str, Any]:
    return {
        "name": backlog.subscription.name,
        "waiting": backlog.waiting,
        "given_up": backlog.given_up,
        "oldest": backlog.oldest.isoformat() if backlog.oldest else None,
        "served_at": backlog.subscription.served_at.isoformat(),
    }
