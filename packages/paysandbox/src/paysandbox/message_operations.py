"""What can be told about the messages that a sandbox sends."""

from typing import Any

from attrs import define

from paysandbox.endpoints import audience_of, kind_of, new_secret
from paysandbox.errors import Json
from paysandbox.ids import new_id
from paysandbox.sending import payload_of
from paysandbox.webhook_faults import WebhookFault
from paysandbox.world import World


@define
class MessageOperations:
    """The operations on endpoints, events and their deliveries."""

    world: World

    def add_endpoint(self, url: str, audience: str, secret: str | None = None) -> Json:
        """Send messages of an audience to an address from now on."""
        endpoints = self.world.deliveries.sender.endpoints
        chosen = endpoints.secret_of(audience) if secret is None else secret
        endpoint = endpoints.add(
            url, audience=audience, secret=endpoints.set_secret(audience, chosen)
        )
        self.world.deliveries.serve(endpoint["id"])
        return self.world.public(endpoint) | {"secret": endpoint["_secret"]}

    def roll_secret(self, audience: str, secret: str | None = None) -> str:
        """Sign with a new secret, and for a day with the old one too."""
        fresh = secret or new_secret(audience)
        with self.world.state.transaction():
            self.world.deliveries.sender.endpoints.roll(audience, fresh)
        return fresh

    def plan_webhook_fault(self, **fault: Any) -> None:
        """Plan a fault for messages."""
        self.world.deliveries.webhook_faults.plan(WebhookFault(**fault))

    def clear_webhook_faults(self) -> None:
        """Forget the planned faults of messages."""
        self.world.deliveries.webhook_faults.clear()

    def hold(self) -> None:
        """Keep messages back."""
        self.world.deliveries.hold()

    def pending(self) -> list[Json]:
        """The events kept back."""
        return [self.world.public(event) for event in self.world.deliveries.pending()]

    def deliver(
        self, event: str | int = 0, times: int = 1, *, concurrently: bool = False
    ) -> list[int]:
        """Send an event now."""
        return self.world.deliveries.deliver(event, times, concurrently=concurrently)

    def release(self, order: list[str] | str | int | None = None) -> None:
        """Send what was kept back."""
        self.world.deliveries.release(order)

    def drop(self, event: str | int = 0) -> None:
        """Lose an event's messages."""
        self.world.deliveries.drop(event)

    def drain(self, timeout: float) -> bool:
        """Wait until nothing is queued."""
        return self.world.deliveries.drain(timeout)

    def echo(self, event: str) -> Json:
        """Tell of an event's object again, under another event id."""
        kind = kind_of(event)
        with self.world.state.transaction():
            fresh = new_id("evt_" if kind == "event" else "msg_")
            again = self.world.load(kind, event) | {"id": fresh}
            self.world.state.put(kind, again)
            self.world.deliveries.enqueue(again, kind)
        return self.world.public(again)

    def deliveries(self) -> list[Json]:
        """Every delivery with the answers it met, oldest first."""
        return self.world.state.find("delivery")

    def message(self, event: str) -> Json:
        """The body and freshly signed headers of an event's message."""
        world = self.world
        kind = kind_of(event)
        body = world.load(kind, event)
        payload = payload_of(body)
        audience = audience_of(body, kind)
        signed = world.deliveries.sender.endpoints.headers_for(audience, payload, event)
        return {"body": payload.decode(), "headers": signed}
