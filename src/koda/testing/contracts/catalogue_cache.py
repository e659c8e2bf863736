"""What every cache in front of the catalogue does."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest

from koda.domain.model.errors import Unavailable
from koda.ports.catalogue_cache import CatalogueCache
from koda.testing.contracts.catalogue_cache_machine import CacheMachine
from koda.testing.contracts.catalogue_loads import WAIT, Loader, SlowLoader, an_answer
from koda.testing.contracts.running import explore

MakeCache = Callable[[int], CatalogueCache]
"""Makes an empty cache with room for so many bytes."""
ROOM = 1024 * 1024
"""Enough for every test but those of the room itself."""
KIBIBYTE = 1024


def is_kept(cache: CatalogueCache, key: str) -> bool:
    """Whether the answer is found, without which it would have to be loaded."""

    def fail() -> bytes:
        raise Unavailable("store")

    try:
        cache.get_or_load(key, fail)
    except Unavailable:
        return False
    return True


class CatalogueCacheContract:
    """Subclass it, with a fixture `make` that returns a function which makes an empty cache.

    The function takes the room, in bytes. The answers of an adapter under test must last for the
    minute that a test takes; keeping one may take no more than 900 bytes beside it.
    """

    def test_first_answer_is_loaded_and_then_kept(self, make: MakeCache) -> None:
        """The second question costs no load and gets an equal answer."""
        cache, load = make(ROOM), Loader()

        assert [cache.get_or_load("key", load) for _ in range(3)] == [an_answer(1)] * 3
        assert load.calls == 1

    def test_keys_are_kept_apart(self, make: MakeCache) -> None:
        """Each question has its own answer, however alike the keys look."""
        cache = make(ROOM)
        keys = ["a", "A", "a ", "a:b", "a\nb", "ä", "👋", "", "0:a", "a" * 5000]

        for number, key in enumerate(keys):
            cache.get_or_load(key, Loader(number))

        answers = [cache.get_or_load(key, Loader(99)) for key in keys]
        assert answers == [an_answer(number) for number in range(len(keys))]

    def test_invalidate_forgets_every_answer(self, make: MakeCache) -> None:
        """After it every question is loaded again, and then kept again."""
        cache, load = make(ROOM), Loader()
        cache.get_or_load("a", load)
        cache.get_or_load("b", load)

        cache.invalidate()

        assert [cache.get_or_load(key, load) for key in "abab"] == [
            an_answer(number) for number in (3, 4, 3, 4)
        ]

    def test_invalidating_again_and_again_is_harmless(self, make: MakeCache) -> None:
        """An empty cache can be invalidated."""
        cache = make(ROOM)

        for _ in range(5):
            cache.invalidate()

        assert cache.get_or_load("key", Loader()) == an_answer(1)

    def test_failure_reaches_the_caller_and_is_not_kept(self, make: MakeCache) -> None:
        """The store's own error comes through, and the next caller loads."""
        cache, failure = make(ROOM), Unavailable("store")

        def fail() -> bytes:
            raise failure

        with pytest.raises(Unavailable) as failed:
            cache.get_or_load("key", fail)

        assert failed.value is failure
        assert cache.get_or_load("key", Loader()) == an_answer(1)

    def test_hundred_misses_at_once_load_once(self, make: MakeCache) -> None:
        """Of many callers for one answer one loads, and all get what it loaded."""
        cache, slow, barrier = make(ROOM), SlowLoader(an_answer(1)), Barrier(100)
        later = Loader(2)

        def ask(number: int) -> bytes:
            if number:
                barrier.wait(WAIT)
                return cache.get_or_load("key", later)
            return cache.get_or_load("key", slow)

        with ThreadPoolExecutor(100) as threads:
            answers = [threads.submit(ask, 0)]
            assert slow.began.wait(WAIT)
            answers += [threads.submit(ask, number) for number in range(1, 100)]
            barrier.wait(WAIT)
            slow.release.set()

        assert [answer.result() for answer in answers] == [an_answer(1)] * 100
        assert later.calls == 0

    def test_waiting_callers_load_for_themselves_when_the_load_fails(self, make: MakeCache) -> None:
        """One caller's failure is not another one's."""
        cache, slow = make(ROOM), SlowLoader(Unavailable("store"))

        with ThreadPoolExecutor(2) as threads:
            failing = threads.submit(cache.get_or_load, "key", slow)
            assert slow.began.wait(WAIT)
            waiting = threads.submit(cache.get_or_load, "key", Loader(5))
            slow.release.set()

        assert isinstance(failing.exception(), Unavailable)
        assert waiting.result() == an_answer(5)

    def test_answer_that_was_loading_during_invalidate_is_not_kept(self, make: MakeCache) -> None:
        """It may be older than the change; its own caller gets it, and nobody later does."""
        cache, slow = make(ROOM), SlowLoader(an_answer(1))

        with ThreadPoolExecutor(1) as threads:
            early = threads.submit(cache.get_or_load, "key", slow)
            assert slow.began.wait(WAIT)
            cache.invalidate()
            slow.release.set()

        assert early.result() == an_answer(1)
        assert cache.get_or_load("key", Loader(2)) == an_answer(2)
        assert cache.get_or_load("key", Loader(3)) == an_answer(2)

    def test_caller_after_invalidate_does_not_wait_for_an_older_load(self, make: MakeCache) -> None:
        """Who comes after a change sees it, though an older answer is still on its way."""
        cache, slow = make(ROOM), SlowLoader(an_answer(1))

        with ThreadPoolExecutor(2) as threads:
            early: Future[bytes] = threads.submit(cache.get_or_load, "key", slow)
            assert slow.began.wait(WAIT)
            cache.invalidate()
            late = threads.submit(cache.get_or_load, "key", Loader(2)).result(WAIT)
            slow.release.set()

        assert late == an_answer(2)
        assert early.result() == an_answer(1)
        assert cache.get_or_load("key", Loader(3)) == an_answer(2)

    def test_loads_of_different_keys_do_not_wait_for_one_another(self, make: MakeCache) -> None:
        """A slow answer delays nobody who asks for another one."""
        cache, slow = make(ROOM), SlowLoader(an_answer(1))

        with ThreadPoolExecutor(2) as threads:
            delayed = threads.submit(cache.get_or_load, "slow", slow)
            assert slow.began.wait(WAIT)
            quick = threads.submit(cache.get_or_load, "quick", Loader(2)).result(WAIT)
            slow.release.set()

        assert quick == an_answer(2)
        assert delayed.result() == an_answer(1)

    def test_kept_answers_take_no_more_than_the_room(self, make: MakeCache) -> None:
        """Of many answers as many are kept as fit in, and those are the latest."""
        cache = make(64 * KIBIBYTE)

        for number in range(200):
            cache.get_or_load(f"{number}", lambda: bytes(KIBIBYTE))

        numbers = [number for number in range(200) if is_kept(cache, f"{number}")]
        assert 64 / 2 < len(numbers) < 64
        assert numbers == list(range(200 - len(numbers), 200))

    def test_many_small_answers_take_no_more_than_the_room(self, make: MakeCache) -> None:
        """What keeping an answer takes beside it counts, too."""
        cache = make(8 * KIBIBYTE)

        for number in range(200):
            cache.get_or_load(f"{number}", lambda: b"")

        assert sum(is_kept(cache, f"{number}") for number in range(200)) < 50

    def test_answers_used_longest_ago_make_room(self, make: MakeCache) -> None:
        """One that somebody asks for again and again stays, while others come and go."""
        cache, load = make(32 * KIBIBYTE), Loader()
        cache.get_or_load("used", load)
        cache.get_or_load("unused", load)

        for number in range(100):
            cache.get_or_load(f"{number}", lambda: bytes(KIBIBYTE))
            cache.get_or_load("used", load)

        assert load.calls == 2
        assert not is_kept(cache, "unused")

    @pytest.mark.parametrize("size", [16, 64, 256])
    def test_large_answer_is_given_and_not_kept(self, make: MakeCache, size: int) -> None:
        """Nobody empties the cache with one: what was kept before is kept still."""
        cache = make(64 * KIBIBYTE)
        cache.get_or_load("small", Loader())
        large = bytes(size * KIBIBYTE)

        assert [cache.get_or_load("large", lambda: large) for _ in range(2)] == [large] * 2
        assert is_kept(cache, "small")
        assert not is_kept(cache, "large")

    def test_room_of_forgotten_answers_is_there_again(self, make: MakeCache) -> None:
        """However often the catalogue changes."""
        cache = make(64 * KIBIBYTE)
        for _ in range(5):
            for number in range(30):
                cache.get_or_load(f"{number}", lambda: bytes(KIBIBYTE))
            assert all(is_kept(cache, f"{number}") for number in range(30))
            cache.invalidate()

    def test_it_behaves_as_a_dictionary_that_is_emptied(self, make: MakeCache) -> None:
        """Whatever the sequence of questions, failures and changes, answers are the kept ones."""
        explore(lambda: CacheMachine(make(ROOM)))
