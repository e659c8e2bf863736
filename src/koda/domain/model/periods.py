"""Periods: from the first moment of a day to the last of another, in a time zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from attrs import field, frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import utc

EARLIEST, LATEST = date(1970, 1, 1), date(9000, 1, 1)
"""The days that a period may have; far from where dates with an offset end."""


@frozen
class Period:
    """The time from `since` to before `until`, both UTC."""

    since: datetime = field(validator=utc)
    until: datetime = field(validator=utc)

    @classmethod
    def of_days(cls, first: date, last: date, zone: tzinfo) -> "Period":
        """From the beginning of the day `first` to the end of the day `last`, in `zone`.

        Raises:
            InvalidValue: `last` is before `first`, or a day is out of `EARLIEST` to `LATEST`.
        """
        for day in (first, last):
            if not EARLIEST <= day <= LATEST:
                raise InvalidValue(
                    "period",
                    sentence("must be within {first} and {last}", first=EARLIEST, last=LATEST),
                )
        if last < first:
            raise InvalidValue("period", sentence("must not end before it begins"))
        return cls(_beginning(first, zone), _beginning(last + timedelta(days=1), zone))

    def at_most(self, days: int) -> "Period":
        """The period itself, unless it is longer.

        Raises:
            InvalidValue: it has more days than so many.
        """
        # The day on which a zone sets its clocks back has an hour more.
        if self.until - self.since > timedelta(days=days, hours=1):
            raise InvalidValue("period", sentence("must be at most {days} days", days=days))
        return self


def _beginning(day: date, zone: tzinfo) -> datetime:
    """The moment (UTC) at which a day begins in a zone."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
