"""The public catalogue: what is asked of it and what it answers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

from attrs import evolve, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.listings import Listing
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.paging import Cursor
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import sentence
from koda.domain.model.tags import TAG_LENGTH, normal_tag
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.validation import (
    NAME_LENGTH,
    Problems,
    check_text,
    choice,
    normal_name,
    spelled,
)

MOST_WORDS = 10
LONGEST_SEARCH = 200


class Sort(StrEnum):
    """The order of the catalogue; ties fall by id, in the same direction."""

    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"

    @property
    def descending(self) -> bool:
        """Whether larger sort values come first."""
        return self is not Sort.PRICE_ASC


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of `text` in order: no case, no accents, letters and digits only."""
    # Twice, since some letters show their case only once they are taken apart.
    once = unicodedata.normalize("NFKD", text.casefold())
    bare = unicodedata.normalize("NFKD", once.casefold())
    letters = "".join(character for character in bare if not unicodedata.combining(character))
    return tuple(re.findall(r"[^\W_]+", letters))


def terms_of(listing: Listing) -> frozenset[str]:
    """The words under which a listing is found: of its title, description and tags."""
    return frozenset(words_of(" ".join((listing.title, listing.description, *listing.tags))))


def searched_words(text: str) -> tuple[str, ...]:
    """The words in what a visitor typed; raises `InvalidValue` if it is too much."""
    check_text("q", text, 0, LONGEST_SEARCH)
    words = words_of(text)
    if len(words) > MOST_WORDS:
        raise InvalidValue(
            "q", sentence("must have at most {most_words} words", most_words=MOST_WORDS)
        )
    return words


def searched_tag(text: str) -> str:
    """The tag that a visitor asked for, normalised; raises `InvalidValue` if it cannot be one."""
    tag = normal_tag(text)
    check_text("tag", tag, *TAG_LENGTH)
    return tag


@frozen(kw_only=True)
class CatalogueQuery:
    """Which published automations, in which order, from where.

    Every word of `words` must be among a listing's terms, the last one at least as the beginning
    of a term. Prices in minor units, both ends included.
    """

    words: tuple[str, ...] = ()
    platform: str | None = None
    category: str | None = None
    tag: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    sort: Sort = Sort.NEWEST
    limit: int = 12
    after: Cursor | None = None

    def __attrs_post_init__(self) -> None:
        lowest, highest = self.min_price, self.max_price
        for name, price in (("min_price", lowest), ("max_price", highest)):
            if price is not None and (type(price) is not int or not 0 <= price <= LARGEST_MINOR):
                raise InvalidValue(name, sentence("must be a whole number of minor units"))
        if lowest is not None and highest is not None and lowest > highest:
            raise InvalidValue("min_price", sentence("must not be above the highest price"))

    @property
    def scope(self) -> str:
        """What a cursor of this query is bound to: everything but the place and the page size."""
        prices = f"{self.min_price}-{self.max_price}"
        chosen = f"{self.platform!r}:{self.category!r}:{self.sort}:{prices}:{self.tag!r}"
        return f"catalogue:{chosen}:{' '.join(self.words)}"

    @property
    def key(self) -> str:
        """A text that is the same for the same question, place and page size."""
        place = f"{self.after.value}:{self.after.id}" if self.after else ""
        return f"{self.scope}:{self.limit}:{place}"

    def sort_value(self, automation: Automation) -> int:
        """What the query's order compares: the price, or the moment of publication in ms."""
        if self.sort is Sort.NEWEST:
            published = automation.published_at or automation.created_at
            return to_milliseconds(published)
        return automation.listing.price.minor

    def matches_freely(self, automation: Automation) -> bool:
        """Whether words, tag and price fit, whatever platform and category are asked for."""
        listing = automation.listing
        if not automation.for_sale or (self.tag is not None and self.tag not in listing.tags):
            return False
        if self.min_price is not None and listing.price.minor < self.min_price:
            return False
        if self.max_price is not None and listing.price.minor > self.max_price:
            return False
        return not self.words or self._found_in(terms_of(listing))

    def _found_in(self, terms: frozenset[str]) -> bool:
        *whole, beginning = self.words
        return terms.issuperset(whole) and any(term.startswith(beginning) for term in terms)

    def fits(self, platform: str, category: str) -> bool:
        """Whether the platform and category are those asked for."""
        return self.platform in (None, platform) and self.category in (None, category)


