"""Everything a database must have: collections with validators, indexes, newest versions."""

from collections.abc import Iterator, Sequence
from typing import Any

import pymongo
from attrs import frozen
from pymongo import IndexModel

from koda.adapters.mongo import (
    audit_log,
    automations,
    grants,
    index_records,
    journal,
    journal_days,
    orders,
    outbox,
    payment_inbox,
    people,
    purchases,
    roles,
    sellers,
    uploads,
    webhook_health,
)
from koda.adapters.mongo.database import Database, translated
from koda.adapters.mongo.indexes import INDEXES, Index
from koda.adapters.mongo.migrations import migrate
from koda.adapters.mongo.records import Records
from koda.adapters.mongo.validators import validator
from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

KEPT: tuple[Records[Any], ...] = (
    automations.RECORDS,
    index_records.LABELS,
    index_records.BUILDS,
    sellers.RECORDS,
    orders.RECORDS,
    purchases.RECORDS,
    payment_inbox.RECORDS,
    grants.RECORDS,
    journal.RECORDS,
    journal_days.RECORDS,
    uploads.RECORDS,
    people.RECORDS,
    webhook_health.RECORDS,
    roles.RECORDS,
    audit_log.RECORDS,
    outbox.RECORDS,
    outbox.SUBSCRIBERS,
)
"""Every kind of entity, each in a collection of its own."""


@frozen
class Preparation:
    """A collection as `prepare` left it; `existed` if it was as it should be.

    `rewritten` counts the documents of an earlier version.
    """

    name: str
    existed: bool
    rewritten: int


def prepare(database: Database, kinds: Sequence[Records[Any]] = KEPT) -> Iterator[Preparation]:
    """Make what is missing and rewrite what is of an earlier version, a collection at a time.

    Nothing is dropped: indexes of somebody else's stay. It may run while the marketplace serves,
    and as often as one likes; it takes as long as the indexes take.

    Raises:
        Unavailable: MongoDB cannot be reached, or refuses: the user needs the role `dbAdmin`.
        CorruptRecord: a document cannot be read.
    """
    for records in kinds:
        # Not around the `yield`: what the caller does between two steps has its bounds.
        with pymongo.timeout(None):
            done = _prepare(database, records)
        yield done


def _prepare(database: Database, records: Records[Any]) -> Preparation:
    name = records.collection
    ready = not any(_faults_of(database, records))
    if not ready:
        with translated():
            _validate(database, records)
            if INDEXES[name]:
                database.collection(name).create_indexes(models(name))
    return Preparation(name, ready, migrate(database, records))


def _validate(database: Database, records: Records[Any]) -> None:
    """Give the collection its validator, making it if there is none."""
    command = "create" if _options(database, records.collection) is None else "collMod"
    database.handle.command(
        command,
        records.collection,
        validator=validator(records),
        validationLevel="strict",
        validationAction="error",
    )


def faults(database: Database, kinds: Sequence[Records[Any]] = KEPT) -> Iterator[str]:
    """Yield what `prepare` would have to do, a sentence each.

    Raises:
        Unavailable: MongoDB cannot be reached.
    """
    for records in kinds:
        yield from _faults_of(database, records)


def check(database: Database) -> None:
    """Refuse a database that is not prepared, since its promises do not hold.

    Raises:
        InvalidValue: the first fault of it.
        Unavailable: MongoDB cannot be reached.
    """
    fault = next(faults(database), None)
    if fault is not None:
        raise InvalidValue(
            "store", verbatim(f"the database {database.name!r} is not prepared: {fault}")
        )


def _faults_of(database: Database, records: Records[Any]) -> Iterator[str]:
    name = records.collection
    with translated():
        options = _options(database, name)
        if options is None:
            yield f"there is no collection {name}"
            return
        if options.get("validator") != validator(records):
            yield f"the validator of {name} is not this version's"
        known = {entry["name"]: entry for entry in database.collection(name).list_indexes()}
    for index in INDEXES[name]:
        if not _is(index, known.get(index.name, {})):
            yield f"{name} lacks the index {index.name}"


def _options(database: Database, name: str) -> dict[str, Any] | None:
    """The options of a collection, or nothing if there is none."""
    for collection in database.handle.list_collections(filter={"name": name}):
        return dict(collection.get("options", {}))
    return None


def _is(index: Index, known: Any) -> bool:
    """Whether a known index is `index`, which `create_indexes` would leave as it is."""
    return (
        list(known.get("key", {}).items()) == list(index.keys.items())
        and bool(known.get("unique")) == index.unique
        and dict(known.get("partialFilterExpression", {})) == dict(index.only)
    )


def models(name: str) -> list[IndexModel]:
    """The indexes of a collection as the library takes them."""
    return [IndexModel(**_definition(index)) for index in INDEXES[name]]


def _definition(index: Index) -> dict[str, Any]:
    options: dict[str, Any] = {"unique": True} if index.unique else {}
    if index.only:
        options["partialFilterExpression"] = dict(index.only)
    return {"keys": list(index.keys.items()), "name": index.name, **options}
