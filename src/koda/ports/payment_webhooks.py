"""Reading the payment provider's messages."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Protocol

from koda.domain.model.payments import PaymentEvent


class PaymentWebhooks(Protocol):
    """Turns bytes and headers into a verified message."""

    @abstractmethod
    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PaymentEvent:
        """Return the message if the provider signed exactly `payload`, a short time ago.

        Header names are compared without case. What Koda does not follow is `Unhandled`.

        Raises:
            Unverified: a missing, wrong or stale signature, or a signed body that is no message.
        """

    @abstractmethod
    def read(self, payload: bytes) -> PaymentEvent:
        """Return the message of a payload that was verified when it came, by whatever endpoint.

        Raises:
            Unverified: it is no message.
        """
