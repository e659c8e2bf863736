"""Finding the records of an SQLite file that no longer read as what they should be."""

from collections.abc import Iterator, Mapping
from functools import partial
from sqlite3 import Connection
from typing import Any

from koda.adapters.sqlite import (
    audit_log,
    automations,
    grants,
    index_rows,
    journal,
    orders,
    outbox,
    payment_inbox,
    people,
    purchases,
    roles,
    sellers,
    uploads,
)
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.records import Records
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.records import fault_of, readable

KEPT: Mapping[str, Records[Any]] = {
    "automations": automations.RECORDS,
    "sellers": sellers.RECORDS,
    "orders": orders.RECORDS,
    "purchases": purchases.RECORDS,
    "payment_inbox": payment_inbox.RECORDS,
    "grants": grants.RECORDS,
    "journal": journal.RECORDS,
    "uploads": uploads.RECORDS,
    "roles": roles.RECORDS,
    "audit_log": audit_log.RECORDS,
    "domain_events": outbox.EVENTS,
    "deliveries": outbox.RECORDS,
    "subscriptions": outbox.SUBSCRIBERS,
    # Of somebody who was removed no document is kept.
    "people WHERE document IS NOT NULL OR removed IS NULL": people.RECORDS,
}
"""The rows of documents, by where they are selected from, and how each is read."""

_ENTRY = "entry of the index"
_AUTOMATIONS = "SELECT number, id, document FROM automations LIMIT ?"


def examine(database: Database, most: int) -> Iterator[tuple[str, CorruptRecord | None]]:
    """Read the records of each kind, at most so many; yield kind and fault of each, if any."""
    with database.read() as connection:
        for rows_of, records in KEPT.items():
            statement = f"SELECT * FROM {rows_of} LIMIT ?"  # noqa: S608 - names of ours
            rows = connection.execute(statement, (most,))
            names = [column for column, *_ in rows.description]
            for row in rows:
                columns = dict(zip(names, row, strict=True))
                yield records.kind, fault_of(records.check, columns)
        for row in connection.execute(_AUTOMATIONS, (most,)):
            yield _ENTRY, fault_of(partial(_check_entry, connection), row)


def _check_entry(connection: Connection, row: tuple[int, str, str]) -> None:
    """Refuse an entry of the catalogue's index that is not its automation's.

    An automation that cannot be read has its fault told already.
    """
    number, *document = row
    for automation in readable(automations.RECORDS.read, (document,)):
        if index_rows.entry(connection, number) != index_rows.wanted(automation):
            problem = "it is not what its automation says: run 'koda index rebuild'"
            raise CorruptRecord(_ENTRY, automation.id, problem)
