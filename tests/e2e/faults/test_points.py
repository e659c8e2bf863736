import re

import pytest

from tests.e2e.faults.points import Fault, final_state_without_fault, points_of
from tests.e2e.faults.scenes import SCENES, Scene


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_whatever_happens_at_a_call_it_ends_as_if_nothing_had(scene: Scene) -> None:
    """Each call fails before its effect, fails or hangs after it, or is the process's last."""
    points = tuple(points_of(scene))
    assert points
    for recovery in scene.recoveries:
        expected = final_state_without_fault(scene, recovery)
        assert not {"REVERSAL", "FEE_REFUND"} & set(re.findall(r"LedgerKind\.(\w+)", expected))
        for point in points:
            for fault in Fault:
                assert expected == point.play(fault, recovery), (point, fault, recovery)
