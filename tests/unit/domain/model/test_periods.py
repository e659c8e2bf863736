from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.periods import Period

BERLIN = ZoneInfo("Europe/Berlin")
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def test_period_is_of_days_in_a_zone() -> None:
    """March begins in winter and ends in summer time."""
    assert Period.of_days(*MARCH, BERLIN) == Period(
        datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
    )
    assert Period.of_days(MARCH[0], MARCH[0], UTC) == Period(
        datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [
        (MARCH[1], MARCH[0], "must not end before"),
        (date.min, MARCH[1], "must be within 1 January 1970 and"),
        (MARCH[0], date.max, "must be within 1 January 1970 and"),
    ],
)
def test_period_that_is_none_is_refused(first: date, last: date, problem: str) -> None:
    """So are days that no zone has room around."""
    with pytest.raises(InvalidValue, match=problem):
        Period.of_days(first, last, BERLIN)
