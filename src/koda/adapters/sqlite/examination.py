"""Finding the records of an SQLite file that no longer read as what they should be."""

from collections.abc import Iterator, Mapping
from typing import Any

from koda.adapters.sqlite import (
    audit_log,
    automations,
    grants,
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
from koda.domain.model.records import fault_of

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
