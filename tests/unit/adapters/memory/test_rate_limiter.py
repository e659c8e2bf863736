import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.testing.contracts.rate_limiter import allowed, wait_of


@pytest.mark.parametrize(
    ("rate", "processes", "share"), [("20/hour", 4, 5), ("20/hour", 3, 6), ("4/hour", 4, 1)]
)
def test_process_allows_its_share(rate: str, processes: int, share: int) -> None:
    """All together allow what the rate says, and never more."""
    limiter = MemoryRateLimiter({"search": rate}, share_of=processes)

    assert sum(allowed(limiter, "search", "ada") for _ in range(40)) == share


@pytest.mark.parametrize(("rate", "hours"), [("3/hour", 2), ("1/hour", 4), ("1/2 hour", 8)])
def test_share_of_less_than_one_is_one_in_more_time(rate: str, hours: int) -> None:
    """Nobody is shut out where there are more processes than times."""
    limiter = MemoryRateLimiter({"search": rate}, share_of=4)

    assert allowed(limiter, "search", "ada")
    assert hours * 3600 - 60 < wait_of(limiter, "search", "ada") <= hours * 3600


def test_windows_that_ended_are_forgotten() -> None:
    """However many callers come, what is remembered is what still counts."""
    seconds = 0.0
    limiter = MemoryRateLimiter({"look": "1/minute", "sell": "1/day"}, monotonic=lambda: seconds)
    limiter.check("sell", "ada")
    for number in range(100):
        limiter.check("look", f"caller {number}")
    before = limiter.remembered

    seconds = 61.0
    limiter.check("look", "bea")

    assert (before, limiter.remembered) == (101, 2)
    assert wait_of(limiter, "sell", "ada") == 86_400 - 61


def test_window_ends_to_the_second() -> None:
    """A caller who waits for as long as told passes, and one who comes before does not."""
    seconds = 0.0
    limiter = MemoryRateLimiter({"look": "2/10 second"}, monotonic=lambda: seconds)
    waits = [wait_of(limiter, "look", "ada") for _ in range(3)]
    seconds = 9.5
    waits.append(wait_of(limiter, "look", "ada"))
    seconds = 10.0
    waits.append(wait_of(limiter, "look", "ada"))

    assert waits == [0, 0, 10, 1, 0]
