"""Opening what the settings chose, before a command that goes on for long."""

import click

from koda.entrypoints.health.checks import before_start
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import open_ports


def opened(settings: Settings, instead: str) -> Container:
    """Return a container whose ports are open; tell on standard error what is down for now.

    `instead` says what happens all the same.

    Raises:
        InvalidValue: something would only fail later; names it and says what to do.
    """
    container = make_container(settings)
    open_ports(container)
    for finding in before_start(container):
        told = f"{finding.detail} {instead}" if finding.error else finding.advice
        click.echo(f"koda: {finding.service}: {told}", err=True)
    return container
