import gc
import secrets
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from koda.adapters.memory.catalogue_cache import MemoryCatalogueCache
from koda.testing.contracts.catalogue_cache import ROOM, is_kept
from koda.testing.contracts.catalogue_loads import WAIT, Loader, SlowLoader, an_answer
from tests.support.watch import Watch

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("chance", "lifetime"), [(0.0, 54.0), (0.5, 60.0), (1.0, 66.0)])
def test_answers_last_for_their_lifetime_more_or_less(chance: float, lifetime: float) -> None:
    """Up to a tenth of the lifetime is left to chance."""
    watch, load = Watch(), Loader()
    cache = MemoryCatalogueCache(MINUTE, room=ROOM, monotonic=watch, chance=lambda: chance)
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
    cache = MemoryCatalogueCache(MINUTE, room=ROOM, monotonic=watch, chance=lambda: 0.5)

    def slow() -> bytes:
        watch.seconds += 50
        return load()

    cache.get_or_load("key", slow)
    watch.seconds += 11

    assert cache.get_or_load("key", load) == an_answer(2)


def test_room_is_a_number_of_bytes_in_memory() -> None:
    """What a full cache takes of a process is about what it was told, also with long keys."""
    cache = MemoryCatalogueCache(MINUTE, room=ROOM)

    tracemalloc.start()
    try:
        for number in range(2000):
            cache.get_or_load(f"{number}{'👋' * 100}", lambda: secrets.token_bytes(3000))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert ROOM / 2 < taken < ROOM


def test_full_cache_is_nothing_to_the_garbage_collector() -> None:
    """It tracks no object of what is kept, so a collection takes no longer than before."""
    cache = MemoryCatalogueCache(MINUTE, room=64 * ROOM)
    gc.collect()
    before = len(gc.get_objects())

    for number in range(2000):
        cache.get_or_load(f"{number}", lambda: b"answer")
    gc.collect()

    assert len(gc.get_objects()) - before < 100


def test_expired_answer_leaves_its_room() -> None:
    """Whoever asks for it after its end finds it gone, and so does whoever counts."""
    watch, load = Watch(), Loader()
    cache = MemoryCatalogueCache(MINUTE, room=8 * 1000, monotonic=watch, chance=lambda: 0.5)
    for _ in range(100):
        cache.get_or_load("key", load)
        watch.seconds += 61
    cache.get_or_load("other", load)
    cache.get_or_load("key", load)

    assert is_kept(cache, "other")


def test_who_has_waited_long_enough_loads() -> None:
    """A load that hangs delays others for their patience only."""
    cache = MemoryCatalogueCache(MINUTE, room=ROOM, patience=timedelta(0))
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
    cache, load = MemoryCatalogueCache(MINUTE, room=ROOM, patience=timedelta(0)), Loader()

    def interrupted() -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.get_or_load("key", interrupted)

    assert [cache.get_or_load("key", load) for _ in range(2)] == [an_answer(1)] * 2
