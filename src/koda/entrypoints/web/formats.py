"""How values look on a page: money, days, sizes, the beginning of a text."""

from datetime import datetime

from koda.domain.model.money import Money
from koda.domain.model.sizes import in_units

SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}
EXCERPT = 160
_NO_BREAK = "\u00a0"


def money(amount: Money) -> str:
    """Write an amount with its currency's own decimals: `€1,234.50`, `¥1,200`, `12.500 KWD`."""
    whole, dot, rest = amount.amount.partition(".")
    digits = f"{int(whole):,}{dot}{rest}"
    symbol = SYMBOLS.get(amount.currency)
    return f"{symbol}{digits}" if symbol else f"{digits}{_NO_BREAK}{amount.currency}"


def day(moment: datetime) -> str:
    """Write the day of a moment: `22 November 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def size(count: int) -> str:
    """Write a number of bytes in the largest unit that keeps it readable: `1.4 MiB`, `12 KiB`."""
    return in_units(count).replace(" ", _NO_BREAK)


def percent(basis_points: int) -> str:
    """Write basis points as a percentage: `15 %`, `2.5 %`."""
    return f"{basis_points / 100:g}{_NO_BREAK}%"


def excerpt(text: str) -> str:
    """The beginning of `text` on one line, cut between words, at most `EXCERPT` characters."""
    line = " ".join(text.split())
    if len(line) <= EXCERPT:
        return line
    return line[: EXCERPT - 1].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