@frozen(kw_only=True)
class Search:
    """What a visitor asks of the catalogue, as they sent it; empty text asks for nothing.

    Prices in minor units of the marketplace's currency, both ends included.
    """

    q: str = ""
    platform: str = ""
    category: str = ""
    tag: str = ""
    min_price: int | None = None
    max_price: int | None = None
    sort: str = Sort.NEWEST.value
    limit: int | None = None
    cursor: str = ""

    def query(self, policy: Policy) -> CatalogueQuery:
        """Read what was sent.

        Raises:
            InvalidForm: at least one parameter is not allowed.
            InvalidValue: a cursor of another query, or price bounds that leave nothing.
        """
        problems = Problems()
        query = CatalogueQuery(
            words=problems.collect(searched_words, self.q),
            platform=problems.collect(
                _searched_name, "platform", policy.platform_names, self.platform
            ),
            category=problems.collect(_searched_name, "category", policy.categories, self.category),
            tag=problems.collect(searched_tag, self.tag) if self.tag else None,
            min_price=self.min_price,
            max_price=self.max_price,
            sort=problems.collect(choice, "sort", Sort, self.sort) if self.sort else Sort.NEWEST,
            limit=problems.collect(policy.limit, self.limit),
        )
        problems.check()
        if not self.cursor:
            return query
        return evolve(query, after=Cursor.decode(self.cursor, query.scope))


def _searched_name(field: str, names: Iterable[str], text: str) -> str | None:
    """The platform or category that a visitor asked for, if any: one of `names`, or as it is said.

    Listings may be of what the marketplace has no longer.
    """
    if not text:
        return None
    name = normal_name(text)
    check_text(field, name, *NAME_LENGTH)
    return spelled(name, names) or name


@frozen
class Facets:
    """How many listings each choice of platform and category would leave.

    A count of a platform honours every other filter of the query, and so does that of a category.
    """

    platforms: Mapping[str, int]
    categories: Mapping[str, int]

    @classmethod
    def of(cls, query: CatalogueQuery, groups: Iterable[tuple[str, str, int]]) -> "Facets":
        """Add up `groups`: how many listings of each pair match the words, tag and price."""
        platforms: Counter[str] = Counter()
        categories: Counter[str] = Counter()
        for platform, category, count in groups:
            if query.category in (None, category):
                platforms[platform] += count
            if query.platform in (None, platform):
                categories[category] += count
        return cls(+platforms, +categories)

    def in_order(self, policy: Policy) -> "Facets":
        """The same in the policy's order, then by name what listings are of beside that."""
        return Facets(
            _in_order(self.platforms, policy.platform_names),
            _in_order(self.categories, policy.categories),
        )

    def without(self, others: "Facets") -> "Facets":
        """What is left once `others`, which are among these, are taken away."""
        return Facets(
            dict(Counter(self.platforms) - Counter(others.platforms)),
            dict(Counter(self.categories) - Counter(others.categories)),
        )


def _in_order(counts: Mapping[str, int], names: Iterable[str]) -> Mapping[str, int]:
    ordered = dict.fromkeys((*names, *sorted(counts)))
    return {name: counts[name] for name in ordered if name in counts}


def pair_of(automation: Automation) -> tuple[str, str]:
    """The platform and the category under which an automation is counted."""
    return automation.listing.platform, automation.listing.category


@frozen
class CataloguePage:
    """One page of listings, the place behind it if there are more, and the facets of all."""

    items: tuple[Automation, ...]
    next_place: Cursor | None
    facets: Facets


@frozen
class CatalogueEntry:
    """A listing as visitors see it in the catalogue."""

    automation: Automation
    seller_name: str


@frozen
class Catalogue:
    """A page of the catalogue as visitors see it."""

    entries: tuple[CatalogueEntry, ...]
    next_cursor: str | None
    facets: Facets
