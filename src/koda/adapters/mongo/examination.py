"""Finding the documents of a MongoDB database that no longer read as what they should be."""

from collections.abc import Iterable, Iterator
from typing import Any

from koda.adapters.mongo.database import Database, translated
from koda.adapters.mongo.records import Records
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.records import fault_of


def examine(
    database: Database, kinds: Iterable[Records[Any]], most: int
) -> Iterator[tuple[str, CorruptRecord | None]]:
    """Read the documents of each kind, at most so many; yield kind and fault of each, if any.

    Raises:
        Unavailable: MongoDB cannot be reached.
    """
    with translated():
        for records in kinds:
            for row in database.collection(records.collection).find(limit=most):
                yield records.kind, fault_of(records.check, row)
