import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from koda.domain.model.errors import Unavailable
from koda.testing.contracts.catalogue_loads import WAIT, Loader, SlowLoader, an_answer
from tests.live.redis.conftest import NewCache, NewServer
from tests.servers.proxy import Proxy, until

ASKING = Path(__file__).with_name("asking.py")


def test_cached_answer_costs_one_round_trip(
    proxy: Proxy, new_server: NewServer, new_cache: NewCache
) -> None:
    """And an answer that is loaded three: to look, to claim the load, and to keep it."""
    cache = new_cache(new_server(proxy.url))
    cache.get_or_load("other", Loader())
    counts = []

    for _ in range(3):
        before = proxy.questions
        cache.get_or_load("key", Loader())
        counts.append(proxy.questions - before)

    assert counts == [3, 1, 1]
    assert proxy.connections == 1


def test_process_finds_what_another_one_keeps(new_cache: NewCache) -> None:
    """Answers are shared, and so is forgetting them."""
    first, other = new_cache(), new_cache()
    first.get_or_load("key", Loader(1))

    answer = other.get_or_load("key", Loader(2))
    other.invalidate()

    assert answer == an_answer(1)
    assert first.get_or_load("key", Loader(3)) == an_answer(3)


def test_marketplaces_share_a_server_by_their_prefixes(new_cache: NewCache, prefix: str) -> None:
    """Neither sees the other's answers, nor forgets them."""
    mine, theirs = new_cache(), new_cache(prefix=f"{prefix}-b")
    mine.get_or_load("key", Loader(1))

    assert theirs.get_or_load("key", Loader(2)) == an_answer(2)
    theirs.invalidate()
    assert mine.get_or_load("key", Loader(3)) == an_answer(1)


def test_every_key_begins_with_the_prefix_and_its_generation(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """`prefix:catalogue:generation:digest`; only the number itself lasts for ever.

    The other two keep the books of when each answer was used, and of what each takes.
    """
    server = new_server()
    new_cache(server).get_or_load("key", Loader())
    keys = sorted(server.client.scan_iter(f"{prefix}*"))

    number = server.client.get(f"{prefix}:catalogue:generation")
    assert [key.split(b":")[:3] for key in keys] == [
        [prefix.encode(), b"catalogue", name] for name in (number, b"generation", b"sizes", b"uses")
    ]
    assert [server.client.ttl(key) > 0 for key in keys] == [True, False, True, True]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 270), (0.5, 300), (1.0, 330)])
def test_lifetimes_are_spread(
    new_server: NewServer, new_cache: NewCache, prefix: str, chance: float, seconds: int
) -> None:
    """Each lasts for ten percent more or less, as chance will have it."""
    server = new_server()
    new_cache(server, chance=lambda: chance).get_or_load("key", Loader())
    (key,) = server.client.scan_iter(f"{prefix}:catalogue:*:*")

    assert seconds - 20 < server.client.pttl(key) / 1000 <= seconds


