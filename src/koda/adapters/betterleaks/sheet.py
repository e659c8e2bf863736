"""The texts of a file as one sheet of short lines, and the way back from it.

Betterleaks stops at a NUL, fails at lone surrogates, and takes ever longer for a line the more
secrets it holds.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from attrs import frozen

from koda.domain.model.scans import NamedText
from koda.domain.model.sizes import MEBIBYTE

LARGEST = MEBIBYTE
"""Bytes of a sheet."""
LONGEST = 16_384
"""Characters of a line; what is longer is cut."""
_OVERLAP = 1024
"""Characters that a piece of a line has in common with the one before."""
_CONTROLS = re.compile(r"[\0-\x09\x0b-\x1f\x7f]")
_BETWEEN = "~"
"""A line between texts, which no secret goes across."""


class Place(NamedTuple):
    """A part of the text of a number; `by_name` if what was told begins in the name before it."""

    number: int
    start: int
    end: int
    by_name: bool


class _Line(NamedTuple):
    """A line of the text of a number, where it begins there: before it by the length of a name."""

    text: str
    number: int
    start: int


@frozen
class Sheet:
    """Lines of ASCII, a character for each of the texts; cut after a mebibyte unless `whole`."""

    content: str
    whole: bool
    _lines: Sequence[_Line]
    _starts: Sequence[int]

    def place(self, value: str, begin: tuple[int, int], end: tuple[int, int]) -> Place | None:
        """Where in a text a value stands that was told between two lines and columns, from 1 on.

        All of what was told where the value itself does not stand there, since it was decoded. None
        if it reaches from one text into another.

        Raises:
            IndexError: there are no such lines.
        """
        told = self._at(begin)
        first, last = told, self._at(end)
        start = self.content.find(value, first, last + 1)
        if start >= 0:
            first, last = start, start + len(value) - 1
        (number, start), (other, stop) = self._of(first), self._of(last)
        start = max(start, 0)
        if number != other or stop < start:
            return None
        return Place(number, start, stop + 1, by_name=self._of(told)[1] < 0)

    def _at(self, told: tuple[int, int]) -> int:
        line, column = told
        return self._starts[line - 1] + column - 1

    def _of(self, at: int) -> tuple[int, int]:
        """The number of the text of a character of the sheet, and where it stands there."""
        line = bisect_right(self._starts, at) - 1
        return self._lines[line].number, self._lines[line].start + at - self._starts[line]


def sheet_of(texts: Sequence[NamedText]) -> Sheet:
    """Write texts below one another, each behind its name, as far as there is room."""
    lines: list[_Line] = []
    starts: list[int] = []
    size = 0
    for line in _lines(texts):
        starts.append(size)
        lines.append(line)
        size += len(line.text) + 1
        if size > LARGEST:
            starts.pop()
            lines.pop()
            break
    return Sheet("\n".join(line.text for line in lines), size <= LARGEST, lines, starts)


def _lines(texts: Sequence[NamedText]) -> Iterator[_Line]:
    for number, named in enumerate(texts):
        name = f"{_plain(named.name)} = ".replace("\n", " ") if named.name else ""
        start = -len(name)
        for line in (name + _plain(named.text)).split("\n"):
            for at in range(0, max(1, len(line) - _OVERLAP), LONGEST - _OVERLAP):
                yield _Line(line[at : at + LONGEST], number, start + at)
            start += len(line) + 1
        yield _Line(_BETWEEN, len(texts), 0)


def _plain(text: str) -> str:
    """The text with other characters for those that are no ASCII, or are not shown."""
    return _CONTROLS.sub(" ", text.encode("ascii", "replace").decode("ascii"))
