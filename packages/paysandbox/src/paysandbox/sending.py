"""One attempt to deliver a webhook message, and what follows from its answer."""

import json
from collections.abc import Sequence

import requests
from attrs import define

from paysandbox.clock import SandboxClock
from paysandbox.endpoints import Endpoints
from paysandbox.errors import Json
from paysandbox.state import State

_THREE_DAYS = 3 * 24 * 3600
_STEPS = [3**step for step in range(14)]

BACK_OFF = tuple(_THREE_DAYS * step / sum(_STEPS) for step in _STEPS)
"""Seconds before each further attempt, unless told otherwise: three times as long each time, from
a tenth of a second, so that the last one comes after three days, as with Stripe
(https://docs.stripe.com/webhooks#retries)."""

_SUCCESS = range(200, 300)


def payload_of(event: Json) -> bytes:
    """The bytes that are sent and signed for an event: the same at every attempt."""
    public = {name: value for name, value in event.items() if not name.startswith("_")}
    return json.dumps(public, indent=2).encode()


@define(eq=False)
class Sender:
    """Sends messages, each freshly signed, and says how their deliveries stand afterwards.

    Answers outside 200-299 and lost connections are tried again after the next of `retry_delays`,
    in seconds of the sandbox's clock; redirects are not followed.
    """

    state: State
    clock: SandboxClock
    endpoints: Endpoints
    retry_delays: Sequence[float] = BACK_OFF
    timeout: float = 20.0

    def send(self, session: requests.Session, delivery: Json) -> int:
        """Send a delivery's message now; the HTTP status of the answer, 0 where none came."""
        endpoint = self.endpoints.get(delivery["endpoint"])
        event = self.state.get(delivery["kind"], delivery["event"])
        if endpoint is None or event is None:
            return 410
        payload = payload_of(event)
        headers = self.endpoints.sign(endpoint, payload, event["id"])
        try:
            answer = session.post(
                endpoint["url"],
                data=payload,
                headers=headers,
                timeout=self.timeout,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        return answer.status_code

    def keep(self, delivery: Json, status: int) -> None:
        """Keep what a delivery's answer means for it."""
        with self.state.transaction():
            current = self.state.get("delivery", delivery["id"]) or delivery
            self.state.put("delivery", self._after(current, status))

    def _after(self, delivery: Json, status: int) -> Json:
        tried = delivery | {"answers": [*delivery["answers"], status]}
        if status in _SUCCESS:
            return tried | {"state": "done"}
        if delivery["state"] != "queued":
            return tried
        if len(tried["answers"]) > len(self.retry_delays):
            return tried | {"state": "failed"}
        delay = self.retry_delays[len(delivery["answers"])]
        return tried | {"due": self.clock.moment() + delay}
