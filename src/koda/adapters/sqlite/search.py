"""The catalogue's questions as SQL.

Browsing reads one index in the order of the page and stops at its end; words go through the text
index first. A statement is put together from constant parts, every value is bound.
"""

from typing import Any

from attrs import Factory, define

from koda.adapters.sqlite.terms import matching
from koda.domain.model.catalogue import CatalogueQuery, Sort

ALL_COUNTS = "SELECT platform, category, count FROM listing_counts WHERE count > 0"

PLACES = {Sort.NEWEST: "l.listed", Sort.PRICE_ASC: "l.price", Sort.PRICE_DESC: "l.price"}


@define
class Statement:
    """A source of listings `l`, and the conditions on them with their values."""

    source: str = "listings l"
    conditions: list[str] = Factory(list)
    values: list[Any] = Factory(list)

    def add(self, condition: str, *values: Any) -> None:
        """Narrow it down."""
        self.conditions.append(condition)
        self.values.extend(values)

    def select(self, columns: str, ending: str) -> str:
        """The SQL text."""
        clauses = ["SELECT", columns, "FROM", self.source]
        if self.conditions:
            clauses += ["WHERE", " AND ".join(self.conditions)]
        return " ".join([*clauses, ending])


def places(query: CatalogueQuery) -> tuple[str, list[Any]]:
    """Select number, place and id of a page's listings in order, and of one more if there is."""
    statement = _free(query)
    if query.platform is not None:
        statement.add("l.platform = ?", query.platform)
    if query.category is not None:
        statement.add("l.category = ?", query.category)
    place, descending = PLACES[query.sort], query.sort.descending
    if query.after is not None:
        comparison = "<" if descending else ">"
        statement.add(f"({place}, l.id) {comparison} (?, ?)", query.after.value, query.after.id)
    direction = "DESC" if descending else "ASC"
    order = f"ORDER BY {place} {direction}, l.id {direction} LIMIT ?"
    return statement.select(f"l.number, {place}, l.id", order), [*statement.values, query.limit + 1]


def counts(query: CatalogueQuery) -> tuple[str, list[Any]]:
    """Select how many listings of each platform and category match words, tag and price."""
    if (query.words, query.tag, query.min_price, query.max_price) == ((), None, None, None):
        return ALL_COUNTS, []
    statement = _free(query)
    return (
        statement.select("l.platform, l.category, count(*)", "GROUP BY l.platform, l.category"),
        statement.values,
    )


def _free(query: CatalogueQuery) -> Statement:
    """The listings that match words, tag and price."""
    statement = Statement()
    if query.words:
        # A cross join is SQLite's way to say which side is read first.
        statement.source = "listing_terms CROSS JOIN listings l ON l.number = listing_terms.rowid"
        statement.add("listing_terms MATCH ?", matching(query.words))
        if query.tag is not None:
            statement.add(
                "EXISTS (SELECT 1 FROM listing_tags t WHERE t.number = l.number AND t.tag = ?)",
                query.tag,
            )
    elif query.tag is not None:
        statement.source = "listing_tags l"
        statement.add("l.tag = ?", query.tag)
    if query.min_price is not None:
        statement.add("l.price >= ?", query.min_price)
    if query.max_price is not None:
        statement.add("l.price <= ?", query.max_price)
    return statement
