"""A fixed clock."""

from datetime import datetime, timedelta

from attrs import define, field

from koda.domain.model.validation import utc
from koda.ports.clock import Clock


@define
class FixedClock(Clock):
    """Tells the same time (UTC, whole milliseconds) until it is told to move."""

    moment: datetime = field(validator=utc)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        """Let `by` pass; a negative one goes back."""
        self.moment += by
