from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.timestamps import from_milliseconds, to_milliseconds


@given(st.datetimes(timezones=st.just(UTC)))
def test_cut_moment_lies_less_than_a_millisecond_before(moment: datetime) -> None:
    """What is finer than a store keeps is cut off, before 1970 as after."""
    cut = from_milliseconds(to_milliseconds(moment))

    assert cut.microsecond % 1000 == 0
    assert timedelta(0) <= moment - cut < timedelta(milliseconds=1)


def test_milliseconds_count_from_1970_in_every_zone() -> None:
    """The same moment is the same number, wherever it is told, and comes back in UTC."""
    berlin = timezone(timedelta(hours=1))

    assert to_milliseconds(datetime(1970, 1, 1, 1, 0, 1, tzinfo=berlin)) == 1000
    assert from_milliseconds(1001) == datetime(1970, 1, 1, 0, 0, 1, 1000, tzinfo=UTC)
    assert from_milliseconds(0).tzinfo is UTC
