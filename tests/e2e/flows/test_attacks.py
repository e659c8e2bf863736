"""Attacks on a served site: while each goes on, visitors are answered, and memory stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import (
    ATTACKS,
    Attack,
    Attacked,
    answer_times,
    memory_of,
    site_under_attack,
    under,
)

TIMES = 50
WITHIN = 2.0
"""Seconds: a generous bound, not a measurement."""
GROWTH = 64 * 1024**2


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A site with sample listings, two processes and a file of the largest size."""
    with site_under_attack(Path(tmp_path_factory.mktemp("attacked"))) as attacked:
        yield attacked


@pytest.mark.slow
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_visitors_are_answered_meanwhile(attacked: Attacked, attack: Attack) -> None:
    """Each of fifty requests of the catalogue and of the site's health, from the same address."""
    target, before = attacked.target, memory_of(attacked.workers)

    with under(attack, target):
        times = [answer_times(target, path, WITHIN, TIMES) for path in ("/", "/healthz")]
        grown = memory_of(attacked.workers) - before

    assert [max(each) <= WITHIN for each in times] == [True, True]
    assert grown <= GROWTH
