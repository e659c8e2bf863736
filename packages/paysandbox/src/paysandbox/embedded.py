"""A whole sandbox in one object: built, served, and stopped again."""

import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from attrs import field, frozen, validators

from paysandbox.app import App
from paysandbox.clerk.users import DEFAULT_PEOPLE, add_user
from paysandbox.clock import SandboxClock
from paysandbox.control import SandboxControl
from paysandbox.currencies import check_currency
from paysandbox.delivery import Deliveries
from paysandbox.endpoints import AUDIENCES, Endpoints
from paysandbox.errors import Json
from paysandbox.exchange import Exchange
from paysandbox.faults import Faults
from paysandbox.httpd import Server
from paysandbox.ids import Seeded, chance, drawing, new_id
from paysandbox.ledger import Ledger
from paysandbox.loopback import is_loopback
from paysandbox.sending import BACK_OFF, Sender
from paysandbox.state import State
from paysandbox.strict import check_installed
from paysandbox.sweeping import sweep
from paysandbox.world import CAPTURE_DELAY, Keys, World

PUBLIC, SURE = "KODA_SANDBOX_PUBLIC", "yes-i-know"
"""The variable, and its one value, by which the sandbox listens on more than loopback."""
_TICK = 1.0
"""Seconds between two looks for what has expired."""


@frozen(kw_only=True)
class Options:
    """How a sandbox is set up; every value has a working default.

    Args:
        host: the address to listen on.
        port: 0 takes a free one.
        state: an SQLite file that survives the process, or `:memory:`.
        url: the address under which browsers reach it, if not the one it listens on.
        webhook: where messages about the platform go.
        connect_webhook: where messages about connected accounts go.
        clerk_webhook: where messages about people go.
        secret_key: Stripe's secret key; made up and kept unless given.
        clerk_secret_key: Clerk's secret key; likewise.
        webhook_secret: what messages about the platform are signed with; likewise.
        connect_webhook_secret: likewise, about connected accounts.
        clerk_webhook_secret: likewise, about people; base64 after `whsec_`.
        people: who can sign in; those whose id is known already are left as they are.
        retry_delays: seconds of its clock before each further attempt to deliver a message.
        delivery_timeout: seconds for which a receiver may think.
        unordered: send messages to an endpoint several at once and in any order, as Stripe does,
            instead of one after the other.
        seed: from the same seed the same calls give the same ids and secrets.
        moment: seconds since the epoch at which its clock stands from the start.
        fee_basis_points: what the processor keeps of a charge, in hundredths of a percent.
        dispute_fee: minor units that the processor keeps of each dispute.
        currency: the currency of the platform's own account, in three letters.
        settlement_currency: into which every charge is exchanged; each charge's own unless given.
        exchange_rate: minor units of it for one minor unit of any other currency.
        capture_delay: seconds of its clock between a charge's success and its capture; 0 for none.
        available_delay: seconds between the capture and the money being available.
        public: let it listen on more than loopback, where anybody signs in as anybody; requests
            must name loopback all the same.
        strict: hold every request against the installed Stripe library's types (needs `stripe` and
            `pydantic`).
    """

    host: str = "127.0.0.1"
    port: int = 0
    state: str = ":memory:"
    url: str | None = None
    webhook: str | None = None
    connect_webhook: str | None = None
    clerk_webhook: str | None = None
    secret_key: str | None = None
    clerk_secret_key: str | None = None
    webhook_secret: str | None = None
    connect_webhook_secret: str | None = None
    clerk_webhook_secret: str | None = None
    people: Sequence[Json] = DEFAULT_PEOPLE
    retry_delays: Sequence[float] = BACK_OFF
    delivery_timeout: float = 20.0
    unordered: bool = False
    seed: int | None = None
    moment: float | None = None
    fee_basis_points: int = 0
    currency: str = "eur"
    dispute_fee: int = 0
    settlement_currency: str | None = None
    exchange_rate: float = field(default=1.0, validator=validators.gt(0))
    capture_delay: float = field(default=CAPTURE_DELAY, converter=float, validator=validators.ge(0))
    available_delay: float = field(default=0.0, converter=float, validator=validators.ge(0))
    public: bool = False
    strict: bool = False

    def endpoint(self, audience: str) -> tuple[str | None, str | None]:
        """The address and the secret given for an audience."""
        return {
            "account": (self.webhook, self.webhook_secret),
            "connect": (self.connect_webhook, self.connect_webhook_secret),
            "clerk": (self.clerk_webhook, self.clerk_webhook_secret),
        }[audience]


