"""What operations cost on the production family: beside their floors, and Koda's own part.

CPU time of the calling thread, so that neither the servers nor their disks count. A floor sends the
same questions over plain sockets and computes by hand what must be computed. Koda's own part is
what an operation takes when its libraries answer at once what they answered before; the rest of the
whole is theirs.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from attrs import fields, frozen
from bson import ObjectId
from pymongo.monitoring import CommandStartedEvent
from redis import Redis
from redis._parsers import _RESP2Parser
from rich.table import Table

from benchmarks.floors import BareHttp, BareMongo, BareRedis, bare_link, bare_webhook
from benchmarks.recorded_calls import RecordedCalls, Recording, RecordingDatabase, RecordingRedis
from benchmarks.scenarios import unwatched
from benchmarks.served_site import ServedSite, served_site
from benchmarks.timing import Cost, prepared
from koda.adapters.mongo.database import Database, connect
from koda.adapters.redis.circuit_breaker import CircuitBreaker
from koda.adapters.redis.client import TIMEOUT, Deadline
from koda.adapters.redis.server import RedisServer
from koda.adapters.s3.signing import sign
from koda.domain.model.orders import Order
from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import Search
from koda.entrypoints.backends.mongo import MongoRoom, MongoSettings
from koda.entrypoints.backends.redis import RedisRoom, RedisSettings
from koda.entrypoints.backends.s3 import S3Settings
from koda.entrypoints.backends.stripe import StripeRoom, StripeSettings
from koda.entrypoints.web.api.problems import written as as_json
from koda.entrypoints.web.api.schemas.catalogue import catalogue_answer
from koda.entrypoints.wiring.container import make_container
from koda.testing.marketplace import Marketplace
from tests.servers.traffic import Commands
from tests.support.markets import market_of

Act = Callable[[], object]
Prepare = Callable[[], Act]
Command = dict[str, Any]

NUMBER, ROUNDS = 9, 9
SESSION = frozenset({"lsid", "txnNumber", "$clusterTime"})
"""What the driver adds to a command for sessions of its own."""


def written(catalogue: Catalogue) -> bytes:
    """Write an answer as the API does where there are no pages."""
    return as_json(catalogue_answer(catalogue, lambda *_: (), ""))


def nothing() -> None:
    """Compute nothing."""


@frozen
class Operation:
    """One thing done in several ways, each prepared anew for every call.

    `whole` does it, `floor` does it by hand, `canned` does it while its libraries only repeat what
    they answered before, and `computed` is what libraries compute in the middle of that all the
    same. Koda's guard of Redis lies inside the library's calls: `guarded` asks with it, `bare`
    without.
    """

    whole: Prepare
    floor: Prepare
    canned: Prepare
    computed: Prepare = lambda: nothing
    guarded: Prepare = lambda: nothing
    bare: Prepare = lambda: nothing

    def own(self, costs: Mapping[str, Cost]) -> float:
        """Koda's own microseconds."""
        guard = costs["guarded"].median - costs["bare"].median
        return costs["canned"].median - costs["computed"].median + guard


WAYS = tuple(field.name for field in fields(Operation))


class Copies(Commands):
    """Copies whole commands of a MongoDB client."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[Command] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Copy it."""
        command = {name: value for name, value in event.command.items() if name not in SESSION}
        self.commands.append(command)


