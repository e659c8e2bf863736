"""Where webhook messages go, and what they are signed with."""

from attrs import define

from paysandbox.clock import SandboxClock
from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.signing import new_stripe_secret, new_svix_secret, sign_stripe, sign_svix
from paysandbox.state import State
from paysandbox.version import API_VERSION

AUDIENCES = ("account", "connect", "clerk")
"""PaymentInbox of the platform, events of connected accounts, and Clerk's messages about users."""

_OVERLAP = 24 * 3600
"""Seconds for which a rolled secret still signs: https://docs.stripe.com/webhooks#roll-secrets."""


def kind_of(event_id: str) -> str:
    """Whether an id is that of an `event` (Stripe's) or of a `clerk_event`."""
    return "event" if event_id.startswith("evt_") else "clerk_event"


def audience_of(event: Json, kind: str) -> str:
    """Who is to be told of an event of that kind (`event` or `clerk_event`)."""
    if kind == "clerk_event":
        return "clerk"
    return "connect" if event.get("account") else "account"


def wants(endpoint: Json, event: Json, kind: str) -> bool:
    """Whether an endpoint is to be told of an event of that kind (`event` or `clerk_event`)."""
    audience = audience_of(event, kind)
    listed = not {"*", event["type"]}.isdisjoint(endpoint["enabled_events"])
    return endpoint["_audience"] == audience and endpoint["status"] == "enabled" and listed


@define
class Endpoints:
    """The endpoints in the state, in the shape of Stripe's webhook endpoints."""

    state: State
    clock: SandboxClock

    def secret_of(self, audience: str) -> str:
        """What messages for an audience are signed with, unless an endpoint has its own secret."""
        secret = self.state.get("meta", f"secret_{audience}")
        return str(secret["secret"]) if secret else self.set_secret(audience, new_secret(audience))

    def set_secret(self, audience: str, secret: str) -> str:
        """Sign messages for an audience with this secret from now on."""
        self.state.put("meta", {"id": f"secret_{audience}", "secret": secret})
        return secret

    def all(self) -> list[Json]:
        """Every endpoint, Clerk's included."""
        return self.state.find("webhook_endpoint")

    def get(self, identifier: str) -> Json | None:
        """The endpoint of that id, or `None`."""
        return self.state.get("webhook_endpoint", identifier)

    def add(
        self,
        url: str,
        *,
        audience: str = "account",
        secret: str | None = None,
        enabled_events: list[str] | None = None,
    ) -> Json:
        """Register an address; the same address and audience again only changes its secret."""
        known = next((row for row in self.all() if self._same(row, url, audience)), None)
        fresh = known or {
            "id": new_id("we_"),
            "object": "webhook_endpoint",
            "api_version": API_VERSION,
            "application": None,
            "created": self.clock.now(),
            "description": None,
            "enabled_events": enabled_events or ["*"],
            "livemode": False,
            "metadata": {},
            "status": "enabled",
            "url": url,
            "_audience": audience,
            "_secret": secret or new_secret(audience),
            "_previous": None,
            # Stripe knows nothing of Clerk's.
            "_account": "clerk" if audience == "clerk" else "platform",
        }
        return self.state.put("webhook_endpoint", fresh | ({"_secret": secret} if secret else {}))

    @staticmethod
    def _same(endpoint: Json, url: str, audience: str) -> bool:
        return bool(endpoint["url"] == url and endpoint["_audience"] == audience)

    def roll(self, audience: str, secret: str) -> None:
        """Sign an audience's messages with a new secret, and for a day with the old one too."""
        for endpoint in self.all():
            if endpoint["_audience"] == audience:
                self._roll_one(endpoint, secret)
        self.set_secret(audience, secret)

    def _roll_one(self, endpoint: Json, secret: str) -> None:
        previous = {"secret": endpoint["_secret"], "until": self.clock.now() + _OVERLAP}
        rolled = endpoint | {"_secret": secret, "_previous": previous}
        self.state.put("webhook_endpoint", rolled)

    def sign(self, endpoint: Json, payload: bytes, message_id: str) -> dict[str, str]:
        """The headers of a message, signed now with each valid secret."""
        signers = [endpoint["_secret"]]
        previous = endpoint["_previous"]
        if previous is not None and previous["until"] > self.clock.now():
            signers.append(previous["secret"])
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Sandbox/1.0"}
        now = self.clock.signing()
        if endpoint["_audience"] == "clerk":
            return headers | sign_svix(payload, signers, now, message_id)
        return headers | sign_stripe(payload, signers, now)

    def headers_for(self, audience: str, payload: bytes, message_id: str) -> dict[str, str]:
        """The headers of a message to an audience, whether it has an endpoint or not."""
        known = next((row for row in self.all() if row["_audience"] == audience), None)
        alone = {"_audience": audience, "_secret": self.secret_of(audience), "_previous": None}
        return self.sign(known or alone, payload, message_id)


def new_secret(audience: str) -> str:
    """A fresh secret of the form that the audience's receivers expect."""
    return new_svix_secret() if audience == "clerk" else new_stripe_secret()
