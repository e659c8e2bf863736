"""What visitors ask of a catalogue of made-up listings: questions of many kinds."""

import random
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from attrs import evolve, frozen

from benchmarks.catalogues import EVERYWHERE, HIGHEST, LOWEST, SELLERS, TAGS, FilledStore
from benchmarks.made_listings import Listings
from benchmarks.made_reports import Reports
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.platforms import CATEGORIES, PLATFORMS
from koda.domain.search.catalogue import Search
from koda.domain.usecases.catalogue.browse_catalogue import BrowseCatalogue

_PAGES = 99
"""The pages before the hundredth; a search by relevance ends before it."""
_DEEP = 10
"""Different questions of which the hundredth page is asked for."""
_FREQUENT = 100
_NUMBERS = {"two": 2, "three": 3, "six": 6, "ten": 10}
_BEGINNINGS = range(1, 13)
_NARROW, _WIDE = (HIGHEST - LOWEST) // 1000, (HIGHEST - LOWEST) // 5
_PLATFORMS = tuple(platform.name for platform in PLATFORMS)
_REPORTS = Reports.of(Listings())
Ask = Callable[[random.Random], Search]


@frozen
class Questions:
    """Draws questions to a filled store, the same ones every time."""

    store: FilledStore
    browse: BrowseCatalogue

    def drawn(self, number: int) -> Iterator[tuple[str, list[Search]]]:
        """Yield the name of each kind, and so many questions of it."""
        words = _Words(Listings(), self.store)
        plain = {**_FILTERED, **words.alone(), **words.together(), **words.narrowed()}
        for name, ask in plain.items():
            chance = random.Random(name)  # noqa: S311 - questions, not secrets
            yield name, [ask(chance) for _ in range(number)]
        for name, ask in words.deep().items():
            chance = random.Random(name)  # noqa: S311 - questions, not secrets
            deep = [self._behind(ask(chance)) for _ in range(min(_DEEP, number))]
            yield name, (deep * -(-number // _DEEP))[:number]

    def _behind(self, search: Search) -> Search:
        """The hundredth page of what is asked for, or its last one if it has fewer."""
        for _ in range(_PAGES):
            cursor = self.browse(search).next_cursor
            if cursor is None:
                break
            search = evolve(search, cursor=cursor)
        return search


@frozen
class _Words:
    """Questions with words, each as likely as it is in a listing."""

    listings: Listings
    store: FilledStore

    def alone(self) -> Mapping[str, Ask]:
        """One word, or its beginning."""
        words = self.listings.words
        begun = {
            f"beginning of {letters}": partial(self._begun, letters) for letters in _BEGINNINGS
        }
        return {
            "rare word": lambda chance: Search(q=chance.choice(words[len(words) // 2 :])),
            "frequent word": lambda chance: Search(q=chance.choice(words[:_FREQUENT])),
            "word of every listing": lambda _: Search(q=EVERYWHERE),
            **begun,
        }

    def together(self) -> Mapping[str, Ask]:
        """Several words, of a listing, or that may meet nowhere."""
        asked = {"of a listing": self._of_a_listing, "at random": self._at_random}
        return {
            f"{name} words {source}": partial(ask, number)
            for source, ask in asked.items()
            for name, number in _NUMBERS.items()
        }

    def narrowed(self) -> Mapping[str, Ask]:
        """A word and something else."""
        return {
            "word, cheapest": self._with(_sorted("price_asc")),
            "word and price range": self._with(_priced(_WIDE)),
            "word and narrow range": self._with(_priced(_NARROW)),
            "word and three filters": self._with(_three_filters),
        }

    def deep(self) -> Mapping[str, Ask]:
        """Those of which a page far behind is asked for."""
        return {
            "page 100, newest": _sorted("newest"),
            "page 100, cheapest": _sorted("price_asc"),
            "page 100 of a word, newest": self._with(_sorted("newest")),
            "page 100 of a word, cheapest": self._with(_sorted("price_asc")),
            "last page by relevance": partial(self._at_random, 2),
        }

    def _with(self, ask: Ask) -> Ask:
        return lambda chance: evolve(ask(chance), q=self._at_random(1, chance).q)

    def _at_random(self, number: int, chance: random.Random) -> Search:
        words = chance.choices(self.listings.words, cum_weights=self.listings.shares, k=number)
        return Search(q=" ".join(words))

    def _of_a_listing(self, number: int, chance: random.Random) -> Search:
        identity = AutomationId(f"aut_{chance.randrange(self.store.size):07}")
        words = self.store.automations.get(identity).listing.description.strip(".").split()
        return Search(q=" ".join(chance.sample(words, min(number, len(words)))))

    def _begun(self, letters: int, chance: random.Random) -> Search:
        while True:
            word = self._at_random(1, chance).q
            if len(word) >= letters:
                return Search(q=word[:letters])


def _sorted(order: str) -> Ask:
    return lambda _: Search(sort=order)


def _priced(width: int, order: str = "newest") -> Ask:
    def ask(chance: random.Random) -> Search:
        lowest = chance.randrange(LOWEST, HIGHEST - width)
        return Search(min_price=lowest, max_price=lowest + width, sort=order)

    return ask


def _three_filters(chance: random.Random) -> Search:
    tag = f"tag{chance.randrange(TAGS)}"
    return Search(platform=chance.choice(_PLATFORMS), category=chance.choice(CATEGORIES), tag=tag)


_FILTERED: Mapping[str, Ask] = {
    "newest": _sorted("newest"),
    "cheapest": _sorted("price_asc"),
    "a platform": lambda chance: Search(platform=chance.choice(_PLATFORMS)),
    "a category": lambda chance: Search(category=chance.choice(CATEGORIES)),
    "a tag": lambda chance: Search(tag=f"tag{chance.randrange(TAGS)}"),
    "a seller": lambda chance: Search(seller=f"user_{chance.randrange(SELLERS)}"),
    "an app": lambda chance: Search(apps=chance.choice(_REPORTS.apps)),
    "two apps": lambda chance: Search(apps=",".join(chance.sample(_REPORTS.apps[:_FREQUENT], 2))),
    "an app without AI or code": lambda chance: Search(
        apps=chance.choice(_REPORTS.apps), needs={"ai": "without", "code": "without"}
    ),
    "what needs no code": lambda _: Search(needs={"code": "without"}),
    "three filters": _three_filters,
    "wide price range, newest": _priced(_WIDE),
    "wide price range, cheapest": _priced(_WIDE, "price_asc"),
    "narrow price range, newest": _priced(_NARROW),
    "narrow price range, cheapest": _priced(_NARROW, "price_asc"),
}
