from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.domain.model.catalogue import Catalogue
from koda.testing.contracts.catalogue_cache import WAIT, Loader, SlowLoader, an_answer
from tests.watch import Watch

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("chance", "lifetime"), [(0.0, 54.0), (0.5, 60.0), (1.0, 66.0)])
def test_answers_last_for_their_lifetime_more_or_less(chance: float, lifetime: float) -> None:
    """Up to a tenth of the lifetime is left to chance."""
    watch, load = Watch(), Loader()
    cache = MemoryCatalogueCache(MINUTE, monotonic=watch, chance=lambda: chance)
    cache.get_or_load("key", load)

    watch.seconds += lifetime - 0.001
    assert cache.get_or_load("key", load) == an_answer(1)
    watch.seconds += 0.002
    assert cache.get_or_load("key", load) == an_answer(2)
    watch.seconds += 1
    assert cache.get_or_load("key", load) == an_answer(2)


def test_lifetime_counts_from_the_question() -> None:
    """A slow load does not make an answer live longer than the state it shows."""
    watch, load = Watch(), Loader()
    cache = MemoryCatalogueCache(MINUTE, monotonic=watch, chance=lambda: 0.5)

    def slow() -> Catalogue:
        watch.seconds += 50
        return load()

    cache.get_or_load("key", slow)
    watch.seconds += 11

    assert cache.get_or_load("key", load) == an_answer(2)


def test_answers_used_longest_ago_make_room() -> None:
    """No more answers are kept than asked for, and those in use stay."""
    cache, load = MemoryCatalogueCache(MINUTE, entries=2), Loader()
    for key in "abac":
        cache.get_or_load(key, load)

    assert cache.get_or_load("a", load) == an_answer(1)
    assert cache.get_or_load("c", load) == an_answer(3)
    assert cache.get_or_load("b", load) == an_answer(4)


def test_who_has_waited_long_enough_loads() -> None:
    """A load that hangs delays others for their patience only."""
    cache = MemoryCatalogueCache(MINUTE, patience=timedelta(0))
    slow = SlowLoader(an_answer(1))

    with ThreadPoolExecutor(1) as threads:
        hanging = threads.submit(cache.get_or_load, "key", slow)
        assert slow.began.wait(WAIT)
        assert cache.get_or_load("key", Loader(2)) == an_answer(2)
        slow.release.set()

    assert hanging.result() == an_answer(1)
    assert cache.get_or_load("key", Loader(3)) == an_answer(1)


def test_interrupted_load_holds_nobody_up() -> None:
    """After an interrupt the next caller loads, and its answer is kept."""
    cache, load = MemoryCatalogueCache(MINUTE, patience=timedelta(0)), Loader()

    def interrupted() -> Catalogue:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.get_or_load("key", interrupted)

    assert [cache.get_or_load("key", load) for _ in range(2)] == [an_answer(1)] * 2
