"""The time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; any function of no arguments that returns one will do."""

    def __call__(self) -> datetime:
        """Return now, in UTC, cut to whole milliseconds."""
