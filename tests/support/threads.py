"""Many callers at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

Answer = TypeVar("Answer")


def at_once(count: int, call: Callable[[int], Answer], *, timeout: float = 60) -> list[Answer]:
    """What `call` returns to each of `count` threads that begin together; raises what it raises.

    `timeout` is in seconds, for each of them.
    """
    barrier = Barrier(count)

    def begin(number: int) -> Answer:
        barrier.wait(timeout)
        return call(number)

    with ThreadPoolExecutor(count) as threads:
        futures = [threads.submit(begin, number) for number in range(count)]
        return [future.result(timeout) for future in futures]
