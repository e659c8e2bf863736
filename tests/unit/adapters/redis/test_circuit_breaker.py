from datetime import timedelta

import pytest

from koda.adapters.redis.circuit_breaker import CircuitBreaker
from tests.support.threads import at_once
from tests.support.watch import Watch


@pytest.fixture
def watch() -> Watch:
    """What it goes by."""
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> CircuitBreaker:
    """One that opens after three failures, for five seconds."""
    return CircuitBreaker(failures=3, pause=timedelta(seconds=5), monotonic=watch)


def test_it_opens_after_as_many_failures_in_a_row(breaker: CircuitBreaker) -> None:
    """And says so once."""
    assert breaker.admits()
    assert [breaker.fail() for _ in range(4)] == [False, False, True, False]
    assert not breaker.admits()


def test_success_between_failures_keeps_it_closed(breaker: CircuitBreaker) -> None:
    """A hiccup now and then is none of its business."""
    for _ in range(5):
        breaker.fail()
        breaker.fail()
        assert not breaker.succeed()

    assert breaker.admits()


def test_one_caller_a_pause_may_try(breaker: CircuitBreaker, watch: Watch) -> None:
    """Half open, the others are still refused; another failure begins the pause again."""
    for _ in range(3):
        breaker.fail()
    watch.seconds += 4.9
    early = breaker.admits()
    watch.seconds += 0.2

    assert (early, breaker.admits(), breaker.admits()) == (False, True, False)
    watch.seconds += 4
    breaker.fail()
    watch.seconds += 4
    assert not breaker.admits()


def test_success_closes_it(breaker: CircuitBreaker, watch: Watch) -> None:
    """And says so once; from then on everybody may ask."""
    for _ in range(3):
        breaker.fail()
    watch.seconds += 5
    breaker.admits()

    assert [breaker.succeed(), breaker.succeed()] == [True, False]
    assert [breaker.admits() for _ in range(5)] == [True] * 5


def test_of_fifty_at_once_one_may_try(breaker: CircuitBreaker, watch: Watch) -> None:
    """The pause is over for whoever comes first."""
    for _ in range(3):
        breaker.fail()
    watch.seconds += 5

    assert sum(at_once(50, lambda _: breaker.admits())) == 1
