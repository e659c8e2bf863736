"""The machine's time."""

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """Return the machine's time, in UTC, cut to whole milliseconds; this is a `Clock`."""
    return _EPOCH + timedelta(milliseconds=time.time_ns() // 1_000_000)
