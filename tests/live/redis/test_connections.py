import resource
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from koda.adapters.redis.client import TIMEOUT
from koda.domain.model.errors import Unavailable
from tests.live.redis.conftest import NewServer
from tests.servers.proxy import Proxy, garbage


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
