import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from koda.adapters.memory.rate_limiter import MemoryRateLimiter
from koda.adapters.redis.client import TIMEOUT
from koda.adapters.redis.rate_limiter import RedisRateLimiter
from koda.adapters.redis.server import RedisServer
from koda.domain.model.errors import InvalidValue, Refused, TooMany, Unavailable
from koda.ports.rate_limiter import RateLimiter
from koda.testing.contracts.catalogue_loads import Loader, an_answer
from tests.live.redis.conftest import NewCache, NewServer
from tests.servers.proxy import Fault, Proxy, black_hole, drip, garbage, late, passing, reset, until
from tests.support.watch import Watch

GARBAGE = [
    b"garbage\r\n",
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
    b"\xff\xfe" * 50,
    b"\r\n",
    b"+OK\r\n",
    b":-1\r\n",
    b"$-1\r\n",
    b"*0\r\n",
    b"*1\r\n$1\r\nx\r\n",
    b"*2\r\n$1\r\nx\r\n$1\r\ny\r\n",
    b"*3\r\n:1\r\n:2\r\n:3\r\n",
    b"%1\r\n*0\r\n+b\r\n",
    b">2\r\n+a\r\n+b\r\n",
    b"*1\r\n" * 1000,
    b"*2147483647\r\n",
    b"$99999999999\r\n",
    b"(123456789012345678901234567890\r\n",
    b"-ERR no\r\n",
    b"-NOSCRIPT no\r\n",
    b"-NOAUTH Authentication required.\r\n",
    b"-LOADING the dataset\r\n",
    b"-READONLY no\r\n",
    b"-OOM no\r\n",
    b"-MOVED\r\n",
    b"-MOVED 1 127.0.0.1:1\r\n",
]
FAULTS: dict[str, Fault] = {
    "black hole": black_hole,
    "reset": reset,
    "late": late(0.2),
    "dripping": drip(0.02),
} | {repr(answer[:20]): garbage(answer) for answer in GARBAGE}
RATES = {"sign_in": "5/minute"}


@pytest.fixture(params=FAULTS)
def fault(request: pytest.FixtureRequest) -> Fault:
    """What befalls a network or a server."""
    return FAULTS[request.param]


@pytest.fixture
def server(proxy: Proxy, new_server: NewServer) -> RedisServer:
    """A server behind the proxy, with the time-outs of production."""
    return new_server(proxy.url, TIMEOUT)


