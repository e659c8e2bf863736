"""The proxy that the way to production shows, as Debian's nginx runs it before a served site."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlsplit

import pytest
import trustme

from koda.entrypoints.embedded.addresses import free_port
from tests.docs import blocks
from tests.e2e.cli.program import PATIENCE, Koda, Serving

PAGE = blocks.ROOT / "docs" / "how-to" / "go-live.md"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
SLOW = 100
"""Connections: more than the threads of two processes."""
WITHIN = 2.0
"""Seconds: a generous bound, not a measurement."""
AROUND = """
daemon off;
pid {prefix}/nginx.pid;
error_log {prefix}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {prefix}/body;
    proxy_temp_path {prefix}/proxy;
    fastcgi_temp_path {prefix}/fastcgi;
    uwsgi_temp_path {prefix}/uwsgi;
    scgi_temp_path {prefix}/scgi;
    include {prefix}/koda.conf;
}}
"""

if NGINX is None and os.environ.get("CI") != "true":
    pytest.skip("nginx is not installed here", allow_module_level=True)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """The address of a site."""
    process = Koda(tmp_path / "data").begin("serve", "--port", "0", "--samples")
    try:
        yield Serving(process).url
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def configured(prefix: Path, authority: trustme.CA, port: int, site: str) -> list[str]:
    """Write the page's block for this machine, and return the command that runs it."""
    (block,) = re.findall(
        r"<!-- file: koda\.conf of nginx -->\n```text\n(.*?)```",
        PAGE.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(prefix / "fullchain.pem")
    certificate.private_key_pem.write_to_path(prefix / "privkey.pem")
    here = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "/etc/koda/tls": str(prefix),
        "http://127.0.0.1:8000": site,
    }
    for written, meant in here.items():
        assert written in block
        block = block.replace(written, meant)
    (prefix / "koda.conf").write_text(block, encoding="utf-8")
    (prefix / "nginx.conf").write_text(AROUND.format(prefix=prefix), encoding="utf-8")
    assert NGINX is not None, "nginx is not installed, and CI tries it"
    return [NGINX, "-p", str(prefix), "-c", str(prefix / "nginx.conf")]


@contextmanager
def proxied(command: list[str], port: int) -> Iterator[None]:
    """Run nginx until the end of the block."""
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            until_listening(port)
            yield
        finally:
            process.terminate()


def until_listening(port: int) -> None:
    """Wait until something listens."""
    deadline = monotonic() + PATIENCE
    while monotonic() < deadline:
        with socket.socket() as trying:
            trying.settimeout(PATIENCE)
            if trying.connect_ex(("127.0.0.1", port)) == 0:
                return
        # A port on which nobody listens refuses at once, so that tries alone are no time.
        sleep(0.02)
    pytest.fail("nginx does not listen")


def begun(context: ssl.SSLContext, port: int, request: str) -> ssl.SSLSocket:
    """A connection that has sent this."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection = context.wrap_socket(plain, server_hostname="localhost")
    connection.sendall(request.encode())
    return connection


def test_slow_clients_stay_at_the_proxy(tmp_path: Path, site: str) -> None:
    """The block is valid; through it the site answers others while bodies do not end."""
    authority, port = trustme.CA(), free_port()
    context = ssl.create_default_context()
    authority.configure_trust(context)
    host = f"Host: {urlsplit(site).hostname}"
    half = f"POST /webhooks/stripe HTTP/1.1\r\n{host}\r\nContent-Length: 1000\r\n\r\n{{"
    with proxied(configured(tmp_path, authority, port, site), port), ExitStack() as slow:
        for _ in range(SLOW):
            slow.enter_context(begun(context, port, half))
        for path in ("/", "/healthz") * 10:
            whole = f"GET {path} HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"
            with begun(context, port, whole) as asking:
                asking.settimeout(WITHIN)
                assert asking.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n")
