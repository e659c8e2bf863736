"""How endpoints for messages fare, in memory."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from koda.domain.model.errors import RefusalCause
from koda.domain.model.webhook_health import EndpointHealth
from koda.ports.webhook_health import WebhookHealth


class MemoryWebhookHealth(WebhookHealth):
    """The counts of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._endpoints: dict[str, EndpointHealth] = {}

    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        with self._lock:
            self._endpoints[endpoint] = self._known(endpoint).with_refusals(counts)

    def accepted(self, endpoint: str, at: datetime) -> None:
        with self._lock:
            self._endpoints[endpoint] = self._known(endpoint).with_accepted(at)

    def of(self, endpoint: str) -> EndpointHealth:
        with self._lock:
            return self._known(endpoint)

    def _known(self, endpoint: str) -> EndpointHealth:
        return self._endpoints.get(endpoint) or EndpointHealth(endpoint)
