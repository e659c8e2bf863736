"""Steering money: what buyers, their banks and the provider's processing do."""

from paysandbox.errors import Json
from paysandbox.steering import Perform


class MoneyControl:
    """Payments, refunds and disputes of a running sandbox."""

    _perform: Perform

    def pay(self, session: str) -> Json:
        """The buyer pays a Checkout session by card."""
        return dict(self._perform("pay", {"session": session}))

    def decline(self, session: str) -> Json:
        """The buyer's card is declined; the session stays open."""
        return dict(self._perform("decline", {"session": session}))

    def pay_later(self, session: str) -> Json:
        """The buyer chooses a method that settles later."""
        return dict(self._perform("pay_later", {"session": session}))

    def pay_by_voucher(self, session: str) -> Json:
        """The buyer takes a voucher along: complete and unpaid, without a charge.

        `settle` pays it or lets it expire, as it does by itself after seven days.
        """
        return dict(self._perform("pay_by_voucher", {"session": session}))

    def settle(self, session: str, *, succeed: bool = True) -> Json:
        """What was to be paid later arrives, or fails."""
        return dict(self._perform("settle", {"session": session, "succeed": succeed}))

    def expire(self, session: str) -> Json:
        """A session's time runs out."""
        return dict(self._perform("expire", {"session": session}))

    def capture(self, payment: str) -> Json:
        """The money of a charge, payment intent or session arrives now, and not after the delay.

        Refunds that wait for it are paid.
        """
        return dict(self._perform("capture", {"payment": payment}))

    def refund(
        self,
        payment: str,
        amount: int | None = None,
        *,
        reverse_transfer: bool = False,
        refund_application_fee: bool = False,
    ) -> Json:
        """Refund a charge, payment intent or session by hand, as in the provider's dashboard."""
        arguments = {
            "payment": payment,
            "amount": amount,
            "reverse_transfer": reverse_transfer,
            "refund_application_fee": refund_application_fee,
        }
        return dict(self._perform("refund", arguments))

    def plan_refund(self, status: str, reason: str | None = None) -> None:
        """Decide how the next refund goes that is not planned yet.

        Args:
            status: `succeeded`; `pending` or `requires_action` until `settle_refund`; `failed` a
                moment after it was made.
            reason: of `pending`: `processing` (as unless given), `insufficient_funds` or
                `charge_pending`; of `failed`: a `failure_reason` of Stripe's.
        """
        self._perform("plan_refund", {"status": status, "reason": reason})

    def settle_refund(
        self, refund: str, status: str = "succeeded", reason: str | None = None
    ) -> Json:
        """A refund ends as `succeeded`, `failed` (with a `failure_reason`) or `canceled`."""
        arguments = {"refund": refund, "status": status, "reason": reason}
        return dict(self._perform("settle_refund", arguments))

    def dispute(
        self,
        payment: str,
        reason: str = "fraudulent",
        *,
        amount: int | None = None,
        status: str = "needs_response",
    ) -> Json:
        """The buyer disputes a charge, payment intent or session.

        Args:
            payment: its id.
            reason: why, in Stripe's words.
            amount: minor units; all that is left unless given.
            status: `needs_response`; `warning_needs_response` for an inquiry, or `prevented`,
                which both take no money.
        """
        arguments = {"payment": payment, "reason": reason, "amount": amount, "status": status}
        return dict(self._perform("dispute", arguments))

    def escalate(self, dispute: str) -> Json:
        """An inquiry, named by itself or by its payment, becomes a dispute."""
        return dict(self._perform("escalate", {"dispute": dispute}))

    def appeal(self, dispute: str) -> Json:
        """The bank decides a dispute for the buyer, or has, and the card network may be asked.

        `close_dispute` tells how that ends; a dispute is named by itself or by its payment.
        """
        return dict(self._perform("appeal", {"dispute": dispute}))

    def warn_of_fraud(self, payment: str, fraud_type: str = "misc") -> Json:
        """The card's issuer gives an early fraud warning of a payment."""
        arguments = {"payment": payment, "fraud_type": fraud_type}
        return dict(self._perform("warn_of_fraud", arguments))

    def close_dispute(self, dispute: str, *, won: bool) -> Json:
        """The bank decides a dispute, named by itself or by its payment."""
        return dict(self._perform("close_dispute", {"dispute": dispute, "won": won}))
