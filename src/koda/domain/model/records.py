"""Records that a store keeps, some of which may no longer read as what they should be."""

import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeVar

from koda.domain.model.errors import CorruptRecord

Row = TypeVar("Row")
Entity = TypeVar("Entity")

MOST_REMEMBERED = 1000
"""Corrupt records that a process remembers to have told of."""

logger: logging.Logger = logging.getLogger("koda.store")


def readable(read: Callable[[Row], Entity], rows: Iterable[Row]) -> tuple[Entity, ...]:
    """Return what `read` makes of each of `rows`, but for those that are corrupt.

    So a list is shown without them. Each is told in the log, once by each process.
    """
    entities = []
    for row in rows:
        try:
            entities.append(read(row))
        except CorruptRecord as error:
            _tell(error.kind, error.id, error.problem)
    return tuple(entities)


def fault_of(read: Callable[[Row], object], row: Row) -> CorruptRecord | None:
    """Return what keeps `read` from making something of `row`, if anything."""
    try:
        read(row)
    except CorruptRecord as error:
        return error
    return None


def check_moved_on(kind: str, identity: str, before: int, now: int) -> None:
    """Check that an entity whose save was stale is kept at another revision now.

    Raises:
        CorruptRecord: it is not, so that no further try would be taken.
    """
    if before == now:
        raise CorruptRecord(kind, identity, f"it is not kept under its revision, {now}")


@lru_cache(MOST_REMEMBERED)
def _tell(kind: str, identity: str, problem: str) -> None:
    fields = {"kind": kind, "id": identity, "problem": problem}
    logger.error("Left out a record that cannot be read: %s %s", kind, identity, extra=fields)
