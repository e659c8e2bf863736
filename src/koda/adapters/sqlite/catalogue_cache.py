"""The catalogue cache of the processes that share one SQLite file."""

import logging
import sqlite3
from collections.abc import Callable

from koda.adapters.sqlite.database import Database
from koda.domain.model.errors import Unavailable
from koda.ports.catalogue_cache import CatalogueCache

_NUMBER = "SELECT number FROM generations WHERE name = 'catalogue'"
_NEXT = """
    INSERT INTO generations VALUES ('catalogue', 1)
    ON CONFLICT DO UPDATE SET number = number + 1
"""
_log = logging.getLogger(__name__)


class SqliteCatalogueCache(CatalogueCache):
    """Lets processes that each keep answers of their own, in `local`, forget them together.

    The file holds the number of the catalogue's generation, which is part of the key of every
    answer: an answer of an earlier generation is never found again, whichever process kept it.
    """

    def __init__(self, database: Database, local: CatalogueCache) -> None:
        self._database = database
        self._local: CatalogueCache = local

    def get_or_load(self, key: str, load: Callable[[], bytes]) -> bytes:
        try:
            generation = self._generation()
        except (Unavailable, sqlite3.Error):
            return load()
        return self._local.get_or_load(f"{generation}:{key}", load)

    def invalidate(self) -> None:
        self._local.invalidate()
        try:
            with self._database.write() as connection:
                connection.execute(_NEXT)
        except (Unavailable, sqlite3.Error) as error:
            _log.warning("other processes show the old catalogue for a while: %s", error)

    def _generation(self) -> int:
        with self._database.read() as connection:
            row = connection.execute(_NUMBER).fetchone()
        return row[0] if row else 0
