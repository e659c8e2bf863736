"""What the catalogue costs as it grows: queries of the SQLite store, no cache before it."""

import random
import tempfile
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path

from attrs import evolve
from rich.table import Table

from benchmarks.timing import interleaved
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.domain.model.automations import Automation
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor
from koda.domain.model.platforms import CATEGORIES, PLATFORMS
from koda.domain.search.catalogue import CatalogueQuery, Search
from koda.testing.examples import NOON, a_listing, an_automation
from tests.support.browsing import browsing

SIZES = (1_000, 10_000, 100_000)
FAST_DISK = Path("/dev/shm")  # noqa: S108 - filling the store is not what is measured
WORDS = tuple(f"word{number}" for number in range(5_000))

QUERIES: Mapping[str, Search] = {
    "newest": Search(),
    "cheapest of a platform": Search(platform="Make", sort="price_asc"),
    "category and platform": Search(platform="n8n", category="Sales"),
    "one tag": Search(tag="tag7"),
    "price between": Search(min_price=2_000, max_price=2_100),
    "two words": Search(q="word17 word23"),
    "beginning of a word": Search(q="word12"),
    "a word of every listing": Search(q="everywhere"),
}


def _listings(size: int) -> Iterator[Automation]:
    chance = random.Random(size)  # noqa: S311 - made-up listings, not secrets
    platforms = [platform.name for platform in PLATFORMS]
    for number in range(size):
        published = NOON + timedelta(minutes=number)
        words = " ".join(chance.choices(WORDS, k=12))
        yield evolve(
            an_automation(f"aut_{number:07}"),
            listing=a_listing(
                title=f"Automation {number}",
                description=f"Found everywhere by {words}",
                price=Money(chance.randrange(100, 100_000), "EUR"),
                category=chance.choice(CATEGORIES),
                platform=chance.choice(platforms),
                tags=(f"tag{number % 500}",),
            ),
            created_at=published,
            published_at=published,
        )


def _deep(size: int) -> Search:
    """The newest, from the middle of the list."""
    middle = NOON + timedelta(minutes=size // 2)
    place = Cursor(round(middle.timestamp() * 1000), f"aut_{size // 2:07}")
    return Search(cursor=place.encode(CatalogueQuery().scope))


def _costs(size: int, folder: Path) -> dict[str, float]:
    database = Database(folder / f"{size}.sqlite")
    automations, index = SqliteAutomations(database), SqliteCatalogueIndex(database)
    for automation in _listings(size):
        automations.add(automation)
    browse = browsing(index, automations)
    queries = {**QUERIES, "newest, from the middle": _deep(size)}
    costs = interleaved(
        {name: partial(browse, query) for name, query in queries.items()}, number=5, rounds=5
    )
    return {name: cost.median for name, cost in costs.items()}


def run() -> Table:
    """Fill stores of three sizes, ask each the same, and return the table."""
    with tempfile.TemporaryDirectory(dir=FAST_DISK if FAST_DISK.is_dir() else None) as folder:
        measured = {size: _costs(size, Path(folder)) for size in SIZES}
    table = Table(title="Catalogue on SQLite: CPU microseconds a page of 12 with facets, uncached")
    table.add_column("query")
    for size in SIZES:
        table.add_column(f"{size:,} listings", justify="right")
    table.add_column("largest / smallest", justify="right")
    for name in measured[SIZES[0]]:
        costs = [measured[size][name] for size in SIZES]
        table.add_row(name, *(f"{cost:.0f}" for cost in costs), f"{costs[-1] / costs[0]:.1f}")
    return table
