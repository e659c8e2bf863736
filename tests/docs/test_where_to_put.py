"""The page that tells newcomers where a change goes."""

import re
from itertools import product
from pathlib import Path

import pytest

from tests.docs import blocks

PAGE = blocks.ROOT / "docs" / "explanation" / "where-to-put.md"
PLACE = re.compile(r"`([\w.{},-]+(?:/[\w.{},-]+)+)`")
"""A path, perhaps with choices: `adapters/{memory,sqlite}`."""
TOPS = (blocks.ROOT / "src" / "koda", blocks.ROOT)


def choices(path: str) -> list[str]:
    """Every path that one with choices stands for."""
    parts = [part.split(",") for part in re.split(r"[{}]", path)]
    return ["".join(chosen) for chosen in product(*parts)]


def missing(text: str, tops: tuple[Path, ...] = TOPS) -> list[str]:
    """The places of a text that are in none of the folders."""
    places = [place for path in PLACE.findall(text) for place in choices(path)]
    return [place for place in places if not any((top / place).exists() for top in tops)]


def test_every_place_is_there() -> None:
    """A file that was moved is named by its new path."""
    assert missing(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("`ports/clock.py` and `docs/how-to`", []),
        ("`adapters/{memory,none}/orders.py`", ["adapters/none/orders.py"]),
        ("`ports/gone.py`", ["ports/gone.py"]),
    ],
)
def test_a_place_that_is_missing_is_told(text: str, expected: list[str]) -> None:
    """With choices, each by itself."""
    assert missing(text) == expected
