from datetime import timedelta
from typing import Any

import pytest

from koda.adapters.redis.catalogue_cache import SHARE
from koda.adapters.redis.client import TIMEOUT, Deadline, PromptTlsConnection, make_client
from koda.domain.model.errors import InvalidValue


def test_looking_claiming_and_keeping_may_take_less_than_a_tenth_of_a_second() -> None:
    """That is the most that a Redis which is always just in time adds to an answer."""
    assert timedelta(milliseconds=50) == TIMEOUT
    assert timedelta(milliseconds=100) > TIMEOUT * (1 + SHARE + SHARE)


def test_deadline_is_shared_by_all_that_is_asked_within() -> None:
    """What is left shrinks, and nothing is left after the end."""
    deadline = Deadline(10)
    with deadline.within(0.5):
        left = [deadline.remaining(), deadline.remaining()]
    with deadline.within(0), pytest.raises(TimeoutError):
        deadline.remaining()

    assert 5 > left[0] > left[1] > 4
    assert deadline.remaining() == 10


def test_connections_have_no_retries_and_short_time_outs() -> None:
    """Whatever the address asks for."""
    url = "redis://127.0.0.1:1/2?socket_timeout=9&retry_on_timeout=yes&health_check_interval=1"
    client = make_client(url, Deadline(0.05))
    connection: Any = client.connection_pool.make_connection()

    assert connection.db == 2
    assert connection.retry.get_retries() == 0
    assert connection.socket_timeout == connection.socket_connect_timeout == 0.05
    assert connection.health_check_interval == 0


def test_secure_address_gets_secure_connections() -> None:
    """With the options of the library that the address carries."""
    client = make_client("rediss://:secret@redis.example:6380?ssl_ca_certs=/etc/x", Deadline(0.05))
    connection: Any = client.connection_pool.make_connection()

    assert isinstance(connection, PromptTlsConnection)
    assert (connection.host, connection.port) == ("redis.example", 6380)
    assert (connection.password, connection.ca_certs) == ("secret", "/etc/x")


@pytest.mark.parametrize(
    "url", ["", "http://x", "redis://x:y", "redis://x?frobnicate=1", "redis://x?max_connections=z"]
)
def test_address_that_cannot_be_used_is_refused(url: str) -> None:
    """At the start, not when the first visitor waits."""
    with pytest.raises(InvalidValue, match=r"redis\.url: must be an address"):
        make_client(url, Deadline(0.05))


def test_refused_address_is_not_repeated() -> None:
    """A slash in a password makes it look like a port."""
    with pytest.raises(InvalidValue) as caught:
        make_client("redis://:hidden/word@127.0.0.1", Deadline(0.05))

    assert "hidden" not in str(caught.value)
    assert caught.value.__cause__ is None
