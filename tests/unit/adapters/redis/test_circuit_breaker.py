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
def circuit_breaker(watch: Watch) -> CircuitBreaker:
    """One that opens after three failures, for five seconds."""
    return CircuitBreaker(failures=3, pause=timedelta(seconds=5), monotonic=watch)


def test_it_opens_after_as_many_failures_in_a_row(circuit_breaker: CircuitBreaker) -> None:
    """And says so once."""
    assert circuit_breaker.admits()
    assert [circuit_breaker.fail() for _ in range(4)] == [False, False, True, False]
    assert not circuit_breaker.admits()


def test_success_between_failures_keeps_it_closed(circuit_breaker: CircuitBreaker) -> None:
    """A hiccup now and then is none of its business."""
    for _ in range(5):
        circuit_breaker.fail()
        circuit_breaker.fail()
        assert not circuit_breaker.succeed()

    assert circuit_breaker.admits()


def test_one_caller_a_pause_may_try(circuit_breaker: CircuitBreaker, watch: Watch) -> None:
    """Half open, the others are still refused; another failure begins the pause again."""
    for _ in range(3):
        circuit_breaker.fail()
    watch.seconds += 4.9
    early = circuit_breaker.admits()
    watch.seconds += 0.2

    assert (early, circuit_breaker.admits(), circuit_breaker.admits()) == (False, True, False)
    watch.seconds += 4
    circuit_breaker.fail()
    watch.seconds += 4
    assert not circuit_breaker.admits()


def test_success_closes_it(circuit_breaker: CircuitBreaker, watch: Watch) -> None:
    """And says so once; from then on everybody may ask."""
    for _ in range(3):
        circuit_breaker.fail()
    watch.seconds += 5
    circuit_breaker.admits()

    assert [circuit_breaker.succeed(), circuit_breaker.succeed()] == [True, False]
    assert [circuit_breaker.admits() for _ in range(5)] == [True] * 5


def test_of_fifty_at_once_one_may_try(circuit_breaker: CircuitBreaker, watch: Watch) -> None:
    """The pause is over for whoever comes first."""
    for _ in range(3):
        circuit_breaker.fail()
    watch.seconds += 5

    assert sum(at_once(50, lambda _: circuit_breaker.admits())) == 1
