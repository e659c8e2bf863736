"""`koda init`."""

import json
import os
from collections.abc import Iterator

import click
from attrs import asdict, frozen

from koda.entrypoints.cli.exit_codes import json_option
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.choices import FileStore, Store
from koda.entrypoints.settings.data_directory import own_secret, secret_file
from koda.entrypoints.settings.settings import Settings, origin
from koda.entrypoints.wiring.building import import_adapter
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close


@frozen
class Step:
    """What was prepared, and whether it was there already.

    `refusal` is why it could not be, if so: somebody must do it by hand.
    """

    what: str
    where: str
    existed: bool
    refusal: str = ""

    @property
    def line(self) -> str:
        """The step for a person."""
        if self.refusal:
            return f"refused  {self.what} ({self.refusal}): set by hand {self.where}"
        return f"{'ready' if self.existed else 'made '}  {self.what}: {self.where}"


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
    if settings.store == Store.SQLITE:
        existed = settings.database.exists()
        container.database()
        close(container)
        yield Step("database", str(settings.database), existed)
    if settings.store == Store.MONGO:
        for collection in import_adapter("mongo.schema").prepare(container.mongo()):
            what = f"collection {collection.name}, {collection.rewritten} documents rewritten"
            yield Step(what, f"database {settings.mongo.database}", collection.existed)
        close(container)
    if settings.files == FileStore.DIRECTORY:
        existed = settings.files_directory.exists()
        container.files()
        yield Step("file store", str(settings.files_directory), existed)
    if settings.files == FileStore.S3:
        apply = import_adapter("s3.rules").apply_rules
        for applied in apply(container.bucket(), origin(settings.site_url)):
            what = f"{applied.kind} rules of bucket {settings.s3.bucket}"
            yield Step(what, json.dumps(applied.rules), applied.existed, applied.refusal)
