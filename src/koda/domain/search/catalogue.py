"""What is asked of the public catalogue."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from attrs import evolve, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.extras import Extra, ExtraField, read_extras
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.paging import Cursor
from koda.domain.model.policy import Policy
from koda.domain.model.reports import LONGEST_LISTED
from koda.domain.model.sentences import sentence
from koda.domain.model.tags import TAG_LENGTH, normal_tag
from koda.domain.model.validation import (
    NAME_LENGTH,
    Problems,
    check_text,
    choice,
    is_identifier,
    normal_name,
    spelled,
)
from koda.domain.search.entries import Wanted
from koda.domain.search.labels import (
    category_label,
    extra_label,
    kind_label,
    platform_label,
    seller_label,
)
from koda.domain.search.names import APPS, TAGS, apps_in
from koda.domain.search.needs import Need, Needed
from koda.domain.search.relevance import SearchCursor
from koda.domain.search.sought import QUOTES

LONGEST_SEARCH = 200
_WITHOUT_QUOTES = str.maketrans(dict.fromkeys(QUOTES, " "))
MOST_APPS = 5
"""Apps that a search may ask for at once."""
MOST_COUNTED = 2000
"""Listings that are counted exactly where nobody has counted them before."""


class Sort(StrEnum):
    """The order of the catalogue: with words by relevance if nothing else is asked for."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"


def _searched_text(text: str) -> str:
    """What a visitor typed, on one line; raises `InvalidValue` if it is too long."""
    check_text("q", text, 0, LONGEST_SEARCH)
    return " ".join(text.split())


def as_typed(text: str, corrected: Iterable[str] = ()) -> str:
    """What to look for so that nothing of `text` is corrected.

    Only the words that were `corrected` are quoted, if each of them stands in the text.
    """
    quoted = text
    for typed in corrected:
        alone = rf"(?<![\w{QUOTES}]){re.escape(typed)}(?![\w{QUOTES}])"
        quoted, times = re.subn(alone, lambda match: f'"{match[0]}"', quoted)
        if not times:
            quoted = text
            break
    if quoted != text and len(quoted) <= LONGEST_SEARCH:
        return quoted
    bare = " ".join(text.translate(_WITHOUT_QUOTES).split())
    return f'"{bare[: LONGEST_SEARCH - 2]}"'


def _searched_tag(text: str) -> str:
    """The tag that a visitor asked for, normalised; raises `InvalidValue` if it cannot be one."""
    tag = normal_tag(text)
    check_text("tag", tag, *TAG_LENGTH)
    return tag


def _searched_seller(text: str) -> UserId:
    """The seller whose listings a visitor asked for; raises `InvalidValue` if it is no id."""
    if not is_identifier(text):
        raise InvalidValue("seller", sentence("must be the id of a seller"))
    return UserId(text)


@frozen(kw_only=True)
class CatalogueQuery:
    """Which published automations, in which order, from where.

    Prices in minor units, both ends included; `extras` in the order of their names, `apps` and
    `needs` in that of their labels. A listing has all of the apps.
    """

    text: str = ""
    platform: str | None = None
    category: str | None = None
    tag: str | None = None
    seller: UserId | None = None
    apps: tuple[str, ...] = ()
    needs: tuple[Needed, ...] = ()
    extras: tuple[Extra, ...] = ()
    min_price: int | None = None
    max_price: int | None = None
    sort: Sort = Sort.NEWEST
    limit: int = 12
    after: Cursor | SearchCursor | None = None

    def __attrs_post_init__(self) -> None:
        lowest, highest = self.min_price, self.max_price
        for name, price in (("min_price", lowest), ("max_price", highest)):
            if price is not None and (type(price) is not int or not 0 <= price <= LARGEST_MINOR):
                raise InvalidValue(name, sentence("must be a whole number of minor units"))
        if lowest is not None and highest is not None and lowest > highest:
            raise InvalidValue("min_price", sentence("must not be above the highest price"))

    @property
    def filters(self) -> Wanted:
        """The listings that everything but the words lets through."""
        chosen = (
            *self._kind_labels(),
            self.tag and TAGS.label(self.tag),
            self.seller and seller_label(self.seller),
            *map(APPS.label, self.apps),
            *(needed.label for needed in self.needs),
            *(extra_label(extra.name, extra.text) for extra in self.extras),
        )
        return Wanted(
            labels=frozenset(label for label in chosen if label),
            min_price=self.min_price,
            max_price=self.max_price,
        )

    def _kind_labels(self) -> Iterator[str]:
        """What platform and category are asked for; fewer listings have the label of both."""
        if self.platform and self.category:
            yield kind_label(self.platform, self.category)
        elif self.platform:
            yield platform_label(self.platform)
        elif self.category:
            yield category_label(self.category)

    def without_extra(self, name: str) -> "CatalogueQuery":
        """The same without a filter by this extra field."""
        return evolve(self, extras=tuple(extra for extra in self.extras if extra.name != name))

    def without_app(self, name: str) -> "CatalogueQuery":
        """The same without a filter by this app."""
        return evolve(self, apps=tuple(app for app in self.apps if app != name))

    def without_need(self, need: Need) -> "CatalogueQuery":
        """The same without a filter by this need."""
        return evolve(self, needs=tuple(of for of in self.needs if of.need is not need))

    def with_less(self) -> "Iterator[CatalogueQuery]":
        """Yield the same without each of its filters, the last one first."""
        if self.filters.priced:
            yield evolve(self, min_price=None, max_price=None)
        less = (
            *(self.without_extra(extra.name) for extra in reversed(self.extras)),
            *(self.without_need(needed.need) for needed in reversed(self.needs)),
            *(self.without_app(app) for app in reversed(self.apps)),
            evolve(self, tag=None),
            evolve(self, seller=None),
            evolve(self, category=None),
            evolve(self, platform=None),
        )
        yield from (query for query in less if query != self)

    @property
    def scope(self) -> str:
        """What a cursor of this query is bound to: everything but the place and the page size."""
        prices = f"{self.min_price}-{self.max_price}"
        extras = [(extra.name, extra.text) for extra in self.extras]
        found_by = [*map(APPS.label, self.apps), *(needed.label for needed in self.needs)]
        chosen = (self.platform, self.category, self.tag, self.seller, *found_by, *extras)
        return f"catalogue:{self.sort}:{prices}:{chosen!r}:{self.text}"

    @property
    def key(self) -> str:
        """A text that is the same for the same question, place and page size."""
        place = self.after.encode(self.scope) if self.after else ""
        return f"{self.scope}:{self.limit}:{place}"


