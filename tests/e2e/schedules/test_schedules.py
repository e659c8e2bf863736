from pathlib import Path

import pytest

from tests.e2e.schedules.play import Schedule
from tests.e2e.schedules.world import world_of
from tests.servers.families import Embedded

SCHEDULES = 1000
BLOCK = 50
"""Schedules that share one marketplace."""


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SCHEDULES, BLOCK))
def test_every_schedule_of_messages_ends_in_the_state_that_the_payments_make(
    first: int, tmp_path: Path
) -> None:
    """A thousand of them: messages twice, at once, reordered, late, or lost and asked for again."""
    with world_of(Embedded(), tmp_path) as world:
        world.seller("ada", "12.50")
        world.seller("cyd", "20")
        world.seller("dan", "5.55")
        world.seller("ada", "3.33")
        world.sandbox.webhooks.drain()
        world.sandbox.webhooks.hold()
        for seed in range(first, first + BLOCK):
            try:
                Schedule.of(world, seed).play()
            except BaseException as error:
                error.add_note(f"schedule {seed}")
                raise
        world.sandbox.assert_balanced()
