"""The one world that all parts of a sandbox share."""

import base64
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from attrs import define, field, frozen

from paysandbox.clock import SandboxClock
from paysandbox.delivery import Deliveries
from paysandbox.errors import Json
from paysandbox.exchange import Exchange
from paysandbox.faults import Faults
from paysandbox.ids import Source, chance, new_id
from paysandbox.ledger import PLATFORM, Ledger
from paysandbox.state import State
from paysandbox.version import API_VERSION

LOGGED = 20_000
"""Requests that are remembered."""
CAPTURE_DELAY = 1.0
"""Seconds after which a charge is captured, unless told otherwise; at Stripe up to an hour."""


@frozen
class Keys:
    """The secrets that callers of the two vendors' APIs show."""

    stripe: str
    clerk: str


@frozen
class Seen:
    """One request that reached the sandbox."""

    method: str
    path: str
    params: Json
    idempotency_key: str | None
    status: int


@define(eq=False)
class World:
    """State, time, money, messages and troubles of one sandbox.

    Args:
        url: the address under which browsers and programs reach it, without a slash at the end.
        fee_basis_points: what the processor keeps of each charge, in hundredths of a percent.
        currency: the currency of the platform's own account, in three small letters.
        capture_delay: seconds between a charge's success and its capture.
        available_delay: seconds between a charge's capture and its money being available.
        dispute_fee: minor units that the processor keeps of each dispute.
        exchange: of what is charged into the platform's settlement currency.
        strict: also compare every request with the types of the installed Stripe library.
        source: where its identifiers come from.
    """

    state: State
    clock: SandboxClock
    ledger: Ledger
    deliveries: Deliveries
    faults: Faults
    keys: Keys
    url: str
    fee_basis_points: int = 0
    currency: str = "eur"
    strict: bool = False
    capture_delay: float = CAPTURE_DELAY
    available_delay: float = 0
    dispute_fee: int = 0
    exchange: Exchange = field(factory=Exchange)
    stopping: threading.Event = field(factory=threading.Event)
    source: Source = chance
    seen: deque[Seen] = field(factory=lambda: deque(maxlen=LOGGED), init=False)
    _origin: Json | None = field(default=None, init=False)

    @property
    def clerk_url(self) -> str:
        """Where Clerk is mounted; also the issuer of session tokens."""
        return f"{self.url}/clerk"

    @property
    def clerk_publishable_key(self) -> str:
        """Tells pages the instance, as one for development."""
        host = f"{urlsplit(self.url).netloc}$"
        return f"pk_test_{base64.b64encode(host.encode()).decode()}"

    def save(self, body: Json, *, account: str | None = None) -> Json:
        """Keep a Stripe object, as the platform's own unless it says or has another owner."""
        owner = account or body.get("_account", PLATFORM)
        return self.state.put(body["object"], body | {"_account": owner})

    def load(self, kind: str, identifier: str) -> Json:
        """The object of that kind and id, which must be there.

        Raises:
            LookupError: it is not.
        """
        body = self.state.get(kind, identifier)
        if body is None:
            raise LookupError(f"No {kind} {identifier}")
        return body

    @contextmanager
    def asked_by(self, request_id: str, idempotency_key: str | None) -> Iterator[None]:
        """Make all changes of one request in a transaction; its events name the request."""
        with self.state.transaction():
            self._origin = {"id": request_id, "idempotency_key": idempotency_key}
            try:
                yield
            finally:
                self._origin = None

    def emit(
        self,
        event_type: str,
        subject: Json,
        *,
        account: str | None = None,
        previous: Json | None = None,
    ) -> Json:
        """Keep an event about `subject` as it is now, and queue its messages.

        Args:
            event_type: as in `charge.refunded`.
            subject: the object, private fields and all; they are left out.
            account: the connected account in which it happened, if not the platform.
            previous: the former values of what changed.
        """
        changed = {} if previous is None else {"previous_attributes": previous}
        event = {
            "id": new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.clock.now(),
            "data": {"object": self.public(subject), **changed},
            "livemode": False,
            "pending_webhooks": 1,
            "request": self._origin or {"id": None, "idempotency_key": None},
            "type": event_type,
            **({} if account is None else {"account": account}),
        }
        with self.state.transaction():
            self.save(event, account=account)
            self.deliveries.enqueue(event, "event")
        return event

    def public(self, body: Json) -> Json:
        """The object as callers see it: without private fields, with whole addresses."""
        shown = {name: value for name, value in body.items() if not name.startswith("_")}
        if isinstance(path := shown.get("url"), str) and path.startswith("/pay/"):
            shown["url"] = self.url + path
        return shown
