"""Attacks on a served site: while each goes on, visitors are answered, and memory stays."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from tests.support.attacked import Attacked, answer_times, memory_of, site_under_attack
from tests.support.attacks import ATTACKS, Attack, under

TIMES = 50
WITHIN = 2.0
"""Seconds: a generous bound, not a measurement."""
GROWTH = 96 * 1024**2
"""Bytes of two processes together, in which each also loads what the first request needs."""


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

    assert [max(seconds) <= WITHIN for seconds in times] == [True, True]
    assert grown <= GROWTH


def test_connections_are_spread_over_the_processes(attacked: Attacked) -> None:
    """Of two hundred that come at once, each of two processes has a fair part."""
    before, target = sockets_of(attacked.workers), attacked.target
    with ExitStack() as opened:
        connections = [opened.enter_context(target.connect()) for _ in range(200)]
        for connection in connections:
            connection.sendall(target.head("GET", "/healthz"))
        for connection in connections:
            assert b" 200 OK" in connection.recv(4096)
        counts = [has - had for has, had in zip(sockets_of(attacked.workers), before, strict=True)]

    # By a hash: of 200, fewer than 60 on one side is less likely than one in ten million.
    assert min(counts) >= 60, counts


def sockets_of(processes: list[int]) -> list[int]:
    """How many sockets each process has open."""
    return [sum(map(is_socket, Path(f"/proc/{process}/fd").iterdir())) for process in processes]


def is_socket(descriptor: Path) -> bool:
    """Whether an open file is a socket."""
    with suppress(FileNotFoundError):
        return str(descriptor.readlink()).startswith("socket:")
    return False
