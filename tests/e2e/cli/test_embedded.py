import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
import requests

from koda.domain.model.errors import Unavailable
from koda.entrypoints.backends.chosen import check
from koda.entrypoints.embedded.addresses import free_port
from koda.entrypoints.embedded.sandbox import last_port, leading_to, sandbox_beside
from koda.entrypoints.samples.catalogue import ADMIN
from koda.entrypoints.settings.settings import Settings
from paysandbox.control import SandboxControl, SandboxError
from tests.e2e.cli.program import descent


def test_sandbox_stands_beside_the_site_and_is_gone_with_it(tmp_path: Path) -> None:
    """Its settings are complete, its address is remembered, and nothing listens afterwards."""
    with sandbox_beside(Settings(data=tmp_path), near=free_port()) as settings:
        url = settings.sandbox_url
        assert check(settings).sandboxed
        assert not settings.live
        assert settings.admins == (ADMIN.id,)
        endpoints = SandboxControl(url).objects("webhook_endpoint")

    assert {endpoint["url"] for endpoint in endpoints} == {
        "http://127.0.0.1:8000/webhooks/stripe",
        "http://127.0.0.1:8000/webhooks/stripe-connect",
        "http://127.0.0.1:8000/webhooks/clerk",
    }
    assert last_port(tmp_path) == (int(url.rpartition(":")[2]),)
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_sandboxes_that_start_at_once_do_not_take_one_port(tmp_path: Path) -> None:
    """Each sees that the port is free, and only one can have it."""
    near, started = free_port(), Barrier(2)

    def address(name: str) -> str:
        data = tmp_path / name
        data.mkdir()
        started.wait(60)
        with sandbox_beside(Settings(data=data), near=near) as settings:
            started.wait(60)
            return settings.sandbox_url

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(address, ("a", "b"))

    assert first != second


def test_sandbox_that_dies_is_started_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At the same address, with its state and its keys, and the log tells."""
    with sandbox_beside(Settings(data=tmp_path), near=free_port()) as settings:
        control = SandboxControl(settings.sandbox_url)
        (person, *_), told = control.objects("user"), control.info()
        (process,) = (child for child in descent(os.getpid()) if is_sandbox(child, tmp_path))
        os.kill(process, signal.SIGKILL)

        assert eventually(lambda: SandboxControl(settings.sandbox_url).info()) == told
        assert person in control.objects("user")

    assert "Sandbox ended" in caplog.messages
    assert "Sandbox started again" in caplog.messages


def is_sandbox(process: int, data: Path) -> bool:
    """Whether a process is the sandbox of a data directory."""
    with suppress(FileNotFoundError):
        return str(data).encode() in Path(f"/proc/{process}/cmdline").read_bytes()
    return False


def eventually(ask: Callable[[], Any]) -> Any:
    """What is answered as soon as anything is."""
    for _ in range(1000):
        try:
            return ask()
        except SandboxError:
            Event().wait(0.05)
    return pytest.fail("the sandbox does not come back")


def test_told_admins_stay(tmp_path: Path) -> None:
    """Who administers is not made up where somebody is named."""
    with sandbox_beside(Settings(data=tmp_path, admins=("user_1",)), near=free_port()) as settings:
        assert settings.admins == ("user_1",)


def test_sandbox_that_cannot_start_is_told(tmp_path: Path) -> None:
    """A directory where its state should be leaves nothing running."""
    (tmp_path / "sandbox.sqlite").mkdir()

    with (
        pytest.raises(Unavailable, match="sandbox"),
        sandbox_beside(Settings(data=tmp_path), near=free_port()),
    ):
        pass


def test_sandbox_that_is_not_there_is_told() -> None:
    """Instead of half of the settings."""
    with pytest.raises(Unavailable, match="sandbox"):
        leading_to(Settings(), SandboxControl(f"http://127.0.0.1:{free_port()}"))


def test_unreadable_port_is_forgotten(tmp_path: Path) -> None:
    """Then any port will do."""
    (tmp_path / "sandbox-port").write_text("8o81", encoding="utf-8")

    assert last_port(tmp_path) == ()
