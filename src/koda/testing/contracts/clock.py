"""What every clock does."""

from collections.abc import Callable
from datetime import timedelta

from koda.ports.clock import Clock


class ClockContract:
    """Subclass it, with a fixture `make` that returns a function which makes a clock."""

    def test_time_is_in_utc(self, make: Callable[[], Clock]) -> None:
        """The time is aware, and in UTC."""
        assert make()().utcoffset() == timedelta(0)

    def test_time_has_whole_milliseconds(self, make: Callable[[], Clock]) -> None:
        """The time is cut to what every store keeps."""
        clock = make()

        assert {clock().microsecond % 1000 for _ in range(1000)} == {0}
