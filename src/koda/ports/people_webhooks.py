"""Reading the identity provider's messages."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Protocol

from koda.domain.model.people import PersonEvent


class PeopleWebhooks(Protocol):
    """Turns bytes and headers into a verified message about a user."""

    @abstractmethod
    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PersonEvent:
        """Return the message if the provider signed exactly `payload`, a short time ago.

        Header names are compared without case. What Koda does not follow is `Unfollowed`.

        Raises:
            Unverified: a missing, wrong or stale signature, or a signed body that is no message.
        """
