"""Lists read page by page, by key and never by offset."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Generic, TypeVar

from attrs import frozen

from koda.domain.model.digests import sha256_of
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import is_identifier

Item = TypeVar("Item")
Other = TypeVar("Other")

LONGEST_CURSOR = 500
LARGEST_VALUE = 2**53
"""Whole numbers up to here are exact in every JSON reader."""


@frozen
class ListPage(Generic[Item]):
    """Some items of a list for a caller, and the cursor of the next page if there is one."""

    items: tuple[Item, ...]
    next_cursor: str | None = None

    def with_items(self, items: "tuple[Other, ...]") -> "ListPage[Other]":
        """The same page of other things, one for each item."""
        return ListPage(items, self.next_cursor)


@frozen
class Cursor:
    """The place after an item in a sorted list: its sort value and its id.

    On the wire it is opaque text bound to the list by `scope`, so that a cursor of another query
    or a made-up one is refused.
    """

    value: int
    id: str

    def encode(self, scope: str) -> str:
        """The cursor as text, good for the list that `scope` names."""
        body = json.dumps([_mark(scope), self.value, self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, scope: str) -> "Cursor":
        """Read what `encode` wrote for the same `scope`.

        Raises:
            InvalidValue: anything else.
        """
        match _load(text):
            case [str(mark), int(value), str(last)] if mark == _mark(scope) and _fits(value, last):
                return cls(value, last)
            case _:
                raise InvalidValue(
                    "cursor", sentence("is not one of this list; start from the first page")
                )


@frozen
class Page(Generic[Item]):
    """Some items of a list as a store reads them, and the place behind them if there are more."""

    items: tuple[Item, ...]
    next_place: Cursor | None = None

    def in_list(self, scope: str) -> ListPage[Item]:
        """The page for a caller, with a cursor that is good for the list that `scope` names."""
        return ListPage(self.items, self.next_place.encode(scope) if self.next_place else None)


def every(read: Callable[[Cursor | None], Page[Item]]) -> Iterator[Item]:
    """Yield every item of a list, of which `read` returns the page behind a place, or the first."""
    page = read(None)
    yield from page.items
    while page.next_place is not None:
        page = read(page.next_place)
        yield from page.items


def _fits(value: int, last: str) -> bool:
    storable = is_identifier(last)
    return storable and type(value) is int and abs(value) < LARGEST_VALUE


def _load(text: str) -> Any:
    if len(text) > LONGEST_CURSOR:
        return None
    try:
        return json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None


def _mark(scope: str) -> str:
    return sha256_of(scope.encode())[:12]


def in_pages(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield all of `items`, in their order, in lists of `size` of them; the last may be shorter."""
    left = iter(items)
    while page := list(islice(left, size)):
        yield page
