"""Measuring CPU time fairly on a machine that does other things, too."""

import gc
import statistics
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from attrs import frozen

Name = TypeVar("Name", bound=Hashable)

ROUNDS = 9


@frozen
class Cost:
    """CPU time of one call in microseconds: the median of the rounds, and the fastest round."""

    median: float
    best: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.median - other.median, self.best - other.best)


def interleaved(
    calls: Mapping[str, Callable[[], object]], number: int = 200, rounds: int = ROUNDS
) -> dict[str, Cost]:
    """Call each of `calls` `number` times a round, in turn, so that noise falls on all alike."""
    spent: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            spent[name].append(_microseconds(call, number))
    return {name: Cost(statistics.median(times), min(times)) for name, times in spent.items()}


def prepared(
    calls: Mapping[Name, Callable[[], Callable[[], object]]], number: int, rounds: int = ROUNDS
) -> dict[Name, Cost]:
    """As `interleaved`, of calls that are each made by another one, which is not measured.

    Only the CPU time of this thread counts, not that of servers in threads of this process.
    """
    spent: dict[Name, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, prepare in calls.items():
            prepare()()
            times = [_thread_microseconds(prepare()) for _ in range(number)]
            spent[name].append(statistics.median(times))
    return {name: Cost(statistics.median(times), min(times)) for name, times in spent.items()}


def _thread_microseconds(call: Callable[[], object]) -> float:
    gc.disable()
    try:
        begin = time.thread_time_ns()
        call()
        return (time.thread_time_ns() - begin) / 1000
    finally:
        gc.enable()


def _microseconds(call: Callable[[], object], number: int) -> float:
    gc.collect()
    gc.disable()
    try:
        begin = time.process_time_ns()
        for _ in range(number):
            call()
        return (time.process_time_ns() - begin) / number / 1000
    finally:
        gc.enable()
