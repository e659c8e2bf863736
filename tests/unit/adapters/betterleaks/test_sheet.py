import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.betterleaks.sheet import LARGEST, LONGEST, Place, sheet_of
from koda.domain.model.scans import NamedText


def test_texts_stand_below_one_another_each_behind_its_name() -> None:
    """With a line between them, and another character for what is not shown, or no ASCII."""
    sheet = sheet_of([NamedText("a\0b\n\ud800c", "it\nem"), NamedText("d")])

    assert sheet.content == "it em = a b\n?c\n~\nd\n~"
    assert sheet.whole


def test_what_is_told_is_found_in_its_text() -> None:
    """By line and column, both from 1 on."""
    sheet = sheet_of([NamedText("key: 4711\nand", "note"), NamedText("4711")])

    assert sheet.place("4711", (1, 8), (1, 16)) == Place(0, 5, 9, by_name=False)
    assert sheet.place("and", (2, 1), (2, 3)) == Place(0, 10, 13, by_name=False)
    assert sheet.place("4711", (4, 1), (4, 4)) == Place(1, 0, 4, by_name=False)


def test_what_begins_in_the_name_is_told_by_it() -> None:
    """Where the value is the text, or a part of it."""
    sheet = sheet_of([NamedText("x 4711", "key")])

    assert sheet.place("4711", (1, 1), (1, 12)) == Place(0, 2, 6, by_name=True)


def test_what_was_decoded_is_told_as_it_stands() -> None:
    """Since the value itself is nowhere."""
    sheet = sheet_of([NamedText("x NDcxMQ==")])

    assert sheet.place("4711", (1, 3), (1, 10)) == Place(0, 2, 10, by_name=False)


@pytest.mark.parametrize(("begin", "end"), [((1, 1), (3, 4)), ((1, 1), (1, 3))])
def test_nothing_reaches_into_another_text_or_is_a_name(
    begin: tuple[int, int], end: tuple[int, int]
) -> None:
    """From one text into the next, or a name alone."""
    assert sheet_of([NamedText("token:", "key"), NamedText("4711")]).place("?", begin, end) is None


def test_a_line_that_is_not_there_is_an_error() -> None:
    """Whatever told it."""
    with pytest.raises(IndexError):
        sheet_of([]).place("4711", (7, 1), (7, 4))


def test_long_lines_are_cut_with_an_overlap() -> None:
    """So that what is cut in one piece is whole in the next."""
    words = "".join(f"{number:07} " for number in range(6000))
    sheet = sheet_of([NamedText(words, "name")])
    lines = sheet.content.split("\n")

    assert max(map(len, lines)) == LONGEST
    for at in range(0, len(words), 5000):
        word = words[at : at + 200]
        [line, *_] = [number for number, line in enumerate(lines) if word in line]
        column = lines[line].index(word) + 1
        place = sheet.place(word, (line + 1, column), (line + 1, column + 199))
        assert place == Place(0, at, at + 200, by_name=False)


def test_a_sheet_is_a_mebibyte_at_most() -> None:
    """What has no room is left out, and that is told."""
    texts = [NamedText("x" * 10_000)] * 104
    full = sheet_of([*texts, NamedText("y" * (LARGEST - 104 * 10_003 - 3))])
    over = sheet_of([*texts, NamedText("y" * (LARGEST - 104 * 10_003 - 2))])

    assert (len(full.content) + 1, full.whole) == (LARGEST, True)
    assert (len(over.content) < LARGEST, over.whole) == (True, False)


@given(st.lists(st.text(st.characters(), min_size=1), min_size=1), st.data())
def test_every_character_leads_back_to_its_text(texts: list[str], data: st.DataObject) -> None:
    """Whatever characters there are."""
    sheet = sheet_of([NamedText(text, "n") for text in texts])
    number = data.draw(st.integers(0, len(texts) - 1))
    at = data.draw(st.integers(0, len(texts[number]) - 1))
    before = sum(len(text) + len("n = \n~\n") for text in texts[:number])
    line, column = _line_and_column(sheet.content, before + len("n = ") + at)

    place = sheet.place("never", (line, column), (line, column))

    if texts[number][at] != "\n":
        assert place == Place(number, at, at + 1, by_name=False)


def _line_and_column(content: str, at: int) -> tuple[int, int]:
    return content.count("\n", 0, at) + 1, at - content.rfind("\n", 0, at)
