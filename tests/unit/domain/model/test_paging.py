import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.paging import LARGEST_VALUE, Cursor, ListPage, Page, every
from tests.support.strategies import identifiers

values = st.integers(-LARGEST_VALUE + 1, LARGEST_VALUE - 1)


def forged(*parts: Any, scope: str = "list") -> str:
    """A cursor made by hand, with the right mark of `scope`."""
    own = Cursor(1, "a").encode(scope)
    mark = json.loads(base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)))[0]
    body = json.dumps([mark, *parts])
    return base64.urlsafe_b64encode(body.encode()).decode()


@given(values, identifiers, st.text())
def test_encoded_cursor_reads_back(value: int, last: str, scope: str) -> None:
    """What `encode` wrote, `decode` reads for the same list."""
    cursor = Cursor(value, last)

    assert cursor == Cursor.decode(cursor.encode(scope), scope)


@given(values, identifiers)
def test_cursor_is_safe_in_an_address(value: int, last: str) -> None:
    """EmailRenderer, digits, minus and underscore only."""
    assert Cursor(value, last).encode("list").replace("-", "").replace("_", "").isalnum()


def test_cursor_of_another_list_is_refused() -> None:
    """A cursor is bound to its list."""
    with pytest.raises(InvalidValue, match="first page"):
        Cursor.decode(Cursor(1, "a").encode("mine"), "yours")


@given(st.text(max_size=40))
def test_any_other_text_is_refused(text: str) -> None:
    """What nobody encoded is `InvalidValue`, never another error."""
    with pytest.raises(InvalidValue):
        Cursor.decode(text, "list")


@pytest.mark.parametrize(
    "parts",
    [
        (True, "a"),
        (1.5, "a"),
        ("1", "a"),
        (LARGEST_VALUE, "a"),
        (-LARGEST_VALUE, "a"),
        (1, ""),
        (1, "a" * 129),
        (1, "\ud800"),
        (1, "a\0"),
        (1, 2),
        (1, None),
        (1,),
        (1, "a", "b"),
    ],
)
def test_hand_made_cursors_are_refused(parts: tuple[object, ...]) -> None:
    """The right mark alone does not let an odd value or id reach a store."""
    with pytest.raises(InvalidValue):
        Cursor.decode(forged(*parts), "list")


def test_right_parts_pass() -> None:
    """A cursor is opaque, not secret: the right parts are one."""
    assert Cursor(1, "aut_1") == Cursor.decode(forged(1, "aut_1"), "list")


@pytest.mark.parametrize("text", ["W10", "e30", "bnVsbA", "Kg", "A" * 501, "\xe9", "=", "[" * 400])
def test_encoded_nonsense_is_refused(text: str) -> None:
    """Other JSON, no JSON, and text that is too long."""
    with pytest.raises(InvalidValue):
        Cursor.decode(text, "list")


def test_deep_nesting_is_refused() -> None:
    """JSON that is nested as deeply as a cursor allows is no cursor."""
    with pytest.raises(InvalidValue):
        Cursor.decode(base64.urlsafe_b64encode(b"[" * 370).decode().rstrip("="), "list")


def test_page_keeps_its_cursor_when_its_items_change() -> None:
    """`with_items` shows the same page as other things."""
    assert ListPage(("a",), "next") == ListPage((1,), "next").with_items(("a",))


def test_page_of_a_store_becomes_one_of_a_list() -> None:
    """Its place is a cursor of that list, and of no other; behind the last page there is none."""
    place = Cursor(7, "aut_1")
    page = Page((1,), place).in_list("mine")

    assert Cursor.decode(page.next_cursor or "", "mine") == place
    with pytest.raises(InvalidValue):
        Cursor.decode(page.next_cursor or "", "another's")
    assert Page((1,)).in_list("mine") == ListPage((1,))


def test_every_item_is_read_page_by_page() -> None:
    """Each page begins behind the one before; the first has no place."""
    items = [1, 2, 3, 4, 5]
    asked: list[Cursor | None] = []

    def read(after: Cursor | None) -> Page[int]:
        asked.append(after)
        start = after.value if after else 0
        behind = start + 2
        following = Cursor(behind, "x") if behind < len(items) else None
        return Page(tuple(items[start:behind]), following)

    assert list(every(read)) == items
    assert asked == [None, Cursor(2, "x"), Cursor(4, "x")]
