"""Who may reach the sandbox, and under which names."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
import requests

from paysandbox import Options, Sandbox
from paysandbox.command import main
from paysandbox.loopback import is_loopback

TIMEOUT = 5
EVERYWHERE = "0.0.0.0"  # noqa: S104 - refused, or on purpose


def asked_as(sandbox: Sandbox, *hosts: str, path: str = "/_sandbox/info") -> tuple[int, str]:
    """The status and text of an operation that names the sandbox by these hosts."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.address).netloc, timeout=TIMEOUT)
    try:
        connection.putrequest("POST", path, skip_host=True)
        for host in hosts:
            connection.putheader("Host", host)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", "2")):
            connection.putheader(name, value)
        connection.endheaders(b"{}")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8001", "127.1.2.3", "[::ffff:127.0.0.1]"],
)
def test_loopback_is_answered_by_any_of_its_names(sandbox: Sandbox, host: str) -> None:
    """Whatever the port, which a container may have changed."""
    status, text = asked_as(sandbox, host)

    assert status == 200
    assert json.loads(text)["result"]["secret_key"] == sandbox.secret_key


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:80",
        EVERYWHERE,
        "",
        "[",
        "a:b:c",
        "evil.example:80@127.0.0.1",
        "127.0.0.1/evil.example",
        "evil.example\\@127.0.0.1",
        "127.0.0.1:80:80",
    ],
)
@pytest.mark.parametrize(
    "path", ["/_sandbox/info", "/v1/balance", "/clerk/v1/client", "/clerk/sign-in", "/style.css"]
)
def test_no_other_name_is_answered(sandbox: Sandbox, host: str, path: str) -> None:
    """A page elsewhere that lets its name lead here learns no key (DNS rebinding)."""
    status, text = asked_as(sandbox, host, path=path)

    assert status == 421
    assert "127.0.0.1" in text
    assert sandbox.secret_key not in text


@pytest.mark.parametrize(
    "hosts", [(), ("localhost", "evil.example"), ("evil.example", "localhost")]
)
def test_requests_name_one_host(sandbox: Sandbox, hosts: tuple[str, ...]) -> None:
    """One without a host is of no browser, and two hosts are of nobody honest."""
    assert asked_as(sandbox, *hosts)[0] == 421


@pytest.mark.parametrize(
    "options",
    [Options(host=EVERYWHERE), Options(host="::"), Options(url="http://a.example")],
    ids=["IPv4", "IPv6", "url"],
)
def test_sandbox_for_others_does_not_start(options: Options) -> None:
    """Everybody there would be anybody."""
    with pytest.raises(ValueError, match=r"other machines|no address of this machine"):
        Sandbox(options)


def test_sandbox_may_listen_everywhere_where_somebody_answers_for_it() -> None:
    """It still answers to the names of this machine alone."""
    with Sandbox.start(host=EVERYWHERE, public=True) as sandbox:
        assert is_loopback(urlsplit(sandbox.url).hostname)
        assert asked_as(sandbox, "127.0.0.1")[0] == 200
        assert asked_as(sandbox, "koda.example")[0] == 421


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_sandbox_listens_on_any_address_of_loopback(host: str) -> None:
    """And tells callers where."""
    with Sandbox.start(host=host) as sandbox:
        answer = requests.get(f"{sandbox.url}/style.css", timeout=TIMEOUT)

    assert answer.status_code == 200


def test_program_refuses_to_listen_for_others(capsys: pytest.CaptureFixture[str]) -> None:
    """With exit code 2 and one sentence that names the way out."""
    assert main(["--host", EVERYWHERE]) == 2

    assert "KODA_SANDBOX_PUBLIC=yes-i-know" in capsys.readouterr().err
