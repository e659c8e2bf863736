import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, field

from koda.domain.model.automations import Automation
from koda.entrypoints.container import close, make_container
from koda.entrypoints.embedded import sandbox_beside
from koda.entrypoints.settings import Cache, NoticeChannel, Settings
from koda.sandbox.control import SandboxControl
from koda.testing.marketplace import Marketplace
from tests.e2e.schedules.world import SHARED, SandboxOutside, World

ROOT = Path(__file__).parents[3]
NOWHERE = "http://127.0.0.1:9"
"""The site's address: nobody listens, since the tests carry the messages themselves."""


@define
class Mortal:
    """The marketplace, and a worker whose children handle messages and can be killed."""

    world: World
    worker: "subprocess.Popen[str]"
    buyers: int = field(default=0)

    def handle(self, event_id: str, die_at: int = 0, *, after: bool = False) -> bool:
        """Handle a message in a process of its own; whether it lived to the end."""
        payload, headers = self.world.sandbox.webhooks.message(event_id)
        asked = {"die_at": die_at, "after": after, "payload": payload.decode(), "headers": headers}
        assert self.worker.stdin
        assert self.worker.stdout
        self.worker.stdin.write(json.dumps(asked) + "\n")
        self.worker.stdin.flush()
        status = int(self.worker.stdout.readline())
        assert status in {0, signal.SIGKILL}, f"the worker's child ended with {status}"
        return status == 0

    @property
    def listed(self) -> list[Automation]:
        """What is for sale."""
        return self.world.listed


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """SQLite, a sandbox in a process of its own, a worker in another."""
    data = tmp_path_factory.mktemp("crash")
    plain = Settings(data=data, site_url=NOWHERE, notices=NoticeChannel.MEMORY, cache=Cache.MEMORY)
    with sandbox_beside(plain, 20_000) as settings:
        container = make_container(settings)
        ports = {name: getattr(container, name)() for name in SHARED}
        world = World(Marketplace(**ports), SandboxOutside(SandboxControl(settings.sandbox_url)))
        world.sandbox.webhooks.hold()
        world.seller("ada", "12.50", "3.33")
        world.seller("cyd", "20")
        command = [sys.executable, "-m", "tests.e2e.crash.worker", data, settings.sandbox_url]
        worker = subprocess.Popen(
            [*map(str, command), NOWHERE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=dict(os.environ),
        )
        with worker:
            yield Mortal(world, worker)
        close(container)
