"""How often, and after which pauses, a delivery of a domain event is attempted."""

from datetime import timedelta

LEASE = timedelta(minutes=2)
"""How long a subscriber may take for one event, before another process may try it; each time that
this was too short it is doubled, up to the longest pause."""
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
"""Before another attempt; each pause is twice the one before it."""
MOST_ATTEMPTS = 80
"""About three days, for which the payment provider sends its messages again, too."""


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed."""
    return _doubled(FIRST_PAUSE, attempts)


def lease_of(attempt: int) -> timedelta:
    """How long an attempt may take, counted from 1."""
    return _doubled(LEASE, attempt)


def _doubled(span: timedelta, times: int) -> timedelta:
    return min(span * (1 << min(times - 1, 20)), LONGEST_PAUSE)
