"""What buyers, their banks and the provider's processing do with money."""

from collections.abc import Callable
from typing import Any

from paysandbox.errors import Json
from paysandbox.resources import captures, checkout, disputes, fraud_warnings, refund_life, refunds
from paysandbox.world import World


class MoneyOperations:
    """The operations on payments, refunds and disputes."""

    world: World

    def pay(self, session: str) -> Json:
        """The buyer pays."""
        return self._check_out(checkout.pay, session)

    def decline(self, session: str) -> Json:
        """The buyer's card is declined."""
        return self._check_out(checkout.decline, session)

    def pay_later(self, session: str) -> Json:
        """The buyer chooses a method that settles later."""
        return self._check_out(checkout.pay_later, session)

    def pay_by_voucher(self, session: str) -> Json:
        """The buyer takes a voucher along."""
        return self._check_out(checkout.pay_by_voucher, session)

    def settle(self, session: str, *, succeed: bool = True) -> Json:
        """What was to be paid later arrives, or fails."""
        return self._check_out(checkout.settle, session, succeed_now=succeed)

    def expire(self, session: str) -> Json:
        """Nobody paid in time."""
        return self._check_out(checkout.expire, session)

    def _check_out(self, action: Callable[..., Json], session: str, **options: Any) -> Json:
        with self.world.state.transaction():
            loaded = self.world.load("checkout.session", session)
            return self.world.public(action(self.world, loaded, **options))

    def capture(self, payment: str) -> Json:
        """End the delay before a charge's money arrives, and pay the refunds that wait for it."""
        with self.world.state.transaction():
            captured = captures.capture(self.world, self._charge(payment))
            refund_life.move_pending(self.world)
        return self.world.public(captured)

    def refund(self, payment: str, amount: int | None = None, **options: Any) -> Json:
        """The platform refunds a charge or payment intent by hand."""
        with self.world.state.transaction():
            charge = self._charge(payment)
            return self.world.public(refunds.refund(self.world, charge, amount, **options))

    def plan_refund(self, status: str, reason: str | None = None) -> None:
        """Decide how the next refund goes."""
        refund_life.plan_refund(self.world, status, reason)

    def settle_refund(self, refund: str, status: str, reason: str | None = None) -> Json:
        """A refund ends."""
        loaded = self.world.load("refund", refund)
        return self.world.public(refund_life.settle_refund(self.world, loaded, status, reason))

    def dispute(self, payment: str, **options: Any) -> Json:
        """The buyer disputes a charge or payment intent."""
        with self.world.state.transaction():
            charge = self._charge(payment)
            return self.world.public(disputes.dispute(self.world, charge, **options))

    def escalate(self, dispute: str) -> Json:
        """An inquiry becomes a dispute."""
        return self.world.public(disputes.escalate(self.world, self._dispute(dispute)))

    def appeal(self, dispute: str) -> Json:
        """A dispute may be appealed."""
        return self.world.public(disputes.appeal(self.world, self._dispute(dispute)))

    def warn_of_fraud(self, payment: str, fraud_type: str) -> Json:
        """The card's issuer warns of a charge."""
        charge = self._charge(payment)
        return self.world.public(fraud_warnings.warn_of_fraud(self.world, charge, fraud_type))

    def close_dispute(self, dispute: str, *, won: bool) -> Json:
        """The bank decides a dispute."""
        with self.world.state.transaction():
            kept = self._dispute(dispute)
            return self.world.public(disputes.close_dispute(self.world, kept, won=won))

    def _charge(self, payment: str) -> Json:
        if payment.startswith("cs_"):
            payment = self.world.load("checkout.session", payment)["payment_intent"] or payment
        if payment.startswith("pi_"):
            payment = self.world.load("payment_intent", payment)["latest_charge"] or payment
        return self.world.load("charge", payment)

    def _dispute(self, identifier: str) -> Json:
        if identifier.startswith("du_"):
            return self.world.load("dispute", identifier)
        charge = self._charge(identifier)
        found = self.world.state.find("dispute", charge=charge["id"])
        if not found:
            raise LookupError(f"No dispute of {identifier}")
        return found[-1]
