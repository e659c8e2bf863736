"""What a full catalogue cache costs a process: its memory, and how long requests then take."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from wsgiref.types import WSGIApplication

from attrs import define
from rich.table import Table

from benchmarks.scenarios import stage
from benchmarks.web import Asked, caller
from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.worker import settle

SEARCHES = 3000
"""Different ones, each over the API and as a page, every one of which finds twelve listings."""
REQUESTS = 20_000
CACHED = "/api/v1/automations"
MEBIBYTE = 1024**2


@define
class Pauses:
    """How long Python's collector stopped this process, in milliseconds."""

    longest: float = 0.0
    _began_at: float = 0.0

    def __call__(self, phase: str, _: Any) -> None:
        """Take the time of a collection."""
        if phase == "start":
            self._began_at = time.perf_counter()
        else:
            self.longest = max(self.longest, (time.perf_counter() - self._began_at) * 1000)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch for as long as the block runs."""
        gc.callbacks.append(self)
        try:
            yield
        finally:
            gc.callbacks.remove(self)


def run() -> Table:
    """Measure an empty and a full cache, and return the table."""
    table = Table(
        title=f"The cached catalogue over the API, {REQUESTS} requests in turn with others"
    )
    for heading in ("cache", "p50, ms", "p99, ms", "slowest, ms", "longest collection, ms", "MiB"):
        table.add_column(heading, justify="left" if heading == "cache" else "right")
    with TemporaryDirectory() as folder:
        application = _application(Path(folder))
        for name, searches in (("empty", 0), (f"after {SEARCHES} searches", SEARCHES)):
            for path in _different(searches):
                caller(application, Asked(path))()
            table.add_row(name, *_measured(application), f"{_resident():.0f}")
    return table


def _application(folder: Path) -> WSGIApplication:
    """A site whose listings lie in a file, so that each answer is made of objects of its own."""
    database = Database(folder / "koda.sqlite")
    cache = MemoryCatalogueCache(timedelta(minutes=5), room=Settings().cache_bytes)
    listed, index = SqliteAutomations(database), SqliteCatalogueIndex(database)
    limiter = MemoryRateLimiter({})
    on = stage(automations=listed, catalogue_index=index, cache=cache, rate_limiter=limiter)
    application = create_app(on.market.container)
    settle()
    return application


def _different(number: int) -> Iterator[str]:
    for price in range(number):
        yield f"{CACHED}?max_price={2000 + price}"
        yield f"/?max_price={20 + price / 100:.2f}"


def _measured(application: WSGIApplication) -> Iterator[str]:
    """The times of the cached answer, while others make objects that the collector looks at."""
    cached = caller(application, Asked(CACHED))
    other = caller(application, Asked(f"{CACHED}/nothing", status=404))
    pauses, times = Pauses(), []
    with pauses.watched():
        for call in islice(cycle((cached, other)), REQUESTS):
            began_at = time.perf_counter()
            call()
            times.append((time.perf_counter() - began_at) * 1000)
        gc.collect()
    cuts = quantiles(times[::2], n=100)
    yield from (f"{figure:.2f}" for figure in (cuts[49], cuts[98], max(times), pauses.longest))


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / MEBIBYTE
