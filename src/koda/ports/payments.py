"""The payment provider."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from koda.domain.model.charges import ChargeRefund
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.evidence import Evidence
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.identifiers import (
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
)
from koda.domain.model.movements import (
    Refund,
    Reversal,
    ReversalMade,
    Transfer,
    TransferMade,
    TransferSeen,
)
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import Unreadable


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
        otherwise the marketplace receives the whole and `pass_on` passes it on. The same order
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
        """Return what became of a checkout session, with the refunds and disputes of its charge.

        Where the charge paid one seller itself, also with what else was undone of that.

        Raises:
            NotFound: the provider knows no such session of ours.
            PaymentUnreadable: what it tells of this one makes no sense.
        """

    @abstractmethod
    def order_of(self, payment_id: PaymentId) -> OrderId:
        """Return the order that a charge says it pays, for messages about charges.

        What it says is no proof: `find` is, by the order's own checkout session.

        Raises:
            NotFound: the provider knows no such charge of ours.
        """

    @abstractmethod
    def order_sold(self, session_id: CheckoutSessionId) -> Order:
        """Return the order of a checkout session as it was when the session was opened.

        For an order that the store has lost: it is open, knows its session, and was made when the
        session was, as far as the provider tells.

        Raises:
            NotFound: the provider knows no such session of ours, or not what it sold.
        """

    @abstractmethod
    def pass_on(self, transfers: Sequence[Transfer]) -> tuple[TransferMade | PaymentRefused, ...]:
        """Pass money of one payment on to sellers; return what became of each, in the same order.

        A transfer of the same `name` is made once, however late it is asked for again; what is
        returned is the transfer as it was made, which may be of another amount. A refusal is
        repeated under the same `key` for a day. Refused are more than is left of the payment, and
        an account that cannot receive (`AccountRefused`). At once no more calls are under way than
        the provider takes. Where one is not answered, the others are made all the same.
        """

    @abstractmethod
    def passed_on(self, order_id: OrderId) -> Sequence[TransferSeen]:
        """Return the transfers that Koda asked for and were made for an order, oldest first.

        With what came back of them: whoever asked for either may have ended before saying so.
        """

    @abstractmethod
    def transferred(self, period: Period) -> Iterator[TransferSeen | Unreadable]:
        """Yield the transfers that Koda asked for and were made in `period`, newest first.

        With what came back of them, whenever it did; one that cannot be read is told as such.
        """

    @abstractmethod
    def reverse(self, reversal: Reversal) -> ReversalMade:
        """Take money of a transfer back from the seller.

        A reversal of the same `name` is made once, however late it is asked for again; what is
        returned is the reversal as it was made, which may be of another amount. A refusal is
        repeated under the same `key` for a day.

        Raises:
            PaymentRefused: more than was transferred, or than the seller has.
        """

    @abstractmethod
    def refund(self, refund: Refund) -> ChargeRefund:
        """Give money of a payment back to the buyer; return the refund with its state.

        The same refund is made once, however late it is asked for again, unless the earlier one is
        `undone`. A refusal, and an undone refund, are repeated under the same `key` for a day.

        Where the charge paid a seller directly and `refund.seller_pays`, the amount comes back
        from that seller, whose balance may fall below zero, and who gets `refund.fee` of the
        marketplace's fee back: after the amount, never before, and once, also where an earlier call
        asked for none. They give the amount once, however often the refund is undone and made anew.

        Raises:
            StillProcessing: the provider has not captured the charge yet, or the amount went back
                and the fee cannot yet. Nothing else is left undone.
            PaymentRefused: more than is left of the payment, which may be disputed; or the fee,
                while the amount went back.
        """

    @abstractmethod
    def submit_evidence(self, dispute_id: DisputeId, evidence: Evidence) -> None:
        """Send evidence to the bank of the buyer, for good; it replaces what was sent before.

        Raises:
            PaymentRefused: there is no such dispute, or it is decided.
        """

    @abstractmethod
    def fraud_warning(self, warning_id: FraudWarningId) -> FraudWarning:
        """Return an early fraud warning about the payment of an order.

        Raises:
            NotFound: the provider knows no such warning about a payment of ours.
        """

    @abstractmethod
    def fraud_warnings(self, period: Period) -> Iterator[FraudWarning | Unreadable]:
        """Yield the early fraud warnings that were given in `period`, newest first.

        One that cannot be read is told as such.
        """

    @abstractmethod
    def opened(self, period: Period) -> Iterator[Payment | Unreadable]:
        """Yield the payments whose checkout was opened in `period`, newest first.

        One that cannot be read is told as such, under the id of its session.
        """
