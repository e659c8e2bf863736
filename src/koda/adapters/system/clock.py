"""The machine's time."""

import time
from datetime import datetime

from koda.domain.model.timestamps import from_milliseconds


def now() -> datetime:
    """Return the machine's time, in UTC, cut to whole milliseconds; this is a `Clock`."""
    return from_milliseconds(time.time_ns() // 1_000_000)
