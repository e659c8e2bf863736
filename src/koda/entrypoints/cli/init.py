"""`koda init`."""

import json
import os
from collections.abc import Iterator

import click
from attrs import asdict

from koda.entrypoints.backends.preparation import Step
from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.data_directory import own_secret, secret_file
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close


@click.command(name="init")
@json_option
def command(*, as_json: bool) -> None:
    """Prepare the data directory, the store with its indexes, and the bucket.

    Makes what is missing and brings the store to this version's schema; what is there stays.
    'koda serve' does the same by itself for what lies on this machine. The collections, validators
    and indexes of MongoDB are made here alone, before a new version of Koda is started, while the
    old one serves; and so are the rules of an S3 bucket: who may upload from where, what is
    cleaned up, encryption. The rules are shown, and those that the keys may not set are left to be
    set by hand.
    """
    steps = list(prepare(load_settings(os.environ)))
    if as_json:
        click.echo(json.dumps([asdict(step) for step in steps]))
        return
    for step in steps:
        click.echo(step.line)
    if not steps:
        click.echo("Nothing to prepare: nothing is kept on this machine.")


def prepare(settings: Settings) -> Iterator[Step]:
    """Prepare what `settings` keep on this machine or in a bucket, yielding each step when done.

    Raises:
        InvalidValue: the directory cannot be used, or the settings of the bucket are not complete.
        Unavailable: the store cannot be opened, or the bucket not be reached.
    """
    container = make_container(settings)
    if not settings.secret:
        path = secret_file(settings.data)
        existed = path.exists()
        own_secret(settings.data)
        yield Step("secret that signs links and sessions", str(path), existed)
    yield from container.rooms().prepare()
    close(container)
