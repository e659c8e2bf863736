"""`koda work`."""

import os
from threading import Event

import click

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.chosen import check, is_shared
from koda.entrypoints.cli.opening import opened
from koda.entrypoints.embedded.sandbox import with_its_sandbox
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.logs import configure_logging
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.lifecycle import close

LATER = "What waits is done when it is back."


@click.command(name="work")
@click.option("--once", is_flag=True, help="Deliver what is due, and end.")
def command(*, once: bool) -> None:
    """Do what nobody waits for: send notices, deliver events, tidy up.

    'koda serve' does it by itself. Where Koda's pages are part of an application of yours, or to
    do it on other machines than those that serve, run this beside it, on any number of machines;
    with --once from a schedule. Stop with Ctrl-C.
    """
    with with_its_sandbox(load_settings(os.environ)) as settings:
        check(settings)
        _work(settings, once=once)


def _work(settings: Settings, *, once: bool) -> None:
    if not is_shared(settings):
        raise InvalidValue(
            f"{PREFIX}STORE",
            verbatim(
                "and what else is chosen must not be memory: that is known to the process that "
                "serves alone, which does this work by itself"
            ),
        )
    configure_logging(settings.log_format)
    container = opened(settings, LATER)
    work = container.work()
    if once:
        click.echo(f"{work():>7}  deliveries tried")
    else:
        click.echo("Koda works. Stop with Ctrl-C.")
        with work.running():
            Event().wait()
    close(container)
