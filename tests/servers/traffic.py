"""A marketplace on the production family, and every request that leaves it for a server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from attrs import evolve, field, frozen
from dependency_injector.providers import Object
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from koda.adapters.memory.provider import HOME
from koda.adapters.mongo.database import Database, connect
from koda.adapters.mongo.schema import KEPT
from koda.adapters.redis.server import make_server
from koda.domain.model.automations import Automation
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.entrypoints.container import PORTS, Container, close, make_container
from koda.entrypoints.embedded import leading_to
from koda.entrypoints.environment import load_settings
from koda.entrypoints.settings import LimitSettings
from koda.sandbox import Sandbox
from koda.testing.marketplace import Marketplace
from tests.servers.mongo import MongoServer
from tests.servers.proxy import Proxy
from tests.servers.s3 import S3Server
from tests.sessions import session

UNHURRIED = timedelta(seconds=10)
"""What Redis may take here: a busy machine must not make it seem down."""
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
class Family:
    """A marketplace on MongoDB, Redis, S3 and Stripe's sandbox, each watched."""

    container: Container
    market: Marketplace
    sandbox: Sandbox
    _commands: Commands
    _proxy: Proxy
    _objects: list[str] = field(factory=list)

    def sent(self, act: Callable[[], object]) -> Sent:
        """Do something, and tell what left for the servers meanwhile."""
        self._commands.seen.clear()
        self._objects.clear()
        self.sandbox.forget_requests()
        asked = self._proxy.turns
        act()
        called = tuple(f"{one.method} {_plural(one.path)}" for one in self.sandbox.requests)
        return Sent(
            tuple(self._commands.seen),
            self._proxy.turns - asked,
            called,
            tuple(self._objects),
        )

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
            one
            for one in reversed(self.sandbox.events(MESSAGE))
            if one["data"]["object"]["id"] == session(order)
        )

    def message(self, order: Order) -> tuple[bytes, dict[str, str]]:
        """The message of that event, signed now."""
        return self.sandbox.webhooks.message(self.event(order)["id"])


def _plural(path: str) -> str:
    """What kind of object a path of Stripe's is about, without its id."""
    return "/".join(part for part in path.split("/") if part.isalpha())


@contextmanager
def family(mongo: MongoServer, redis_url: str, s3: S3Server, **settings: Any) -> Iterator[Family]:
    """Run a marketplace on the production family; further `settings` as `Settings` has them."""
    prepared = mongo.new_database(*KEPT)
    commands, objects = Commands(), list[str]()
    client = connect(mongo.uri, [commands])
    proxy = Proxy(redis_url)
    with s3.new_bucket() as bucket, Sandbox.start() as sandbox:
        sandbox.webhooks.hold()
        variables = mongo.variables(prepared) | s3.variables(bucket)
        variables |= {"KODA_CACHE": "redis", "KODA_REDIS_URL": proxy.url, "KODA_NOTICES": "memory"}
        variables |= {"KODA_REDIS_PREFIX": f"test-{prepared.name}", "KODA_SECRET_KEY": "s" * 32}
        told = leading_to(load_settings(variables), sandbox)
        container = make_container(evolve(told, **settings).check())
        container.mongo.override(Object(Database(lambda: client, prepared.name)))
        container.redis.override(Object(make_server(proxy.url, timeout=UNHURRIED)))
        container.bucket().client.meta.events.register(
            "before-send.s3", lambda request, **_: objects.append(request.method)
        )
        ports = {name: getattr(container, name)() for name in PORTS if name != "connect_events"}
        try:
            yield Family(container, Marketplace(**ports), sandbox, commands, proxy, objects)
        finally:
            close(container)
            proxy.close()


UNLIMITED = LimitSettings(**dict.fromkeys(LimitSettings().rates, "100000000/second"))
"""Limits that nobody reaches."""
