"""The database is killed between any two steps of recording a purchase, and comes back."""

from collections.abc import Iterator, Mapping

import pytest
from attrs import define, evolve
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from koda.domain.model.orders import OrderState
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.app import create_app
from koda.entrypoints.wiring.container import make_container
from koda.entrypoints.wiring.lifecycle import close
from paysandbox import Sandbox
from tests.e2e.crash.conftest import NOWHERE
from tests.e2e.crash.scene import MOST_STEPS, Scene
from tests.e2e.crash.worker import Doom, doomed
from tests.e2e.schedules.world import World
from tests.servers.families import Production
from tests.servers.mongo import MongoServer, Program, running, start
from tests.servers.s3 import S3Server

pytestmark = pytest.mark.slow

STORY = "two sellers, one thing paid twice"


@define
class Fallible:
    """A marketplace, and the database under it."""

    world: World
    settings: Settings
    program: Program

    def fall(self) -> None:
        """Kill the database."""
        self.program.stop(kindly=False)

    def rise(self) -> None:
        """Start it again, with the files and the port that it had."""
        self.program = start(self.program.folder, self.program.port)

    def fall_and_rise(self) -> None:
        """Kill the database and start it again."""
        self.fall()
        self.rise()

    def message(self, scene: Scene) -> tuple[bytes, dict[str, str]]:
        """The provider's message about the payment, as it is sent now."""
        return self.world.sandbox.webhooks.message(scene.event)


@pytest.fixture(scope="module")
def fallible(
    tmp_path_factory: pytest.TempPathFactory, redis_url: str, s3_server: S3Server
) -> Iterator[Fallible]:
    """A marketplace of the production family with a database of its own."""
    folder = tmp_path_factory.mktemp("fallible")
    with running(folder) as program, Sandbox.start(strict=True) as sandbox:
        server = MongoServer(program.uri)
        with Production(server, redis_url, s3_server).ground(folder, NOWHERE) as ground:
            told = evolve(load_settings(ground.variables), notices="memory")
            settings = leading_to(told, sandbox)
            container = make_container(settings)
            world = World.of(container, sandbox)
            world.seller("ada", "12.50", "3.33")
            world.seller("cyd", "20")
            marketplace = Fallible(world, settings, program)
            yield marketplace
            close(container)
            server.close()
            marketplace.fall()


def test_purchase_survives_the_death_of_its_database_at_every_step(fallible: Fallible) -> None:
    """What was confirmed is there again, and the process that was at it goes on by itself."""
    for step in range(1, MOST_STEPS):
        scene, doom = Scene(fallible.world, STORY), Doom(step, strike=fallible.fall_and_rise)
        container = doomed(fallible.settings, doom)
        container.use_cases().handle_payment_event(*fallible.message(scene))
        close(container)
        scene.check(finally_=True)
        if doom.steps < step:
            assert step > 6
            return
    pytest.fail(f"not at the end after {MOST_STEPS} steps")


@pytest.mark.parametrize(
    ("step", "waiting", "state"),
    [(1, 0, OrderState.OPEN), (5, 1, OrderState.OPEN), (10, 1, OrderState.PAID)],
    ids=["before anything is written", "after the purchases", "after the order"],
)
def test_message_comes_again_while_the_database_is_gone(
    fallible: Fallible, step: int, waiting: int, state: OrderState
) -> None:
    """503 and later; once the database is back, the same message makes each purchase once."""
    scene, market = Scene(fallible.world, STORY), fallible.world.market
    container = doomed(fallible.settings, Doom(step, strike=fallible.fall))
    site = create_app(container).test_client()

    refused = deliver(site, *fallible.message(scene))
    fallible.rise()
    before = len(market.payment_inbox.pending(10)), market.orders.get(scene.order.id).state
    scene.check(finally_=False)
    again = deliver(site, *fallible.message(scene))
    close(container)

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert before == (waiting, state)
    assert again.status_code == 200
    assert market.payment_inbox.pending(10) == ()
    scene.check(finally_=True)


def deliver(site: FlaskClient, payload: bytes, headers: Mapping[str, str]) -> TestResponse:
    """Send a message as the provider does."""
    return site.post("/webhooks/stripe", data=payload, headers=dict(headers), base_url=NOWHERE)
