"""A process is killed between any two steps of recording a purchase, and another takes over."""

import pytest

from tests.e2e.crash.conftest import Mortal
from tests.e2e.crash.scene import MOST_STEPS, SCENES, Scene

RICHEST = "two sellers, one thing paid twice"


def check_every_step(mortal: Mortal, name: str, recovery: str) -> None:
    """Let a process die at each step, and another take over by a message or a look at the order.

    Between two steps nothing changes, so that death before one is death after the other.
    """
    for step in range(1, MOST_STEPS):
        scene = Scene(mortal.world, name)
        lived = mortal.handle(scene.event, step)
        if lived:
            assert step > 6
            return
        scene.check(finally_=False)
        if recovery == "message":
            assert mortal.handle(scene.event)
            assert scene.event not in {
                entry.event_id for entry in mortal.world.market.payment_inbox.pending(50)
            }
        else:
            mortal.world.market.view_order(scene.buyer, scene.order.id)
        scene.check(finally_=True)
    pytest.fail(f"still alive or dying after {MOST_STEPS} steps")


@pytest.mark.slow
@pytest.mark.parametrize("recovery", ["message", "success page"])
def test_purchase_survives_the_death_of_its_process_at_every_step(
    mortal: Mortal, recovery: str
) -> None:
    """Nothing is lost, nobody is paid twice, each line is one purchase."""
    check_every_step(mortal, RICHEST, recovery)


# The family alone: chosen beside other values, it would be made anew for each test, and all on it.
@pytest.mark.slow
@pytest.mark.parametrize("family", ["embedded"], indirect=True)
@pytest.mark.parametrize("name", sorted(SCENES.keys() - {RICHEST}))
def test_simpler_purchase_survives_the_death_of_its_process_at_every_step(
    mortal: Mortal, name: str
) -> None:
    """As the richest of them does, on one family."""
    check_every_step(mortal, name, "message")


@pytest.mark.slow
def test_purchase_survives_one_death_after_another(mortal: Mortal) -> None:
    """Each process comes one step further than the one before it."""
    scene = Scene(mortal.world, "two sellers")
    for step in range(1, MOST_STEPS):
        if mortal.handle(scene.event, step):
            break
        scene.check(finally_=False)

    scene.check(finally_=True)
