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

LONGEST_CURSOR = 3000
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
        return written_cursor(scope, self.value, self.id)

    @classmethod
    def decode(cls, text: str, scope: str) -> "Cursor":
        """Read what `encode` wrote for the same `scope`.

        Raises:
            InvalidValue: anything else.
        """
        match read_cursor(text, scope):
            case [value, last]:
                return cls.of(value, last)
            case _:
                raise no_cursor()

    @classmethod
    def of(cls, value: object, last: object) -> "Cursor":
        """The place of a value and an id that were read; raises `InvalidValue`."""
        match value, last:
            case int(number), str(identity) if _fits(number, identity):
                return cls(number, identity)
            case _:
                raise no_cursor()


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


def written_cursor(scope: str, *parts: object) -> str:
    """Write the parts of a place, which JSON can hold, good for the list that `scope` names."""
    body = json.dumps([_mark(scope), *parts], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read_cursor(text: str, scope: str) -> list[object]:
    """The parts of a place that `written_cursor` wrote for the same `scope`, or else none."""
    match _load(text):
        case [str(mark), *parts] if mark == _mark(scope):
            return parts
        case _:
            return []


def no_cursor() -> InvalidValue:
    """What is said of a cursor that is none of its list."""
    return InvalidValue("cursor", sentence("is not one of this list; start from the first page"))


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
