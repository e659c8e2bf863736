import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.paging import LONGEST_CURSOR, Cursor
from koda.entrypoints.wiring.cursors import Cursors

OLD, NEW = b"o" * 32, b"n" * 32
CURSORS = Cursors((NEW, OLD))


@given(st.text(st.characters(codec="utf-8")))
def test_what_was_handed_out_is_read(cursor: str) -> None:
    """Whatever a store takes for a cursor."""
    assert CURSORS.read(CURSORS.signed(cursor)) == cursor


def test_nothing_remains_nothing() -> None:
    """There is no next page, and no cursor asks for the first."""
    assert CURSORS.signed(None) is None
    assert CURSORS.read(None) is None
    assert CURSORS.read("") is None


@given(st.text())
def test_what_was_never_handed_out_is_refused(text: str) -> None:
    """Be it a cursor without a signature, or anything."""
    for made_up in (text + "x", f"{text}.", f".{text}x", Cursor(1, "aut_1").encode(text)):
        with pytest.raises(InvalidValue, match="start from the first page"):
            CURSORS.read(made_up)


def test_altered_cursor_is_refused() -> None:
    """A signature is of one place in one list."""
    text = str(CURSORS.signed(Cursor(1, "aut_1").encode("catalogue")))
    other = Cursor(2, "aut_1").encode("catalogue")
    signature = text.rpartition(".")[2]

    for altered in (f"{other}.{signature}", text[:-1], text + "A", text.upper(), f"A{text}"):
        with pytest.raises(InvalidValue):
            CURSORS.read(altered)


def test_cursor_of_the_secret_before_is_read() -> None:
    """A rotation sends nobody back to the first page; a secret that is gone does."""
    text = Cursors((OLD,)).signed("cursor")

    assert CURSORS.read(text) == "cursor"
    assert CURSORS.signed("cursor") != text
    with pytest.raises(InvalidValue):
        evolve(CURSORS, keys=(NEW,)).read(text)


def test_signed_cursor_is_short() -> None:
    """It stands in an address."""
    assert len(str(CURSORS.signed("x" * LONGEST_CURSOR))) == LONGEST_CURSOR + 23
