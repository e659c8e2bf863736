"""How values look on a page, in the visitor's language: money, days, sizes, and excerpts."""

from datetime import datetime

from koda.domain.model.money import Money
from koda.entrypoints.web.language import language

EXCERPT = 160


def money(amount: Money) -> str:
    """Write an amount with its currency's own decimals: `€1,234.50`, `¥1,200`, `12.500 KWD`."""
    return language().formats.money(amount)


def day(moment: datetime) -> str:
    """Write the day of a moment: `22 November 2026`."""
    return language().formats.day(moment)


def size(count: int) -> str:
    """Write a number of bytes in the largest unit that keeps it readable: `1.4 MiB`, `12 KiB`."""
    return language().formats.size(count)


def percent(basis_points: int) -> str:
    """Write basis points as a percentage: `15 %`, `2.5 %`."""
    return language().formats.percent(basis_points)


def excerpt(text: str) -> str:
    """The beginning of `text` on one line, cut between words, at most `EXCERPT` characters."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return line[: EXCERPT - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
