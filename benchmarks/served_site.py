"""The production family on servers of this machine, each in a process of its own."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from attrs import evolve, frozen

from koda.entrypoints.embedded.sandbox import sandbox_beside
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close
from paysandbox import SandboxControl
from tests.e2e.trips.stage import Stage
from tests.servers.families import Production
from tests.servers.mongo import MongoServer
from tests.servers.mongo import running as running_mongo
from tests.servers.s3 import seaweed
from tests.servers.traffic import UNLIMITED, Running
from tests.servers.valkey import live_redis
from tests.support.markets import market_of

NOWHERE = "http://127.0.0.1:9"
"""The site's address: nobody listens, since messages are carried by hand."""


@frozen
class ServedSite:
    """A marketplace with listings, and the settings that lead to its servers."""

    stage: Stage
    settings: Settings


@contextmanager
def served_site() -> Iterator[ServedSite]:
    """Start the servers and a marketplace of five sellers on them."""
    with ExitStack() as ends:
        folders = [Path(ends.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        mongo = MongoServer(ends.enter_context(running_mongo(folders[0])).uri)
        s3 = ends.enter_context(seaweed(folders[1]))
        production = Production(mongo, ends.enter_context(live_redis()), s3)
        ground = ends.enter_context(production.ground(folders[2], NOWHERE))
        told = load_settings({**ground.variables, "KODA_NOTICES": "memory"})
        settings = ends.enter_context(sandbox_beside(evolve(told, limits=UNLIMITED), 20_000))
        control = SandboxControl(settings.sandbox_url)
        control.webhooks.hold()
        container = make_container(settings)
        ends.callback(close, container)
        yield ServedSite(Stage(Running(market_of(container), control)), settings)
