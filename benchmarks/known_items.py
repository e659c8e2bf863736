"""How well a search finds what somebody knows: `python -m benchmarks.known_items [LISTINGS.json]`.

The file holds a list of objects with `title` and `description`, and perhaps `asked`: a list of what
people who look for it may type. Without a file, listings are made up. Each query is made of a
listing, and is a hit if that is among the first 12.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path

from attrs import define
from rich.console import Console
from rich.table import Table

from benchmarks.made_listings import Listings, Told
from koda.adapters.memory.automations import MemoryAutomations
from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
from koda.adapters.sqlite.database import Database
from koda.domain.model.automations import Automation
from koda.domain.search.catalogue import Search
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue
from koda.testing.examples import NOON, a_listing, an_automation
from tests.support.browsing import browsing

MADE, QUERIES = 2_500, 200
_WORDS = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
Store = Callable[[Iterable[Automation]], BrowseCatalogue]
Ask = Callable[[random.Random, Told], str]


def three_words(chance: random.Random, listing: Told) -> str:
    """Three words of the title, in their order."""
    words = _long_words(listing.title)
    chosen = sorted(chance.sample(range(len(words)), min(_WORDS, len(words))))
    return " ".join(words[place] for place in chosen)


def mistyped(chance: random.Random, listing: Told) -> str:
    """The same with one mistake in its longest word."""
    return _with_mistake(chance, three_words(chance, listing))


def beginning(chance: random.Random, listing: Told) -> str:
    """The same with the last word cut off."""
    *words, last = three_words(chance, listing).split()
    return " ".join((*words, last[: max(2, len(last) // 2)]))


def another_order(chance: random.Random, listing: Told) -> str:
    """The same from the last to the first."""
    return " ".join(reversed(three_words(chance, listing).split()))


def asked_for(chance: random.Random, listing: Told) -> str:
    """What somebody may type, as the file says."""
    return chance.choice(listing.asked)


def asked_for_mistyped(chance: random.Random, listing: Told) -> str:
    """The same with one mistake in its longest word."""
    return _with_mistake(chance, asked_for(chance, listing))


def described(chance: random.Random, listing: Told) -> str:
    """Two words of the title, and two of the description."""
    of_title = three_words(chance, listing).split()[:2]
    words = _long_words(listing.description)
    return " ".join((*of_title, *chance.sample(words, min(2, len(words)))))


ASKED: Mapping[str, Ask] = {
    "three words of the title": three_words,
    "with one mistake": mistyped,
    "the last a beginning": beginning,
    "in another order": another_order,
    "of title and description": described,
}
ASKED_FOR: Mapping[str, Ask] = {
    "as somebody may ask": asked_for,
    "the same with one mistake": asked_for_mistyped,
}
"""Queries of listings of which the file says what may be typed."""


@define
class Found:
    """What became of the queries of one kind; `seconds` are those of each."""

    hits: int
    empty: int
    seconds: list[float]


def told_in(path: str | None) -> list[Told]:
    """The listings of a file, or made-up ones."""
    if path is None:
        return list(islice(Listings(), MADE))
    rows = json.loads(Path(path).read_text(encoding="utf-8"))
    return [
        Told(" ".join(row["title"].split()), row["description"], tuple(row.get("asked", ())))
        for row in rows
    ]


def automations(listings: Iterable[Told]) -> Iterator[Automation]:
    """The listings, put up for sale a minute apart."""
    for number, told in enumerate(listings):
        at = NOON + timedelta(minutes=number)
        listing = a_listing(
            title=told.title[:100], description=told.description[:2000].ljust(20, "."), tags=()
        )
        yield an_automation(f"aut_{number:07}", listing=listing, created_at=at, published_at=at)


@contextmanager
def in_memory(listed: Iterable[Automation]) -> Iterator[BrowseCatalogue]:
    """A catalogue in memory."""
    index = MemoryCatalogueIndex()
    kept = MemoryAutomations(index=index)
    for automation in listed:
        kept.add(automation)
    yield browsing(index, kept)


@contextmanager
def on_sqlite(listed: Iterable[Automation]) -> Iterator[BrowseCatalogue]:
    """A catalogue in an SQLite file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(Path(folder) / "koda.sqlite")) as database,
    ):
        kept = SqliteAutomations(database)
        for automation in listed:
            kept.add(automation)
        yield browsing(SqliteCatalogueIndex(database), kept)


def measured(browse: BrowseCatalogue, listings: list[Told], ask: Ask) -> Found:
    """Ask for some of the listings."""
    chance, found = random.Random(1), Found(0, 0, [])  # noqa: S311 - queries, not secrets
    needed = ask in ASKED_FOR.values()
    numbers = [number for number, told in enumerate(listings) if told.asked or not needed]
    for number in chance.sample(numbers, min(QUERIES, len(numbers))):
        query = ask(chance, listings[number])
        begun = time.perf_counter()
        answer = browse(Search(q=query[:200]))
        found.seconds.append(time.perf_counter() - begun)
        ids = [entry.automation.id for entry in answer.entries]
        found.hits += f"aut_{number:07}" in ids
        found.empty += not ids
    return found


def run(path: str | None = None) -> Table:
    """Ask each store the same, and return the table."""
    listings = told_in(path)
    kinds = {**ASKED, **(ASKED_FOR if any(told.asked for told in listings) else {})}
    table = Table(title=f"Known items in {len(listings):,} listings: found in the first 12")
    for column in ("store", "query", "found", "empty", "median ms"):
        table.add_column(column)
    for name, store in (("memory", in_memory), ("SQLite", on_sqlite)):
        with store(automations(listings)) as browse:
            for asked, ask in kinds.items():
                found = measured(browse, listings, ask)
                count, median = len(found.seconds), statistics.median(found.seconds) * 1000
                rates = f"{found.hits / count:.1%}", f"{found.empty / count:.1%}"
                table.add_row(name, asked, *rates, f"{median:.1f}")
    return table


def _long_words(text: str) -> list[str]:
    """The words that say something, or all if none does."""
    words = [word.strip(".,;:!?()\"'") for word in text.split()]
    return [word for word in words if len(word) > _WORDS] or [word for word in words if word]


def _with_mistake(chance: random.Random, text: str) -> str:
    """A text with one mistake in its longest word."""
    words = text.split()
    place = max(range(len(words)), key=lambda number: len(words[number]))
    words[place] = _mistyped(chance, words[place])
    return " ".join(words)


def _mistyped(chance: random.Random, word: str) -> str:
    place = chance.randrange(1, max(len(word) - 1, 2))
    before, letter, after = word[:place], word[place : place + 1], word[place + 1 :]
    return chance.choice(
        (
            before + after,
            before + chance.choice(_LETTERS) + after,
            before + letter + letter + after,
            before + after[:1] + letter + after[1:],
        )
    )


if __name__ == "__main__":
    Console(width=110).print(run(*sys.argv[1:2]))
