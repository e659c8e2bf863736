"""What every subject's schemas are made of."""

from datetime import datetime
from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.money import LARGEST_MINOR, Money
from koda.domain.model.validation import INVISIBLE

T = TypeVar("T")


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """Where an operation takes no query parameters or no body."""


Identifier = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_:.\-]{1,128}$")]
"""An id of Koda's."""

Moment = Annotated[
    str,
    Meta(
        description="A UTC time with milliseconds (RFC 3339).",
        extra_json_schema={"format": "date-time"},
    ),
]
"""A time as `moment_of` writes it."""

NEVER_SHOWN = (
    r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
)
"""What no text may hold (`koda.domain.model.validation.check_text`), for a character class."""
_SPACE = r" \t\n\r\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"


def text_of(minimum: int, maximum: int | None = None) -> Meta:
    """Document text; the domain itself refuses any other, with every other fault.

    Towards the `minimum` counts what is shown (`koda.domain.model.validation.shown`). Without a
    `maximum`, the length counts only once the text is brought into its normal form.
    """
    any_of, seen = f"[^{NEVER_SHOWN}]", f"[^{_SPACE}{NEVER_SHOWN}{INVISIBLE}]"
    outer, unseen = f"[{_SPACE}{INVISIBLE}]*", f"[{INVISIBLE}]*"
    unit = f"{unseen}({seen}|[{_SPACE}]{outer}(?={seen}))"
    counted = f"{outer}{seen}({unit}){{{max(minimum - 2, 0)},}}{unseen}{seen}{outer}"
    form = {0: f"{any_of}*", 1: f"{outer}{seen}{any_of}*"}.get(minimum, counted)
    lengths = {"minLength": minimum} | ({} if maximum is None else {"maxLength": maximum})
    return Meta(extra_json_schema={**lengths, "pattern": f"^{form}$"})


_NUMBER = "(0|[1-9][0-9]{0,8})"
VERSION_FORM = Meta(extra_json_schema={"pattern": rf"^{_NUMBER}\.{_NUMBER}\.{_NUMBER}$"})
"""How a semantic version is written."""

NextCursor = Annotated[
    str | None,
    Meta(description="Send it as `cursor` for the next page; null on the last one."),
]


class Amount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of money."""

    amount: Annotated[int, Meta(ge=0, le=LARGEST_MINOR, description="In minor units.")]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", description="ISO 4217.")]

    def money(self) -> Money:
        """The amount as the domain knows it."""
        return Money(self.amount, self.currency)


def amount_of(money: Money) -> Amount:
    """Present an amount."""
    return Amount(amount=money.minor, currency=money.currency)


def moment_of(moment: datetime) -> str:
    """Present a UTC time: `2026-03-01T12:00:00.000Z`."""
    return f"{moment.isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def moment_or_none(moment: datetime | None) -> str | None:
    """Present a time that there may not be."""
    return None if moment is None else moment_of(moment)


def given(value: T | UnsetType) -> T | None:
    """What was sent, or `None` where nothing was."""
    return None if isinstance(value, UnsetType) else value


PageLimit = Annotated[
    int,
    Meta(
        description="How many items; 12 by default.",
        extra_json_schema={"minimum": 1, "maximum": 100},
    ),
]
PageCursor = Annotated[
    str, Meta(min_length=1, description="`next_cursor` of the page before, of the same query.")
]


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a list."""

    limit: PageLimit | UnsetType = UNSET
    cursor: PageCursor | UnsetType = UNSET


class LinkAnswer(Struct, frozen=True, kw_only=True):
    """A fresh link for the caller alone, good for a few minutes; never store or pass it on."""

    url: str