class Operations:
    """Everything that is measured, on servers that stand."""

    def __init__(self, on: ServedSite) -> None:
        self.stage, self.settings = on.stage, on.settings
        self.market, self.sandbox = on.stage.market, on.stage.running.sandbox
        self.redis_url = str.__str__(on.settings.of(RedisSettings).url)
        self.mongo_uri = str.__str__(on.settings.of(MongoSettings).uri)
        self.redis, self.mongo = BareRedis(self.redis_url), BareMongo(self.mongo_uri)
        self.guarded = make_container(on.settings).rooms().of(RedisRoom).server.client
        self.unguarded = Redis.from_url(self.redis_url, protocol=2, parser_class=_RESP2Parser)
        key = str.__str__(on.settings.of(StripeSettings).secret_key)
        self.stripe = BareHttp(on.settings.sandbox_url, key)

    def all(self) -> Mapping[str, Operation]:
        """By name."""
        return {
            "catalogue, cached": self.cached(),
            "catalogue, not cached": self.uncached(),
            "download": self.download(),
            "payment message, 3 lines, 1 seller": self.message(1),
            "payment message, 3 lines, 3 sellers": self.message(3),
        }

    def cached(self) -> Operation:
        """A page that somebody asked for before; the floor is a `GET`."""
        key = self._kept()
        return Operation(
            lambda: lambda: self.market.present_catalogue(Search(), "bench", written),
            lambda: lambda: self.redis.ask(b"GET", key),
            self._canned(
                lambda market: lambda: market.present_catalogue(Search(), "bench", written)
            ),
            guarded=lambda: partial(self.guarded.get, key),
            bare=lambda: partial(self.unguarded.get, key),
        )

    def uncached(self) -> Operation:
        """A page after a change; the floor asks as often, with what is to be kept as it is."""
        page = self.redis.ask(b"GET", self._kept())

        def browsing(market: Marketplace) -> Act:
            market.cache.invalidate()
            return lambda: market.present_catalogue(Search(), "bench", written)

        def bare(commands: list[Command]) -> None:
            self.redis.ask(b"GET", b"floor:none")
            self.redis.ask(b"SET", b"floor:lock", b"1", b"PX", b"10000")
            self._ask_each(commands)
            self.redis.ask(b"SET", b"floor:answer", page, b"PX", b"10000")

        def thrice(client: Redis) -> Act:
            return lambda: [client.get("floor:none") for _ in range(3)]

        return Operation(
            lambda: browsing(self.market),
            self._bare(browsing, bare),
            self._canned(browsing),
            guarded=lambda: thrice(self.guarded),
            bare=lambda: thrice(self.unguarded),
        )

    def download(self) -> Operation:
        """A link to what was bought; the floor signs it by hand."""
        buyer, automation = self.stage.bought()
        link = self.market.authorize_download(buyer, automation.id).url
        url = link.partition("?")[0]
        asked = {name: value for name, value in _parameters(link).items() if name not in SIGNED}
        s3 = self.settings.of(S3Settings)
        keys = (s3.access_key, str.__str__(s3.secret_key), s3.region)
        if _parameters(bare_link(url, asked, *keys)) != _parameters(link):
            raise AssertionError("signed by hand, the link is another")
        given = {name: value for name, value in asked.items() if name.startswith("response-")}
        bucket = make_container(self.settings).bucket()
        place = url.removeprefix(f"{bucket.url}/")

        def downloading(market: Marketplace) -> Act:
            return lambda: market.authorize_download(buyer, automation.id)

        def bare(commands: list[Command]) -> None:
            bare_link(url, asked, *keys)
            self._ask_each(commands)

        return Operation(
            lambda: downloading(self.market),
            self._bare(downloading, bare),
            self._canned(downloading),
            lambda: lambda: sign(bucket, "GET", place, 300, parameters=given),
        )

    def message(self, sellers: int) -> Operation:
        """The message that three lines are paid; the floor asks the same of the same servers."""
        paying = [self._paid(sellers)]

        def receiving(market: Marketplace) -> Act:
            order = paying[-1]
            paying.append(self._paid(sellers))
            body, headers = self.stage.running.message(order)
            handle = unwatched(market)
            return lambda: handle(body, headers)

        (secret, *_) = map(str.__str__, self.settings.of(StripeSettings).webhook_secrets or ())
        body, headers = self.stage.running.message(paying[0])
        signature = headers["Stripe-Signature"]

        self.sandbox.forget_requests()
        receiving(self.market)()
        calls = [
            (
                request.method,
                *_sent(request.method, request.path, request.params),
                request.idempotency_key,
            )
            for request in self.sandbox.requests
            if request.path.startswith("/v1/")
        ]

        def bare(commands: list[Command]) -> None:
            bare_webhook(body, signature, secret)
            self._ask_each(commands)
            for call in calls:
                self.stripe.ask(*call)

        return Operation(
            lambda: receiving(self.market),
            self._bare(receiving, bare),
            self._canned(receiving),
            lambda: lambda: bare_webhook(body, signature, secret),
        )

    def _paid(self, sellers: int) -> Order:
        return self.stage.running.paid(self.stage.buyer(), *self.stage.lines(3, sellers))

    def _kept(self) -> bytes:
        """The key of an answer of the catalogue that is kept."""
        self.market.cache.invalidate()
        self.market.present_catalogue(Search(), "bench", written)
        with Redis.from_url(self.redis_url) as client:
            keys: Any = sorted(
                client.keys(f"{self.settings.of(RedisSettings).prefix}:catalogue:*:*")
            )
        return bytes(keys[-1])

    def _bare(
        self, prepare: Callable[[Marketplace], Act], ask: Callable[[list[Command]], None]
    ) -> Prepare:
        """Do by hand what an operation asks of MongoDB, copied from one of its calls."""
        copies = Copies()
        client, container = connect(self.mongo_uri, [copies]), make_container(self.settings)
        name = self.settings.of(MongoSettings).database
        container.rooms().of(MongoRoom).database = Database(lambda: client, name)
        act = prepare(market_of(container))
        copies.commands.clear()
        act()

        def prepared() -> Act:
            commands = [_anew(command) for command in copies.commands]
            return lambda: ask(commands)

        return prepared

    def _ask_each(self, commands: list[Command]) -> None:
        for command in commands:
            self.mongo.ask(command)

    def _canned(self, prepare: Callable[[Marketplace], Act]) -> Prepare:
        """Do it with libraries that only repeat themselves."""
        calls, container = RecordedCalls(), make_container(self.settings)
        rooms = container.rooms()
        redis, mongo, stripe = rooms.of(RedisRoom), rooms.of(MongoRoom), rooms.of(StripeRoom)
        client_of_stripe: Any = stripe.client
        client: Any = RecordingRedis(calls, redis.server.client)
        redis.server = RedisServer(client, Deadline(TIMEOUT.total_seconds()), CircuitBreaker())
        recorded: Any = RecordingDatabase(calls, mongo.database)
        mongo.database = recorded
        repeating: Any = Recording(calls, lambda: client_of_stripe)
        stripe.client = repeating
        act = prepare(market_of(container))
        calls.record(act)
        return lambda: act