@pytest.fixture
def nowhere(new_server: NewServer) -> RedisServer:
    """A server that is not there: its port is refused."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return new_server(f"redis://127.0.0.1:{port}", TIMEOUT)


@pytest.fixture
def new_limiter(prefix: str) -> Callable[[RedisServer], RateLimiter]:
    """Makes limiters of a process each."""

    def make(server: RedisServer) -> RateLimiter:
        return RedisRateLimiter(RATES, server, MemoryRateLimiter(RATES), prefix=prefix)

    return make


def passes(limiter: RateLimiter) -> bool:
    """Whether the caller may sign in once more."""
    try:
        limiter.check("sign_in", "ada")
    except TooMany:
        return False
    return True


def test_fault_changes_no_answer_and_is_waited_for_three_times(
    proxy: Proxy, server: RedisServer, new_cache: NewCache, fault: Fault
) -> None:
    """Each answer is the store's; after three failures nobody asks any more.

    Each failure costs one deadline of 50 ms at most, since nothing more is asked for an answer
    that could not be looked up.
    """
    cache, loader = new_cache(server), Loader()
    proxy.fault = fault

    answers = [cache.get_or_load("key", loader) for _ in range(10)]

    assert answers == [an_answer(number) for number in range(1, 11)]
    assert proxy.connections <= 3
    # A server that knows no script is told it, and may then still not know it.
    assert proxy.questions <= 6


def test_fault_hides_what_was_kept_and_no_longer_than_it_lasts(
    proxy: Proxy, server: RedisServer, new_cache: NewCache, watch: Watch, fault: Fault
) -> None:
    """Kept answers are loaded meanwhile, and found again once the server is tried again."""
    cache = new_cache(server)
    new_cache().get_or_load("key", Loader(1))
    proxy.fault = fault
    meanwhile = [cache.get_or_load("key", Loader(2)) for _ in range(5)]

    proxy.become(passing)
    left_alone = cache.get_or_load("key", Loader(3))
    watch.seconds += 5
    found = until(lambda: cache.get_or_load("key", Loader(4)) == an_answer(1) or tick(watch))

    assert meanwhile == [an_answer(2)] * 5
    assert left_alone == an_answer(3)
    assert found


def tick(watch: Watch) -> bool:
    """Let the next caller try, where a busy machine made the last one fail."""
    watch.seconds += 5
    return False


@pytest.mark.parametrize("spare", [1, 2])
def test_fault_in_the_midst_changes_no_answer(
    proxy: Proxy, server: RedisServer, new_cache: NewCache, fault: Fault, spare: int
) -> None:
    """While a load is claimed, or while its answer is kept."""
    new_cache().get_or_load("scripts are known from now on", Loader())
    cache = new_cache(server)
    proxy.spare, proxy.fault = spare, fault

    assert cache.get_or_load("key", Loader(1)) == an_answer(1)


def test_failure_of_the_store_comes_through_a_fault(
    proxy: Proxy, server: RedisServer, new_cache: NewCache
) -> None:
    """The claim cannot be released, which is nobody's concern but the next one's."""
    failure = Unavailable("store")

    def fail() -> bytes:
        proxy.fault = reset
        raise failure

    with pytest.raises(Unavailable) as caught:
        new_cache(server).get_or_load("key", fail)

    assert caught.value is failure


def test_answer_that_drips_is_not_waited_for(
    proxy: Proxy, server: RedisServer, new_cache: NewCache
) -> None:
    """Each byte comes in time and the whole would not: the deadline is for all of it."""
    new_cache().get_or_load("key", Loader(1))
    proxy.fault = drip(0.01)

    assert new_cache(server).get_or_load("key", Loader(2)) == an_answer(2)
    assert proxy.hung_up.wait(5)


def test_server_that_is_not_there_changes_no_answer(
    nowhere: RedisServer, new_cache: NewCache
) -> None:
    """Not even for whoever changes something."""
    cache = new_cache(nowhere)
    cache.invalidate()

    assert [cache.get_or_load("key", Loader(number)) for number in range(5)] == [
        an_answer(number) for number in range(5)
    ]


def test_change_that_could_not_be_told_is_told_before_the_next_answer(
    proxy: Proxy, server: RedisServer, new_cache: NewCache, watch: Watch
) -> None:
    """Who changed something never sees the old answer, and then nobody does."""
    cache, other = new_cache(server), new_cache()
    cache.get_or_load("key", Loader(1))
    proxy.fault = black_hole
    cache.invalidate()
    during = cache.get_or_load("key", Loader(2))

    proxy.fault = passing
    watch.seconds += 5
    after = cache.get_or_load("key", Loader(3))

    assert (during, after) == (an_answer(2), an_answer(3))
    assert other.get_or_load("key", Loader(4)) == an_answer(3)


def test_change_is_told_even_to_a_server_that_is_left_alone(
    proxy: Proxy, server: RedisServer, new_cache: NewCache
) -> None:
    """The other processes may see it already; they must not show the old answer."""
    cache, other = new_cache(server), new_cache()
    other.get_or_load("key", Loader(1))
    proxy.fault = black_hole
    for _ in range(3):
        cache.get_or_load("key", Loader(1))

    proxy.fault = passing
    cache.invalidate()

    assert other.get_or_load("key", Loader(2)) == an_answer(2)


def test_opening_and_closing_are_logged_once(
    proxy: Proxy,
    server: RedisServer,
    new_cache: NewCache,
    watch: Watch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An outage is two lines, not one a request."""
    caplog.set_level("INFO", "koda.adapters.redis")
    cache = new_cache(server)
    proxy.fault = reset
    for _ in range(10):
        cache.get_or_load("key", Loader())
    proxy.fault = passing
    watch.seconds += 5
    cache.get_or_load("key", Loader())

    told = [record.message for record in caplog.records]
    assert len(told) == 2
    assert told[0].startswith("Redis is left alone for a while: ")
    assert told[1] == "Redis answers again"


def test_limits_hold_in_the_process_while_the_server_fails(
    proxy: Proxy,
    server: RedisServer,
    new_limiter: Callable[[RedisServer], RateLimiter],
    fault: Fault,
) -> None:
    """As many actions pass as the rate says, whatever the server says."""
    limiter = new_limiter(server)
    proxy.fault = fault

    passed = [passes(limiter) for _ in range(10)]

    assert passed == [True] * 5 + [False] * 5
    assert proxy.connections <= 3


def test_limits_hold_where_there_is_no_server(
    nowhere: RedisServer, new_limiter: Callable[[RedisServer], RateLimiter]
) -> None:
    """In this process alone."""
    limiter = new_limiter(nowhere)

    assert [passes(limiter) for _ in range(7)] == [True] * 5 + [False] * 2


def test_limits_are_shared_by_processes(
    new_server: NewServer, new_limiter: Callable[[RedisServer], RateLimiter]
) -> None:
    """Wherever the caller comes by, the actions are counted together."""
    limiters = [new_limiter(new_server()) for _ in range(2)]

    passed = [passes(limiters[number % 2]) for number in range(8)]

    assert passed == [True] * 5 + [False] * 3