def test_lost_generation_brings_no_old_answer_back(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """A server that threw the number away begins with one that never was."""
    server = new_server()
    cache = new_cache(server)
    cache.get_or_load("key", Loader(1))

    server.client.delete(f"{prefix}:catalogue:generation")
    cache.get_or_load("key", Loader(2))
    server.client.delete(f"{prefix}:catalogue:generation")
    cache.invalidate()

    assert cache.get_or_load("key", Loader(3)) == an_answer(3)


def test_malformed_value_is_loaded_again_and_replaced(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """Whoever wrote it."""
    server = new_server()
    cache = new_cache(server)
    cache.get_or_load("key", Loader(1))
    (key,) = server.client.scan_iter(f"{prefix}:catalogue:*:*")
    server.client.set(key, "{}")

    assert cache.get_or_load("key", Loader(2)) == an_answer(2)
    assert cache.get_or_load("key", Loader(3)) == an_answer(2)


@pytest.mark.parametrize("lost", ["uses", "sizes"])
def test_lost_books_are_begun_anew(
    new_server: NewServer, new_cache: NewCache, prefix: str, lost: str
) -> None:
    """A server that is short of memory throws one of them away; the room holds all the same."""
    server = new_server()
    cache = new_cache(server, room=32 * 1024)
    for number in range(40):
        cache.get_or_load(f"{number}", lambda: bytes(1024))
    server.client.delete(f"{prefix}:catalogue:{lost}")

    for number in range(40, 80):
        cache.get_or_load(f"{number}", lambda: bytes(1024))

    booked = server.client.zcard(f"{prefix}:catalogue:uses")
    sizes = server.client.hgetall(f"{prefix}:catalogue:sizes")
    assert 10 < booked < 32
    assert len(sizes) == booked + 1
    assert int(sizes.pop(b"all")) == sum(map(int, sizes.values())) <= 32 * 1024


def test_answers_of_an_earlier_generation_make_room_first(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """A catalogue that changes all the time takes no more room than one that does not."""
    server = new_server()
    cache = new_cache(server, room=32 * 1024)
    for _ in range(10):
        for number in range(10):
            cache.get_or_load(f"{number}", lambda: bytes(1024))
        cache.invalidate()

    assert len(list(server.client.scan_iter(f"{prefix}:catalogue:*:*"))) < 32


def test_what_an_answer_takes_beside_it_is_counted(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """The server needs no more memory for many small answers than the room says."""
    server = new_server()
    cache = new_cache(server, room=256 * 1024)
    for number in range(600):
        cache.get_or_load(f"{number}", lambda: b"")

    keys = list(server.client.scan_iter(f"{prefix}:catalogue:*"))
    taken = sum(server.client.memory_usage(key, samples=0) or 0 for key in keys)
    assert 64 * 1024 < taken < 256 * 1024


def test_hundred_misses_in_two_processes_load_once(new_cache: NewCache) -> None:
    """Fifty threads of each: one loads, and all get what it loaded."""
    caches = [new_cache(patience=timedelta(seconds=WAIT)) for _ in range(2)]
    slow, loader = SlowLoader(an_answer(1)), Loader(2)
    asked = Event()

    def ask(number: int) -> bytes:
        if number == 99:
            asked.set()
        return caches[number % 2].get_or_load("key", loader)

    with ThreadPoolExecutor(100) as threads:
        answers = [threads.submit(caches[0].get_or_load, "key", slow)]
        assert slow.began.wait(WAIT)
        answers += [threads.submit(ask, number) for number in range(1, 100)]
        assert asked.wait(WAIT)
        slow.release.set()

    assert [answer.result() for answer in answers] == [an_answer(1)] * 100
    assert loader.calls == 0


def test_threads_of_a_process_do_not_look_again(
    proxy: Proxy, new_server: NewServer, new_cache: NewCache
) -> None:
    """They wait for one another's load; only other processes ask the server for its end."""

    def sleep(_: float) -> None:
        raise AssertionError("a thread of the loading process looked again")

    cache, slow = new_cache(new_server(proxy.url), sleep=sleep), SlowLoader(an_answer(1))
    with ThreadPoolExecutor(6) as threads:
        answers = [threads.submit(cache.get_or_load, "key", slow)]
        assert slow.began.wait(WAIT)
        before = proxy.questions
        answers += [threads.submit(cache.get_or_load, "key", Loader(2)) for _ in range(5)]
        assert until(lambda: proxy.questions == before + 5)
        slow.release.set()

    assert [answer.result() for answer in answers] == [an_answer(1)] * 6


def test_other_process_waits_for_the_load_and_finds_its_answer(new_cache: NewCache) -> None:
    """It looks again and again while the other one loads."""
    slow, ended = SlowLoader(an_answer(1)), Event()

    def sleep(_: float) -> None:
        slow.release.set()
        assert ended.wait(WAIT)

    first, other = new_cache(), new_cache(sleep=sleep)
    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(first.get_or_load, "key", slow)
        assert slow.began.wait(WAIT)
        loading.add_done_callback(lambda _: ended.set())
        answer = other.get_or_load("key", Loader(2))

    assert answer == an_answer(1)


def test_other_process_loads_when_its_patience_ends(new_cache: NewCache) -> None:
    """One that hangs holds nobody up."""
    slow = SlowLoader(an_answer(1))
    first, other = new_cache(), new_cache(patience=timedelta(0))

    with ThreadPoolExecutor(1) as threads:
        loading = threads.submit(first.get_or_load, "key", slow)
        assert slow.began.wait(WAIT)
        answer = other.get_or_load("key", Loader(2))
        slow.release.set()

    assert (answer, loading.result()) == (an_answer(2), an_answer(1))


def test_failed_load_is_left_to_the_next(new_cache: NewCache) -> None:
    """Its claim is released at once, so that no other process waits for it."""

    def fail() -> bytes:
        raise Unavailable("store")

    def sleep(_: float) -> None:
        raise AssertionError("nobody loads, so there is nothing to wait for")

    first, other = new_cache(), new_cache(sleep=sleep)
    with pytest.raises(Unavailable):
        first.get_or_load("key", fail)

    assert other.get_or_load("key", Loader(2)) == an_answer(2)


@pytest.mark.parametrize("fails", [False, True])
def test_claim_that_has_passed_to_another_process_is_left_to_it(
    new_server: NewServer, new_cache: NewCache, prefix: str, *, fails: bool
) -> None:
    """Whoever loads for longer than a claim holds does not end the claim of the next process."""
    server = new_server()

    def load() -> bytes:
        (lock,) = server.client.scan_iter(f"{prefix}:*:lock")
        server.client.set(lock, "another")
        if fails:
            raise Unavailable("store")
        return an_answer(1)

    with suppress(Unavailable):
        new_cache(server).get_or_load("key", load)

    (lock,) = server.client.scan_iter(f"{prefix}:*:lock")
    assert server.client.get(lock) == b"another"


def test_answer_of_a_load_that_another_process_overtook_is_not_kept(new_cache: NewCache) -> None:
    """A price changed while it loaded: whoever comes later sees the new one."""
    first, other = new_cache(), new_cache()

    def load() -> bytes:
        other.invalidate()
        return an_answer(1)

    assert first.get_or_load("key", load) == an_answer(1)
    assert first.get_or_load("key", Loader(2)) == an_answer(2)
    assert other.get_or_load("key", Loader(3)) == an_answer(2)


def test_overtaken_answer_is_not_even_written(
    new_server: NewServer, new_cache: NewCache, prefix: str
) -> None:
    """Nor does its claim stay behind."""
    server = new_server()
    cache = new_cache(server)

    def load() -> bytes:
        cache.invalidate()
        return an_answer(1)

    cache.get_or_load("key", load)

    assert list(server.client.scan_iter(f"{prefix}:catalogue:*:*")) == []


def test_processes_that_miss_at_once_load_once(
    redis_url: str, new_server: NewServer, prefix: str
) -> None:
    """Real ones, started together."""
    command = [sys.executable, str(ASKING), redis_url, prefix]
    processes = [
        subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    told = [process.stdin for process in processes]
    for line in told:
        assert line is not None
        line.write("go\n")
        line.flush()

    assert [process.communicate(timeout=60)[0] for process in processes] == ["True\n"] * 2
    assert new_server().client.get(f"{prefix}:loads") == b"1"
