"""The days that a form asks for, and the time zone in which they begin and end."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen
from flask import request

from koda.domain.model.errors import InvalidValue
from koda.domain.model.periods import EARLIEST, Period
from koda.domain.model.sentences import sentence

FIELDS = ("from", "to", "zone")
"""The names of the form's fields."""
_UTC = "UTC"


@frozen
class AskedDays:
    """The days of a form as they were typed, by the names of its fields."""

    typed: Mapping[str, str]

    @classmethod
    def of_request(cls) -> "AskedDays":
        """Those that the address or the form of the request at hand asks for, in UTC by default."""
        typed = {name: request.values.get(name, "").strip() for name in FIELDS}
        return cls({**typed, "zone": typed["zone"] or _UTC})

    @property
    def query(self) -> dict[str, str]:
        """What asks for the same days in an address."""
        told = {name: self.typed[name] for name in ("from", "to") if self.typed[name]}
        return {**told, "zone": self.typed["zone"]} if self.typed["zone"] != _UTC else told

    @property
    def zone(self) -> ZoneInfo:
        """The time zone; raises `InvalidValue` if there is none of that name."""
        try:
            return ZoneInfo(self.typed["zone"])
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise InvalidValue(
                "zone", sentence("must be a time zone such as Europe/Berlin")
            ) from error

    def day(self, name: str) -> date | None:
        """The day of a field, if it has one; raises `InvalidValue` if it is none."""
        if not self.typed[name]:
            return None
        try:
            return date.fromisoformat(self.typed[name])
        except ValueError as error:
            raise InvalidValue(name, sentence("must be a day such as 2026-03-31")) from error

    @property
    def some(self) -> bool:
        """Whether any days are asked for."""
        return bool(self.typed["from"] or self.typed["to"])

    def or_else(self, first: date, last: date) -> "AskedDays":
        """These, or other days if none are asked for."""
        if self.some:
            return self
        return AskedDays({**self.typed, "from": first.isoformat(), "to": last.isoformat()})

    def period(self, now: datetime) -> Period:
        """The period that is asked for at `now`: all, until today, where an end is left out.

        Raises:
            InvalidValue: a field is wrong, or it ends before it begins.
        """
        first, last, zone = self.day("from"), self.day("to"), self.zone
        return Period.of_days(first or EARLIEST, last or now.astimezone(zone).date(), zone)
