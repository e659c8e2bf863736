from pathlib import Path

import pytest

from tests.e2e.schedules.play import play_all

SCHEDULES = 100
"""`make soak` plays others."""
BLOCK = 50
"""Schedules that share one marketplace."""


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SCHEDULES, BLOCK))
def test_every_schedule_of_messages_ends_in_the_state_that_the_payments_make(
    first: int, tmp_path: Path
) -> None:
    """Messages come twice, at once, reordered, late, or are lost and asked for again."""
    play_all(range(first, first + BLOCK), tmp_path)
