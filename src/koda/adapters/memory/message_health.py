"""How endpoints for messages fare, in memory."""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from koda.domain.model.errors import RefusalCause
from koda.domain.model.messages import MessageStanding
from koda.ports.message_health import MessageHealth


class MemoryMessageHealth(MessageHealth):
    """The standings of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._standings: dict[str, MessageStanding] = {}

    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        with self._lock:
            self._standings[endpoint] = self._known(endpoint).with_refusals(counts)

    def accepted(self, endpoint: str, at: datetime) -> None:
        with self._lock:
            self._standings[endpoint] = self._known(endpoint).with_accepted(at)

    def standing(self, endpoint: str) -> MessageStanding:
        with self._lock:
            return self._known(endpoint)

    def _known(self, endpoint: str) -> MessageStanding:
        return self._standings.get(endpoint) or MessageStanding(endpoint)
