"""The labels of the catalogue's index: how MongoDB has them, and how it is asked for them.

All labels of an entry are one array of its document, so that one index serves every question. A
range over an index does not come in the order of the page; so the beginnings of words, up to eight
letters of them, are labels of their own behind a sign that no label begins with.
"""

from collections.abc import Iterable, Mapping

from koda.adapters.mongo.database import Document
from koda.adapters.mongo.indexes import ON_SALE
from koda.domain.model.automations import Automation
from koda.domain.search.entries import Wanted
from koda.domain.search.indexing import entry_of
from koda.domain.search.labels import TITLE, is_word

ALL = "A:"
"""The label that every entry has."""
_BEGUN = "^"
_LONGEST_BEGINNING = 8
LAST = "\U0010ffff"
"""The last character there is, which is in no word."""
_MANY = 2000
"""Entries of a label from which on a beginning is taken to be in fewer."""


def keys_of(automation: Automation) -> Document:
    """What the document of an automation has for the index: nothing unless it is for sale."""
    if not automation.for_sale:
        return {}
    entry = entry_of(automation)
    beginnings = {begun for label in entry.labels for begun in _beginnings(label)}
    return {
        **{name.removeprefix("keys."): value for name, value in ON_SALE.items()},
        "published": entry.published,
        "price": entry.price,
        "platform": str(entry.platform),
        "category": str(entry.category),
        "labels": sorted({ALL, *entry.labels, *beginnings}),
    }


def labels_in(keys: object) -> frozenset[str]:
    """The labels of the entry that a document has these keys for: none if they are damaged."""
    kept = keys.get("labels") if isinstance(keys, dict) else None
    labels = (label for label in kept if isinstance(label, str)) if isinstance(kept, list) else ()
    return frozenset(label for label in labels if label != ALL and not label.startswith(_BEGUN))


def conditions(wanted: Wanted, counts: Mapping[str, int]) -> list[Document]:
    """The conditions on the labels of what is wanted; the first label is the one to read by.

    `counts` are of the wanted labels. MongoDB reads an array's index by the first of several
    values, and looks at what it finds for the others.
    """
    labels = sorted(wanted.labels, key=lambda label: (counts.get(label, 0), label))
    begun = sorted(map(_indexed, filter(None, wanted.beginnings)), key=len, reverse=True)
    first_begun = not labels or counts.get(labels[0], 0) > _MANY
    equal = [*begun, *labels] if first_begun else [*labels, *begun]
    ranges = [
        {"keys.labels": {"$elemMatch": {"$gte": text, "$lt": text + LAST}}}
        for text in sorted(wanted.beginnings)
        if _is_long(text)
    ]
    # A single value keeps the plan of browsing simple: there is nothing to choose from.
    asked = equal[0] if len(equal) == 1 else {"$all": equal} if equal else ALL
    return [{"keys.labels": asked}, *ranges]


def _beginnings(label: str) -> Iterable[str]:
    """The beginnings of a word, or of a title's word, as they are indexed."""
    mark = "" if is_word(label) else TITLE
    if label.startswith(mark):
        for length in range(1, min(len(label) - len(mark), _LONGEST_BEGINNING) + 1):
            yield f"{_BEGUN}{label[: len(mark) + length]}"


def _indexed(beginning: str) -> str:
    """The label by which entries of a beginning are read."""
    mark = len(TITLE) if beginning.startswith(TITLE) else 0
    return f"{_BEGUN}{beginning[: mark + _LONGEST_BEGINNING]}"


def _is_long(beginning: str) -> bool:
    return len(beginning.removeprefix(TITLE)) > _LONGEST_BEGINNING
