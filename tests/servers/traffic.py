"""A marketplace on the production family, and every request that leaves it for a server."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from attrs import evolve, frozen
from dependency_injector.providers import Object
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from koda.adapters.memory.outbox import MemoryOutbox
from koda.adapters.memory.provider_accounts import HOME
from koda.adapters.memory.webhook_health import MemoryWebhookHealth
from koda.adapters.mongo.database import Database, connect
from koda.adapters.redis.server import make_server
from koda.domain.model.automations import Automation
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.entrypoints.backends.chosen import check
from koda.entrypoints.backends.clerk import ClerkRoom
from koda.entrypoints.backends.mongo import MongoRoom, MongoSettings
from koda.entrypoints.backends.redis import RedisRoom
from koda.entrypoints.backends.s3 import S3Room
from koda.entrypoints.embedded.sandbox import leading_to
from koda.entrypoints.environment.loading import load_settings
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.wiring.container import Container, make_container
from koda.entrypoints.wiring.lifecycle import close
from koda.testing.marketplace import Marketplace
from paysandbox import Sandbox, SandboxControl
from tests.servers.families import Production
from tests.servers.proxy import Proxy
from tests.support.markets import market_of
from tests.support.sandboxes import prompt_sandbox
from tests.support.sessions import session

UNHURRIED = timedelta(seconds=10)
"""What Redis may take here: a busy machine must not make it seem down."""
HERE = "http://127.0.0.1:8000"
"""The site's address; nobody listens there."""
MESSAGE = "checkout.session.completed"


@frozen
class Sent:
    """What was sent: MongoDB's commands, Redis's questions, requests to Stripe and to S3."""

    mongo: tuple[str, ...] = ()
    redis: int = 0
    stripe: tuple[str, ...] = ()
    s3: tuple[str, ...] = ()

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """How many of each."""
        return len(self.mongo), self.redis, len(self.stripe), len(self.s3)


class Commands(CommandListener):
    """Notes the commands of a MongoDB client; one is one round trip."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Note it, with the collection that it is about."""
        self.seen.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing more is sent."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing more is sent."""


@frozen
class Running:
    """A marketplace, and the sandbox at which its sellers onboard and its buyers pay."""

    market: Marketplace
    sandbox: SandboxControl

    def seller(self, name: str) -> Principal:
        """Somebody who can be paid."""
        principal = self.market.person(name)
        seller = self.market.onboard_seller(principal, HOME).seller
        self.sandbox.complete_onboarding(seller.account_id)
        self.market.confirm_onboarding(principal.user_id)
        return principal

    def paid(self, buyer: Principal, *automations: Automation) -> Order:
        """An order that is paid at Stripe, of which no message has come yet."""
        order = self.market.order(buyer, *automations)
        self.sandbox.pay(session(order))
        return order

    def event(self, order: Order) -> dict[str, Any]:
        """Stripe's event that an order's session was paid."""
        return next(
            event
            for event in reversed(self.sandbox.events(MESSAGE))
            if event["data"]["object"]["id"] == session(order)
        )

    def message(self, order: Order) -> tuple[bytes, dict[str, str]]:
        """The message of that event, signed now."""
        return self.sandbox.webhooks.message(self.event(order)["id"])


@frozen
class Watched(Running):
    """One on MongoDB, Redis, S3 and Stripe's sandbox, each watched."""

    container: Container
    _commands: Commands
    _proxy: Proxy
    _objects: list[str]

    def sent(self, act: Callable[[], object]) -> Sent:
        """Do something, and tell what left for the servers meanwhile."""
        self._commands.seen.clear()
        self._objects.clear()
        self.sandbox.forget_requests()
        asked = self._proxy.turns
        act()
        called = tuple(
            f"{request.method} {_plural(request.path)}" for request in self.sandbox.requests
        )
        return Sent(
            tuple(self._commands.seen),
            self._proxy.turns - asked,
            called,
            tuple(self._objects),
        )


def _plural(path: str) -> str:
    """What kind of object a path of Stripe's is about, without its id."""
    return "/".join(part for part in path.split("/") if part.isalpha())


UNLIMITED = LimitSettings(**dict.fromkeys(LimitSettings().rates, "100000000/second"))
"""Limits that nobody reaches."""


@contextmanager
def watched(production: Production, folder: Path) -> Iterator[Watched]:
    """Run a marketplace on the production family, with its secret in `folder`."""
    with (
        production.ground(folder, HERE) as ground,
        prompt_sandbox() as sandbox,
        closing(Proxy(production.redis_url)) as proxy,
    ):
        sandbox.webhooks.hold()
        told = load_settings({**ground.variables, "KODA_NOTICES": "memory"})
        settings = check(evolve(leading_to(told, sandbox), limits=UNLIMITED))
        container = make_container(settings)
        # As with Clerk itself, whose sessions are renewed: only the sandbox's are asked about.
        container.identity.override(Object(container.rooms().of(ClerkRoom).tokens))
        yield _watching(container, sandbox, proxy)
        close(container)


def _watching(container: Container, sandbox: Sandbox, proxy: Proxy) -> Watched:
    mongo, commands, objects = container.settings().of(MongoSettings), Commands(), list[str]()
    client = connect(str.__str__(mongo.uri), [commands])
    rooms = container.rooms()
    rooms.of(MongoRoom).database = Database(lambda: client, mongo.database)
    rooms.of(RedisRoom).server = make_server(proxy.url, timeout=UNHURRIED)
    # Written at most every ten seconds, so that how often depends on how fast the tests are.
    container.webhook_health.override(Object(MemoryWebhookHealth()))
    rooms.of(S3Room).bucket.client.meta.events.register(
        "before-send.s3", lambda request, **_: objects.append(request.method)
    )
    # An outbox of its own, so that operations are counted without the deliveries after them.
    market = market_of(container, outbox=MemoryOutbox())
    return Watched(market, sandbox, container, commands, proxy, objects)
