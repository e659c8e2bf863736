import time
from datetime import UTC, datetime, timedelta

from koda.adapters.system.clock import now


def test_time_is_the_machine_s() -> None:
    """The clock says what the machine says, cut to the millisecond."""
    before = time.time_ns() // 1_000_000
    told = now()
    after = time.time_ns() // 1_000_000

    milliseconds = (told - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert before <= milliseconds <= after