class Sandbox(SandboxControl):
    """A sandbox served from this process, with everything that `SandboxControl` can do.

    Use it as a context manager: `with Sandbox.start() as sandbox: …`. Its `address` is the one it
    listens on; `world` is everything behind it.
    """

    def __init__(self, options: Options) -> None:
        """Build everything and listen; `start` serves.

        Raises:
            ValueError: strict mode is asked for, and a library that it needs is missing; or it
                would be for more than this machine.
        """
        if options.strict:
            check_installed()
        with ExitStack() as undo:
            self._state = State(options.state)
            undo.callback(self._state.close)
            self._server = Server(numeric_host(options), options.port)
            undo.callback(self._server.server_close)
            self.address = f"http://{_shown(options.host)}:{self._server.port}"
            self.world = build_world(self._state, options, options.url or self.address)
            undo.pop_all()
        self._threads: list[threading.Thread] = []
        app = App(self.world)
        self._server.application = app.answer
        super().__init__(perform=app.perform)

    @classmethod
    def start(cls, port: int = 0, **options: Any) -> Self:
        """Serve a sandbox in the background; see `Options` for what can be set."""
        sandbox = cls(Options(port=port, **options))
        sandbox.serve()
        return sandbox

    def serve(self) -> None:
        """Begin to answer requests, to send messages and to let things expire."""
        self.world.deliveries.start()
        for work in (self._server.work, self._keep_house):
            thread = threading.Thread(target=work, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _keep_house(self) -> None:
        while not self.world.stopping.wait(_TICK):
            with drawing(self.world.source):
                sweep(self.world)

    def stop(self) -> None:
        """Stop serving; the state is kept if it has a file."""
        self.world.stopping.set()
        if self._threads:
            self._server.shutdown()
        self._server.stop()
        self.world.deliveries.stop()
        for thread in self._threads:
            thread.join()
        self._state.close()

    def __enter__(self) -> Self:
        """The running sandbox."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        self.stop()


def numeric_host(options: Options) -> str:
    """Return the address to listen on.

    Raises:
        ValueError: it, or the one that browsers are told, is not for this machine alone.
        OSError: there is no such host.
    """
    if options.url and not is_loopback(urlsplit(options.url).hostname):
        raise ValueError(f"{options.url} is no address of this machine, where alone it answers")
    found = socket.getaddrinfo(options.host, None, type=socket.SOCK_STREAM)
    address = str(found[0][4][0])
    if not (options.public or is_loopback(address)):
        raise ValueError(
            f"{options.host} lets other machines in, and here anybody signs in as anybody; listen "
            f"on 127.0.0.1, or set {PUBLIC}={SURE} where nobody else reaches it"
        )
    return address


def _shown(host: str) -> str:
    """The host of the address that callers use."""
    local = host if is_loopback(host) else "127.0.0.1"
    return f"[{local}]" if ":" in local else local


def build_world(state: State, options: Options, url: str) -> World:
    """A world over a state, set up as asked; what the state has from before is kept."""
    source = chance if options.seed is None else Seeded(state, options.seed)
    with drawing(source), state.transaction():
        clock = SandboxClock(state)
        if options.moment is not None:
            clock.fix(options.moment)
        endpoints = Endpoints(state, clock)
        sender = Sender(state, clock, endpoints, options.retry_delays, options.delivery_timeout)
        stopping = threading.Event()
        world = World(
            state,
            clock,
            Ledger(state, clock),
            Deliveries(state, sender, options.unordered),
            Faults(stopping),
            _keys(state, options),
            url.rstrip("/"),
            options.fee_basis_points,
            check_currency(options.currency, "currency"),
            options.strict,
            options.capture_delay,
            options.available_delay,
            options.dispute_fee,
            _exchange(options),
            stopping,
            source,
        )
        _settle_in(world, options)
    return world


def _settle_in(world: World, options: Options) -> None:
    # Nobody is told of those who were there before an endpoint was.
    for person in options.people:
        if "id" not in person or world.state.get("user", person["id"]) is None:
            add_user(world, person)
    for audience in AUDIENCES:
        endpoints = world.deliveries.sender.endpoints
        _set_up_endpoint(endpoints, audience, *options.endpoint(audience))


def _exchange(options: Options) -> Exchange:
    code = options.settlement_currency
    currency = None if code is None else check_currency(code, "settlement_currency")
    return Exchange(currency, options.exchange_rate)


def _keys(state: State, options: Options) -> Keys:
    kept = state.get("meta", "keys") or {}
    stripe = options.secret_key or kept.get("stripe") or new_id("sk_test_")
    clerk = options.clerk_secret_key or kept.get("clerk") or new_id("sk_test_")
    state.put("meta", {"id": "keys", "stripe": stripe, "clerk": clerk})
    return Keys(stripe, clerk)


def _set_up_endpoint(
    endpoints: Endpoints, audience: str, url: str | None, secret: str | None
) -> None:
    chosen = secret or endpoints.secret_of(audience)
    endpoints.set_secret(audience, chosen)
    if url is not None:
        endpoints.add(url, audience=audience, secret=chosen)