SIGNED = frozenset({"X-Amz-Credential", "X-Amz-Signature"})
"""What signing adds to the parameters of a link."""


def _parameters(link: str) -> dict[str, str]:
    return dict(parse_qsl(link.partition("?")[2]))


def _anew(command: Command) -> Command:
    """A command to send again: what it adds goes elsewhere, under new ids."""
    if "insert" not in command:
        return command
    rows = [{**row, "_id": ObjectId()} for row in command["documents"]]
    return {**command, "insert": "floor", "documents": rows}


def _sent(method: str, path: str, params: Mapping[str, Any]) -> tuple[str, str]:
    """The path and the form of a call to Stripe, as they were sent."""
    text = urlencode(list(_flat(params)))
    return (path, text) if method == "POST" else (f"{path}?{text}", "")


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in params.items():
        inner = f"{prefix}[{name}]" if prefix else name
        if isinstance(value, Mapping):
            yield from _flat(value, inner)
        else:
            yield inner, value


def run() -> Table:
    """Measure, and return the table."""
    with served_site() as on:
        operations = Operations(on).all()
        calls = {
            (name, way): getattr(operation, way)
            for name, operation in operations.items()
            for way in WAYS
        }
        costs = prepared(calls, NUMBER, ROUNDS)
    table = Table(title="Production family: CPU microseconds of the calling thread")
    table.add_column("operation")
    for heading in ("floor", "whole", "whole / floor", "libraries", "Koda's own", "share"):
        table.add_column(heading, justify="right")
    for name, operation in operations.items():
        table.add_row(name, *_figures(operation, {way: costs[name, way] for way in WAYS}))
    return table


def _figures(operation: Operation, costs: Mapping[str, Cost]) -> Iterator[str]:
    own, whole, floor = operation.own(costs), costs["whole"].median, costs["floor"].median
    yield f"{floor:.0f}"
    yield f"{whole:.0f}"
    yield f"{whole / floor:.1f}"
    yield f"{whole - own:.0f}"
    yield f"{own:.0f}"
    yield f"{own / whole:.0%}"
