"""Writing the catalogue's index in SQLite anew: the entries first, then the counts of labels."""

import re
from collections.abc import Iterator

from koda.adapters.sqlite import index_repair, index_rows
from koda.adapters.sqlite.automations import RECORDS
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.records import select
from koda.domain.model.automations import Automation
from koda.domain.model.errors import CorruptRecord, InvalidValue
from koda.domain.model.records import readable
from koda.domain.search.builds import BuildStep, IndexBuild
from koda.ports.index_builder import IndexBuilder

_BUILD = "SELECT version, target, place, listings FROM index_build"
_FORGET = "DELETE FROM index_build"
_KEEP = "INSERT INTO index_build (version, target, place, listings) VALUES (?, ?, ?, ?)"
_NEXT = "SELECT number, id, document FROM automations WHERE number > ? ORDER BY number LIMIT ?"
_COUNT = "SELECT count(*) FROM automations"
_NUMBER = re.compile("[0-9]{1,18}")
_LABEL = "label "
"""What a place begins with once all entries are written: behind it stands the last label."""


class SqliteIndexBuilder(IndexBuilder):
    """Writes the entries of an SQLite file anew, in the order in which automations were added."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def build(self) -> IndexBuild:
        with self._database.read() as connection:
            rows = select(connection, _BUILD, ())
        try:
            return IndexBuild(*rows[0]) if rows else IndexBuild()
        except InvalidValue as error:
            raise CorruptRecord("index build", "catalogue", str(error)) from error

    def keep(self, build: IndexBuild) -> None:
        with self._database.write() as connection:
            connection.execute(_FORGET)
            kept = build.version, build.target, build.place, build.listings
            connection.execute(_KEEP, kept)

    def step(self, place: str, limit: int) -> BuildStep:
        if place.startswith(_LABEL):
            return self._count(place.removeprefix(_LABEL), limit)
        with self._database.write() as connection:
            rows = select(connection, _NEXT, (_number(place), limit))
            index_repair.restore(connection, (row[0] for row in rows))
            index_rows.put(connection, _numbered(rows))
        return BuildStep(f"{rows[-1][0]}" if len(rows) == limit else _LABEL, len(rows))

    def _count(self, after: str, limit: int) -> BuildStep:
        with self._database.write() as connection:
            labels = index_repair.recount(connection, after, limit)
        return BuildStep(_LABEL + labels[-1] if len(labels) == limit else None, 0)

    def automations(self) -> int:
        with self._database.read() as connection:
            ((count,),) = select(connection, _COUNT, ())
        return int(count)


def _number(place: str) -> int:
    """The number of the automation that was the last one; that of none is the start."""
    return int(place) if _NUMBER.fullmatch(place) else 0


def _numbered(rows: list[tuple[int, str, str]]) -> Iterator[tuple[int, Automation]]:
    """The automations of some rows, without those that cannot be read."""
    for number, *row in rows:
        for automation in readable(RECORDS.read, (row,)):
            yield number, automation
