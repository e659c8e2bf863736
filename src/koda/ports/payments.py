"""The payment provider."""

from abc import abstractmethod
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from koda.domain.model.identifiers import CheckoutSessionId, RefundId, TransferId
from koda.domain.model.orders import CheckoutSession, Order
from koda.domain.model.payments import Payment, Refund, Reversal, Transfer


class Payments(Protocol):
    """Takes money for orders, passes it on and gives it back.

    Every method raises `Unavailable` when the provider does not answer or asks to come later; the
    effect may then have happened, and calling again with the same arguments completes it without
    a second effect, however late.
    """

    @property
    @abstractmethod
    def page_origins(self) -> frozenset[str]:
        """The origins (scheme, host and port) of the pages on which buyers pay.

        Known without asking anybody; the marketplace's own pages let their forms lead there.
        """

    @abstractmethod
    def open_checkout(self, order: Order, expires_at: datetime) -> CheckoutSession:
        """Open the place where the buyer pays `order`, closing at `expires_at` (UTC).

        Where all lines are of one seller, the charge pays that seller and keeps the order's fee;
        otherwise the marketplace receives the whole and `transfer` passes it on. The same order
        gives the same session.

        Raises:
            PaymentRefused: the provider will not take this order.
        """

    @abstractmethod
    def close_checkout(self, session_id: CheckoutSessionId) -> Payment:
        """Close a checkout session, so that nobody can pay in it; return what became of it.

        A session that is paid, on its way, or closed before stays as it is, and the answer says so.

        Raises:
            NotFound: the provider knows no such session of ours.
            PaymentRefused: it is open, and the provider will not close it.
        """

    @abstractmethod
    def find(self, session_id: CheckoutSessionId) -> Payment:
        """Return what became of a checkout session.

        Raises:
            NotFound: the provider knows no such session of ours.
        """

    @abstractmethod
    def transfer(self, transfer: Transfer) -> TransferId:
        """Pass money of a payment on to a seller; the same transfer gives the same id.

        Raises:
            PaymentRefused: more than is left of the payment, or an account that cannot receive.
        """

    @abstractmethod
    def reverse(self, reversal: Reversal) -> None:
        """Take money of a transfer back from the seller; a repeat changes nothing.

        Raises:
            PaymentRefused: more than was transferred, or than the seller has.
        """

    @abstractmethod
    def refund(self, refund: Refund) -> RefundId:
        """Give money of a payment back to the buyer; the same refund gives the same id.

        Where the charge paid a seller directly and `refund.seller_pays`, the amount comes back
        from that seller, who gets `refund.fee` of the marketplace's fee back and whose balance may
        fall below zero: later sales fill it.

        Raises:
            PaymentRefused: more than is left of the payment.
        """

    @abstractmethod
    def recent(self, since: datetime) -> Iterator[Payment]:
        """Yield the payments whose checkout was opened at `since` (UTC) or later, newest first."""
