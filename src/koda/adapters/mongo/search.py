"""The catalogue's questions as MongoDB's.

Browsing reads one index in the order of the page and stops at its end. Counting reads the keys of
one index, and no documents, unless words are asked for. Words are looked up in an index of the
folded words of each listing, the last one as a range of all that begin with it; what they find is
sorted in memory. Nothing is a pattern, so that no letter has a meaning of its own.
"""

from typing import Any

from attrs import frozen

from koda.adapters.mongo.database import Document
from koda.adapters.mongo.indexes import ON_SALE, TERMS, browsing_index
from koda.adapters.mongo.keyset import behind
from koda.domain.model.automations import Automation
from koda.domain.model.catalogue import CatalogueQuery, Sort, terms_of
from koda.domain.model.timestamps import to_milliseconds

_PLACES = {Sort.NEWEST: "listed", Sort.PRICE_ASC: "price", Sort.PRICE_DESC: "price"}
_NEWEST = CatalogueQuery(sort=Sort.NEWEST)
_LAST = "\U0010ffff"
"""The last character there is, which is in no word: words are of letters and digits."""


@frozen
class Question:
    """What `find` is asked: the conditions, the order, and the index to read."""

    wanted: Document
    order: tuple[tuple[str, int], ...]
    index: str


def keys_of(automation: Automation) -> Document:
    """What is asked of an automation beside its own fields; only date and files unless on sale."""
    keys: Document = {
        "created": to_milliseconds(automation.created_at),
        "files": sorted(automation.file_keys),
    }
    if automation.for_sale:
        listing = automation.listing
        keys |= {
            "sale": True,
            "listed": _NEWEST.sort_value(automation),
            "price": listing.price.minor,
            "currency": listing.price.currency,
            "platform": listing.platform,
            "category": listing.category,
            "tags": list(listing.tags),
            "terms": sorted(terms_of(listing)),
        }
    return keys


def page(query: CatalogueQuery) -> Question:
    """What to ask for a page and one more listing, if there is one."""
    place = _PLACES[query.sort]
    field, descending = f"keys.{place}", query.sort.descending
    direction = -1 if descending else 1
    return Question(
        {
            **_free(query),
            **_chosen(query),
            **behind(field, query.after, descending=descending),
        },
        ((field, direction), ("_id", direction)),
        _index(query, place),
    )


def counting(query: CatalogueQuery) -> tuple[list[dict[str, Any]], str]:
    """The pipeline that counts each platform and category, and the index to read."""
    group = {"platform": "$keys.platform", "category": "$keys.category"}
    index = TERMS if query.words else browsing_index(("tags",) if query.tag else (), "price")
    return [{"$match": _free(query)}, {"$group": {"_id": group, "count": {"$sum": 1}}}], index


def _index(query: CatalogueQuery, place: str) -> str:
    if query.words:
        return TERMS
    if query.tag is not None:
        return browsing_index(("tags",), place)
    return browsing_index(tuple(field.removeprefix("keys.") for field in _chosen(query)), place)


def _free(query: CatalogueQuery) -> Document:
    """The listings that match words, tag and price."""
    wanted: Document = dict(ON_SALE)
    if query.words:
        *whole, beginning = query.words
        starting = {"$gte": beginning, "$lt": beginning + _LAST}
        # Both of one element: an array would otherwise match with one element each.
        wanted["keys.terms"] = {"$elemMatch": starting} | ({"$all": whole} if whole else {})
    if query.tag is not None:
        wanted["keys.tags"] = query.tag
    bounds = {"$gte": query.min_price, "$lte": query.max_price}
    given = {operator: price for operator, price in bounds.items() if price is not None}
    return wanted | ({"keys.price": given} if given else {})


def _chosen(query: CatalogueQuery) -> Document:
    wanted = {}
    if query.platform is not None:
        wanted["keys.platform"] = query.platform
    if query.category is not None:
        wanted["keys.category"] = query.category
    return wanted
