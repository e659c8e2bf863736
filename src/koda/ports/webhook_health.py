"""Repository of webhook health: what each endpoint refused and accepted."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from koda.domain.model.errors import RefusalCause
from koda.domain.model.webhook_health import EndpointHealth


class WebhookHealth(Protocol):
    """One record an endpoint, counted up by any number of processes at once.

    Methods raise `Unavailable` like the other stores. Whoever counts bounds how often: strangers
    can make an endpoint refuse as much as they like.
    """

    @abstractmethod
    def refused(self, endpoint: str, counts: Mapping[RefusalCause, int]) -> None:
        """Add refusals to those counted since the last accepted message; none is lost."""

    @abstractmethod
    def accepted(self, endpoint: str, at: datetime) -> None:
        """Note that a message was accepted at `at` (UTC), and count refusals from zero again.

        An earlier time than the one that is kept changes nothing.
        """

    @abstractmethod
    def of(self, endpoint: str) -> EndpointHealth:
        """Return how `endpoint` fares; of one that nothing was noted of, nothing is counted."""
