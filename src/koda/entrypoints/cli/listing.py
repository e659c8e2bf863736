"""Lists that a command reads to their end, or as far as somebody wants them."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from koda.domain.model.paging import ListPage

Item = TypeVar("Item")


def every(read: Callable[[str | None], ListPage[Item]]) -> Iterator[Item]:
    """Yield every item of a list, whose page behind a cursor `read` returns."""
    cursor: str | None = None
    while True:
        page = read(cursor)
        yield from page.items
        cursor = page.next_cursor
        if cursor is None:
            return
