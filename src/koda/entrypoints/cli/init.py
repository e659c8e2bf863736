"""`koda init`."""

import json
import os
from collections.abc import Iterator

import click
from attrs import asdict, frozen

from koda.entrypoints.building import import_adapter
from koda.entrypoints.cli.endings import json_option
from koda.entrypoints.container import close, make_container
from koda.entrypoints.environment import load_settings
from koda.entrypoints.settings import FileStore, Settings, Store


@frozen
class Step:
    """What was prepared, and whether it was there already."""

    what: str
    where: str
    existed: bool


@click.command(name="init")
@json_option
def command(*, as_json: bool) -> None:
    """Prepare the data directory, the store and its indexes.

    Makes what is missing and brings the store to this version's schema; what is there stays.
    'koda serve' does the same by itself, but for MongoDB: there the collections, validators and
    indexes are made here alone, before a new version of Koda is started, while the old one serves.
    """
    steps = list(prepare(load_settings(os.environ)))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in steps]))
        return
    for one in steps:
        click.echo(f"{'ready' if one.existed else 'made '}  {one.what}: {one.where}")
    if not steps:
        click.echo("Nothing to prepare: nothing is kept on this machine.")


def prepare(settings: Settings) -> Iterator[Step]:
    """Prepare what `settings` keep on this machine, yielding each step when it is done.

    Raises:
        InvalidValue: the directory cannot be used.
        Unavailable: the store cannot be opened.
    """
    container = make_container(settings)
    if not settings.secret_key:
        path = settings.data / "secret-key"
        existed = path.exists()
        yield Step("secret that signs links and sessions", _where(path, settings.secret), existed)
    if settings.store == Store.SQLITE:
        existed = settings.database.exists()
        container.database()
        close(container)
        yield Step("database", str(settings.database), existed)
    if settings.store == Store.MONGO:
        for one in import_adapter("mongo.schema").prepare(container.mongo()):
            what = f"collection {one.name}, {one.rewritten} documents rewritten"
            yield Step(what, f"database {settings.mongo.database}", one.existed)
        close(container)
    if settings.files == FileStore.DIRECTORY:
        existed = settings.files_directory.exists()
        container.files()
        yield Step("file store", str(settings.files_directory), existed)


def _where(path: object, secret: bytes) -> str:
    """The place of a secret, which the caller has just read or made; never the secret itself."""
    return f"{path} ({len(secret)} bytes)"
