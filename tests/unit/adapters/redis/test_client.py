import resource
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from koda.adapters.redis.catalogue_cache import SHARE
from koda.adapters.redis.client import TIMEOUT, Deadline, PromptTlsConnection, make_client
from koda.domain.model.errors import InvalidValue, Unavailable
from tests.servers.proxy import Proxy, garbage
from tests.unit.adapters.redis.conftest import NewServer


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


def test_answers_come_through_tls_in_time(
    secure: int, tmp_path: Path, new_server: NewServer
) -> None:
    """And one that does not come is waited for no longer than any other."""
    authority = f"?ssl_ca_certs={tmp_path / 'cert.pem'}"
    server = new_server(f"rediss://localhost:{secure}{authority}", timedelta(seconds=2))

    assert server.ask(server.client.ping)
    with pytest.raises(Unavailable) as caught:
        server.ask(server.client.ping)
    assert "Timeout" in str(caught.value.__cause__)


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[int]:
    """The port of a server that speaks TLS, answers the first question and no other."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key.private_bytes(*plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with socket.create_server(("localhost", 0)) as listener:
        thread = Thread(target=answer_once, args=(listener, context))
        thread.start()
        yield listener.getsockname()[1]
        thread.join(20)


def answer_once(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Let one client in, answer its first question, and wait until it leaves."""
    listener.settimeout(20)
    plain, _ = listener.accept()
    plain.settimeout(20)
    with context.wrap_socket(plain, server_side=True) as client, suppress(OSError):
        client.recv(1000)
        client.sendall(b"+PONG\r\n")
        while client.recv(1000):
            pass


def test_answer_that_claims_to_be_huge_takes_no_memory(proxy: Proxy, new_server: NewServer) -> None:
    """Room is made for what has come, not for what is announced."""
    server = new_server(proxy.url, TIMEOUT)
    proxy.fault = garbage(b"*2147483647\r\n$1\r\nx\r\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(Unavailable):
        server.ask(server.client.ping)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000
