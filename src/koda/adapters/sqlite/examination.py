"""Finding the records of an SQLite file that no longer read as what they should be."""

from collections.abc import Iterator, Mapping
from typing import Any

from koda.adapters.sqlite import (
    automations,
    grants,
    orders,
    payment_inbox,
    people,
    purchases,
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
    "uploads": uploads.RECORDS,
    "people": people.RECORDS,
}
"""The tables of documents, and how each is read."""


def examine(database: Database, most: int) -> Iterator[tuple[str, CorruptRecord | None]]:
    """Read the records of each kind, at most so many; yield kind and fault of each, if any."""
    with database.read() as connection:
        for table, records in KEPT.items():
            statement = f"SELECT * FROM {table} LIMIT ?"  # noqa: S608 - names of ours
            rows = connection.execute(statement, (most,))
            names = [column for column, *_ in rows.description]
            for row in rows:
                columns = dict(zip(names, row, strict=True))
                if not (records is people.RECORDS and people.is_removed(columns)):
                    yield records.kind, fault_of(records.check, columns)
