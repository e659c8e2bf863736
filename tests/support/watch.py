"""A monotonic clock in the hands of a test."""

from attrs import define


@define
class Watch:
    """Seconds that pass when they are told to."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.seconds
