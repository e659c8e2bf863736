"""Stores full of made-up listings that are for sale."""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from math import exp, log
from pathlib import Path

from attrs import evolve, frozen

from benchmarks.made_listings import Listings
from benchmarks.made_reports import Reports
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.schema import KEPT
from koda.adapters.sqlite import index_rows
from koda.adapters.sqlite.automations import ADD, RECORDS, SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.records import insert, select
from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.model.platforms import CATEGORIES, PLATFORMS
from koda.ports.automations import Automations
from koda.ports.catalogue_index import CatalogueIndex
from koda.testing.examples import NOON, a_listing, a_release, an_automation
from tests.servers.mongo import MongoServer

EVERYWHERE = "everywhere"
"""A word of every listing."""
LOWEST, HIGHEST = 99, 100_000
"""Prices, in minor units."""
TAGS, SELLERS = 50, 50
_FAST_DISK = Path("/dev/shm")  # noqa: S108 - writing the file is not what is measured
_AT_ONCE = 10_000
_ROOM = """
SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_schema m ON m.name = s.name
WHERE m.tbl_name LIKE 'index%' GROUP BY 1 ORDER BY 2 DESC
"""


@frozen
class FilledStore:
    """A store of so many listings, and the clock, in seconds, that tells what it costs.

    `room` tells how many bytes the tables of its index take.
    """

    size: int
    automations: Automations
    index: CatalogueIndex
    clock: Callable[[], float]
    room: Callable[[], Mapping[str, int]]


def for_sale(listings: Listings) -> Iterator[Automation]:
    """Put listings up for sale, a minute apart."""
    chance = random.Random(listings.seed)  # noqa: S311 - made-up listings, not secrets
    platforms = [platform.name for platform in PLATFORMS]
    template, reports = an_automation(), Reports.of(listings)
    for number, told in enumerate(listings):
        published = NOON + timedelta(minutes=number)
        yield evolve(
            template,
            id=AutomationId(f"aut_{number:07}"),
            seller_id=UserId(f"user_{chance.randrange(SELLERS)}"),
            listing=a_listing(
                title=told.title,
                description=f"{told.description} {EVERYWHERE}",
                price=Money(_price(chance), "EUR"),
                category=chance.choice(CATEGORIES),
                platform=chance.choice(platforms),
                tags=(f"tag{chance.randrange(TAGS)}",),
            ),
            releases=(a_release(report=reports.drawn(chance)),),
            created_at=published,
            published_at=published,
        )


@contextmanager
def on_sqlite(automations: Iterator[Automation], size: int) -> Iterator[FilledStore]:
    """A file of the next so many automations, written as adding does it, many at once."""
    folder = _FAST_DISK if _FAST_DISK.is_dir() else None
    with (
        tempfile.TemporaryDirectory(dir=folder) as path,
        closing(Database(Path(path) / "koda.sqlite")) as database,
    ):
        fill(database, islice(automations, size))
        index = SqliteCatalogueIndex(database)
        automations_of = SqliteAutomations(database)
        yield FilledStore(size, automations_of, index, time.thread_time, lambda: _room(database))


def fill(database: Database, automations: Iterator[Automation]) -> None:
    """Add automations to a file."""
    while batch := list(islice(automations, _AT_ONCE)):
        with database.write() as connection:
            numbered = [
                (insert(connection, ADD, automation, RECORDS), automation) for automation in batch
            ]
            index_rows.put(connection, numbered)


@contextmanager
def on_mongo(uri: str, automations: Iterator[Automation], size: int) -> Iterator[FilledStore]:
    """A database of a server, dropped at the end, of the next so many automations."""
    server = MongoServer(uri, real=True)
    with closing(server):
        database = server.new_database(*KEPT)
        kept = MongoAutomations(database)
        for automation in islice(automations, size):
            kept.add(automation)
        yield FilledStore(size, kept, MongoCatalogueIndex(database), time.perf_counter, dict)


def _price(chance: random.Random) -> int:
    """A price such as 19.00 or 19.99, the low ones as frequent as the high ones."""
    whole = round(exp(chance.uniform(0, log(HIGHEST // 100))))
    return whole * 100 - chance.randrange(2)


def _room(database: Database) -> dict[str, int]:
    """The bytes of the pages of each table; nothing where this SQLite does not tell."""
    with database.read() as connection:
        (told,) = connection.execute("SELECT count(*) FROM pragma_module_list WHERE name='dbstat'")
        return dict(select(connection, _ROOM, ())) if told[0] else {}
