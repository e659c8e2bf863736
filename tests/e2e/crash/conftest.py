import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from attrs import define, evolve

from koda.entrypoints.embedded.sandbox import sandbox_beside
from koda.entrypoints.environment.loading import load_settings, without_settings
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close
from paysandbox.control import SandboxControl
from tests.e2e.schedules.world import World
from tests.servers.families import Family, Ground

ROOT = Path(__file__).parents[3]
NOWHERE = "http://127.0.0.1:9"
"""The site's address: nobody listens, since the tests carry the messages themselves."""


@define
class Mortal:
    """The marketplace, and a worker whose children handle messages and can be killed."""

    world: World
    worker: "subprocess.Popen[str]"

    def handle(self, event_id: str, die_at: int = 0) -> bool:
        """Handle a message in a process of its own, which may die after a step.

        Whether it lived to the end.
        """
        payload, headers = self.world.sandbox.webhooks.message(event_id)
        asked = {"die_at": die_at, "payload": payload.decode(), "headers": headers}
        assert self.worker.stdin
        assert self.worker.stdout
        self.worker.stdin.write(json.dumps(asked) + "\n")
        self.worker.stdin.flush()
        status = int(self.worker.stdout.readline())
        assert status in {0, signal.SIGKILL}, f"the worker's child ended with {status}"
        return status == 0


@contextmanager
def mortal_on(ground: Ground) -> Iterator[Mortal]:
    """A marketplace on `ground`, a sandbox in a process of its own, a worker in another."""
    told = evolve(load_settings(ground.variables), notices="memory")
    with sandbox_beside(told, 20_000) as settings:
        container = make_container(settings)
        world = World.of(container, SandboxControl(settings.sandbox_url))
        world.sandbox.webhooks.hold()
        world.seller("ada", "12.50", "3.33")
        world.seller("cyd", "20")
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.crash.worker", settings.sandbox_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**without_settings(os.environ), **ground.variables},
        )
        with worker:
            yield Mortal(world, worker)
        close(container)


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Iterator[Mortal]:
    """A marketplace of either family, whose workers can be killed."""
    data = tmp_path_factory.mktemp("crash")
    with family.ground(data, NOWHERE) as ground, mortal_on(ground) as mortal:
        yield mortal