@frozen(kw_only=True)
class Search:
    """What a visitor asks of the catalogue, as they sent it; empty text asks for nothing.

    Prices in minor units of the marketplace's currency, both ends included. `apps` are names
    with commas between them; `needs` are values by the names of `Need`, and `extras` texts by those
    of the marketplace's own fields.
    """

    q: str = ""
    platform: str = ""
    category: str = ""
    tag: str = ""
    seller: str = ""
    apps: str = ""
    needs: Mapping[str, str] = field(factory=dict)
    extras: Mapping[str, str] = field(factory=dict)
    min_price: int | None = None
    max_price: int | None = None
    sort: str = ""
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
            text=problems.collect(_searched_text, self.q),
            platform=problems.collect(
                _searched_name, "platform", policy.platform_names, self.platform
            ),
            category=problems.collect(_searched_name, "category", policy.categories, self.category),
            tag=problems.collect(_searched_tag, self.tag) if self.tag else None,
            seller=problems.collect(_searched_seller, self.seller) if self.seller else None,
            apps=problems.collect(_searched_apps, self.apps),
            needs=problems.collect(_searched_needs, self.needs),
            extras=problems.collect(_searched_extras, policy.extras, self.extras),
            min_price=self.min_price,
            max_price=self.max_price,
            sort=problems.collect(_searched_sort, self.sort, self.q),
            limit=problems.collect(policy.limit, self.limit),
        )
        problems.check()
        if not self.cursor:
            return query
        kind = SearchCursor if query.text else Cursor
        return evolve(query, after=kind.decode(self.cursor, query.scope))


def _searched_name(field: str, names: Iterable[str], text: str) -> str | None:
    """The platform or category that a visitor asked for, if any: one of `names`, or as it is said.

    Listings may be of what the marketplace has no longer.
    """
    if not text:
        return None
    name = normal_name(text)
    check_text(field, name, *NAME_LENGTH)
    return spelled(name, names) or name


def _searched_apps(text: str) -> tuple[str, ...]:
    """The apps that a visitor asked for, each once; raises `InvalidValue` if they cannot be any."""
    apps = apps_in(text)
    if len(apps) > MOST_APPS:
        raise InvalidValue("apps", sentence("must be at most {most}", most=MOST_APPS))
    for name in apps:
        check_text("apps", name, 1, LONGEST_LISTED)
    return apps


def _searched_needs(typed: Mapping[str, str]) -> tuple[Needed, ...]:
    """The needs that a visitor asked for; raises `InvalidForm` with all that are none."""
    problems = Problems()
    asked = [(need, typed[need]) for need in Need if typed.get(need)]
    needs = tuple(problems.collect(Needed.read, need, text) for need, text in asked)
    problems.check()
    return needs


def _searched_extras(fields: Iterable[ExtraField], typed: Mapping[str, str]) -> tuple[Extra, ...]:
    """The extras that a visitor asked for; raises `InvalidForm` with all that no field takes."""
    declared = {known.name: known for known in fields}
    said = {
        name: declared[name].typed(text) if name in declared else text
        for name, text in typed.items()
    }
    return read_extras(declared.values(), said)


def _searched_sort(text: str, words: str) -> Sort:
    """The order that a visitor asked for; without words, nothing is relevant."""
    with_words = bool(words.strip())
    sort = choice("sort", Sort, text) if text else Sort.RELEVANCE
    return Sort.NEWEST if sort is Sort.RELEVANCE and not with_words else sort
