from datetime import datetime, timedelta

import pytest

from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import InvalidValue
from koda.testing.examples import NOON


def test_time_passes_when_it_is_told_to() -> None:
    """The clock stands still until it is moved, in either direction."""
    clock = FixedClock(NOON)
    assert (clock(), clock()) == (NOON, NOON)

    clock.advance(timedelta(minutes=5))
    assert clock() == NOON + timedelta(minutes=5)
    clock.advance(-timedelta(hours=1))
    assert clock() == NOON - timedelta(minutes=55)


@pytest.mark.parametrize("moment", [NOON.replace(tzinfo=None), NOON.replace(microsecond=1)])
def test_only_times_that_a_clock_tells_are_taken(moment: datetime) -> None:
    """A time without a zone or finer than a millisecond is refused."""
    with pytest.raises(InvalidValue):
        FixedClock(moment)


def test_clock_cannot_be_moved_to_a_part_of_a_millisecond() -> None:
    """What no clock tells is refused when it is moved, too."""
    clock = FixedClock(NOON)

    with pytest.raises(InvalidValue):
        clock.advance(timedelta(microseconds=1))

    assert clock() == NOON
