"""`koda work`."""

import os
import signal
from threading import Event

import click

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.chosen import check, unshared
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
    """Do what nobody waits for: send notices, deliver events, compare payments, tidy up.

    'koda serve' does it by itself. Where Koda's pages are part of an application of yours, or to
    do it on other machines than those that serve, run this beside it, on any number of machines;
    with --once from a schedule. Stop with Ctrl-C.
    """
    with with_its_sandbox(load_settings(os.environ)) as settings:
        check(settings)
        _work(settings, once=once)


def _work(settings: Settings, *, once: bool) -> None:
    inside = [f"{PREFIX}{slot.upper()}" for slot in unshared(settings)]
    if inside:
        problem = "keep what they are given in the process that serves, which does this work itself"
        raise InvalidValue(" and ".join(inside), verbatim(problem))
    configure_logging(settings.log_format)
    container = opened(settings, LATER)
    work = container.work()
    if once:
        click.echo(f"{work():>7}  deliveries tried")
    else:
        told_to_stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told_to_stop.set())
        with work.running():
            click.echo("Koda works. Stop with Ctrl-C.")
            told_to_stop.wait()
    close(container)