def test_limits_cost_one_round_trip_and_a_refusal_two(
    proxy: Proxy, new_server: NewServer, new_limiter: Callable[[RedisServer], RateLimiter]
) -> None:
    """Counting is one, and asking how long to wait the other."""
    limiter = new_limiter(new_server(proxy.url))
    passes(limiter)
    before = proxy.questions
    passes(limiter)
    between = proxy.questions
    for _ in range(3):
        passes(limiter)
    full = proxy.questions
    passes(limiter)

    assert [between - before, full - between, proxy.questions - full] == [1, 3, 2]


def test_limits_of_two_marketplaces_are_apart(new_server: NewServer, prefix: str) -> None:
    """Their prefixes keep them so."""
    server = new_server()
    limiters = [
        RedisRateLimiter(RATES, server, MemoryRateLimiter({}), prefix=f"{prefix}-{letter}")
        for letter in "ab"
    ]

    assert [passes(limiter) for limiter in limiters for _ in range(5)] == [True] * 10


def test_window_without_an_end_is_not_believed(
    new_server: NewServer, new_limiter: Callable[[RedisServer], RateLimiter], prefix: str
) -> None:
    """A count that would refuse a caller for ever is not Koda's."""
    server = new_server()
    limiter = new_limiter(server)
    for _ in range(5):
        passes(limiter)
    (key,) = server.client.scan_iter(f"{prefix}:limits*")
    server.client.persist(key)

    assert passes(limiter)


def test_callers_are_not_named_in_keys(
    new_server: NewServer, new_limiter: Callable[[RedisServer], RateLimiter], prefix: str
) -> None:
    """An address is nobody's business who looks into Redis."""
    server = new_server()
    new_limiter(server).check("sign_in", "203.0.113.7")

    keys = list(server.client.scan_iter(f"{prefix}:limits*"))
    assert keys
    assert not any(b"203.0.113.7" in key for key in keys)


def test_unreadable_rate_is_refused_before_anything_is_asked(nowhere: RedisServer) -> None:
    """It names the action."""
    with pytest.raises(InvalidValue, match=r"rates\.sign_in"):
        RedisRateLimiter({"sign_in": "often"}, nowhere, MemoryRateLimiter({}))


def test_probe_leaves_nothing_behind(new_server: NewServer, prefix: str) -> None:
    """It writes, reads and deletes."""
    server = new_server()
    server.probe(prefix)

    assert list(server.client.scan_iter(f"{prefix}*")) == []


def test_probes_of_many_processes_do_not_disturb_one_another(
    new_server: NewServer, prefix: str
) -> None:
    """A balancer asks them all whether they are ready, at the same moment."""
    server = new_server()
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(server.probe, prefix) for _ in range(200)]

    assert [call.exception() for call in asked] == [None] * 200


@pytest.mark.parametrize("answer", [b"+OK\r\n", b":1\r\n", b"-NOAUTH no\r\n"])
def test_probe_finds_out_a_server_that_only_seems_one(
    proxy: Proxy, new_server: NewServer, prefix: str, answer: bytes
) -> None:
    """With the reason as the cause."""
    proxy.fault = garbage(answer)

    with pytest.raises(Unavailable) as caught:
        new_server(proxy.url, timedelta(seconds=5)).probe(prefix)

    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("answer", [b"-NOPERM no\r\n", b"-NOAUTH no\r\n", b"-WRONGPASS no\r\n"])
def test_a_user_whom_redis_refuses_is_told_from_an_outage(
    proxy: Proxy, server: RedisServer, answer: bytes
) -> None:
    """The probe says that waiting does not help, and why."""
    proxy.fault = garbage(answer)

    with pytest.raises(Refused) as told:
        server.probe("test")
    assert str(told.value.__cause__) == "no"


def test_slow_server_that_refuses_is_no_outage(
    proxy: Proxy, new_server: NewServer, prefix: str
) -> None:
    """It refuses after the time that visitors wait, and will refuse tomorrow."""
    proxy.delay = 0.2
    stranger = proxy.url.replace("://", "://nobody:wrong@")

    with pytest.raises(Refused):
        new_server(stranger, TIMEOUT).probe(prefix)


def test_slow_server_is_an_outage(proxy: Proxy, server: RedisServer, prefix: str) -> None:
    """It does what it is asked, but no visitor would wait for it."""
    proxy.delay = 0.2

    with pytest.raises(Unavailable) as told:
        server.probe(prefix)
    assert not isinstance(told.value, Refused)


def test_an_outage_is_none_of_the_operator_s(proxy: Proxy, server: RedisServer) -> None:
    """Nobody need set anything right."""
    proxy.fault = black_hole

    with pytest.raises(Unavailable) as told:
        server.probe("test")
    assert not isinstance(told.value, Refused)
