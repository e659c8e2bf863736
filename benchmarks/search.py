"""What searching costs as the catalogue grows: `python -m benchmarks.search [SIZES...]`.

Each question is asked twice, uncached, and the shorter time counts: that of this thread on the CPU,
since the SQLite file lies in memory. With `KODA_TEST_MONGO_URI`, that server is asked instead, and
what passes until it answers is counted.
"""

import os
import statistics
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice

from attrs import frozen
from rich.console import Console
from rich.table import Table

from benchmarks.catalogues import FilledStore, for_sale, on_mongo, on_sqlite
from benchmarks.made_listings import Listings
from benchmarks.searches import Questions
from koda.domain.model.automations import Automation
from tests.support.browsing import browsing

SIZES = (1_000, 10_000)
_QUESTIONS, _TIMES = 200, 2


@frozen
class Measured:
    """Milliseconds that answers of each kind took, in their order, and bytes of each table."""

    times: Mapping[str, list[float]]
    room: Mapping[str, int]


def measured(store: FilledStore, more: Iterator[Automation]) -> Measured:
    """Ask a store questions of each kind, and then add more to it."""
    browse = browsing(store.index, store.automations)
    times = {
        name: [
            min(_milliseconds(store.clock, partial(browse, search)) for _ in range(_TIMES))
            for search in searches
        ]
        for name, searches in Questions(store, browse).drawn(_QUESTIONS)
    }
    times["adding a listing"] = [
        _milliseconds(store.clock, partial(store.automations.add, automation))
        for automation in islice(more, _QUESTIONS)
    ]
    return Measured(times, store.room())


def run(sizes: tuple[int, ...] = SIZES) -> Table:
    """Fill a store of each size, ask all the same, and return the table."""
    uri = os.environ.get("KODA_TEST_MONGO_URI")
    name, store_of = ("MongoDB", partial(on_mongo, uri)) if uri else ("SQLite", on_sqlite)
    results: dict[int, Measured] = {}
    for size in sizes:
        listed = for_sale(Listings())
        with store_of(listed, size) as store:
            results[size] = measured(store, listed)
    table = Table(title=f"Searching on {name}: milliseconds a page with facets, uncached")
    table.add_column("question")
    for size in sizes:
        table.add_column(f"{size:,}: median", justify="right")
        table.add_column("worst", justify="right")
    table.add_column("median, last / first", justify="right")
    for kind in results[sizes[0]].times:
        times = [result.times[kind] for result in results.values()]
        medians = [statistics.median(of_size) for of_size in times]
        figures = (
            f"{figure:.2f}"
            for median, of_size in zip(medians, times, strict=True)
            for figure in (median, max(of_size))
        )
        table.add_row(kind, *figures, f"{medians[-1] / medians[0]:.1f}")
    for kept in results[sizes[-1]].room:
        rooms = (f"{result.room.get(kept, 0) / size:.0f}" for size, result in results.items())
        table.add_row(f"{kept}, bytes a listing", *(text for room in rooms for text in (room, "")))
    return table


def _milliseconds(clock: Callable[[], float], call: Callable[[], object]) -> float:
    begun = clock()
    call()
    return (clock() - begun) * 1000


if __name__ == "__main__":
    Console(width=130).print(run(tuple(map(int, sys.argv[1:])) or SIZES))
