"""The world around the Stripe adapters: a sandbox, strict about every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import stripe
from attrs import frozen

from koda.adapters.stripe.checkout import CheckoutPages
from koda.adapters.stripe.client import make_client
from koda.adapters.stripe.countries import paid_from
from koda.adapters.stripe.keys import id_of
from koda.adapters.stripe.notes import KEY_NOTE, note
from koda.adapters.stripe.payments import StripePayments
from koda.adapters.stripe.payout_accounts import StripePayoutAccounts
from koda.domain.model.countries import Country
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    PaymentId,
    RefundId,
    TransferId,
)
from koda.domain.model.refund_states import RefundState
from paysandbox import Sandbox

SITE = "https://koda.example"
HOME = Country("DE")
PAGES = CheckoutPages(f"{SITE}/orders/{{order_id}}", f"{SITE}/orders/{{order_id}}?cancelled=1")


def client_of(sandbox: Sandbox, retries: int = 0) -> stripe.StripeClient:
    """A client of the sandbox that, unless told otherwise, repeats nothing by itself."""
    return make_client(sandbox.secret_key, sandbox.stripe_url, retries=retries)


def payments_of(sandbox: Sandbox) -> StripePayments:
    """The adapter of `Payments` at the sandbox."""
    return StripePayments(client_of(sandbox), PAGES, frozenset({sandbox.url}))


def accounts_of(sandbox: Sandbox) -> StripePayoutAccounts:
    """The adapter of `PayoutAccounts` at the sandbox."""
    return StripePayoutAccounts(
        client_of(sandbox),
        f"{SITE}/selling/returned",
        f"{SITE}/selling/again",
        paid_from(HOME),
        frozenset({sandbox.url}),
    )


@frozen
class StripeWorld:
    """Buyers, sellers and Stripe itself, by the sandbox's controls."""

    sandbox: Sandbox

    def now(self) -> datetime:
        """The provider's own time."""
        return datetime.fromtimestamp(self.sandbox.clock.now(), UTC)

    def newcomer(self) -> AccountId:
        """An account that owes everything yet."""
        account = client_of(self.sandbox).v1.accounts.create(
            {
                "controller": {
                    "fees": {"payer": "application"},
                    "losses": {"payments": "application"},
                    "stripe_dashboard": {"type": "express"},
                },
                "capabilities": {"transfers": {"requested": True}},
                "country": HOME,
            }
        )
        return AccountId(account.id)

    def seller(self) -> AccountId:
        """An account whose owner has given everything."""
        account_id = self.newcomer()
        self.complete_onboarding(account_id)
        return account_id

    def complete_onboarding(self, account_id: AccountId) -> None:
        """The owner fills in the hosted form."""
        self.sandbox.complete_onboarding(account_id)

    def announce(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider will want a document."""
        wanted = ["individual.verification.document"]
        self.sandbox.require(account_id, wanted, deadline=int(deadline.timestamp()))

    def restrict(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider wants overdue details."""
        self.sandbox.restrict(account_id, deadline=int(deadline.timestamp()))

    def pay(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is accepted."""
        self.sandbox.pay(session_id)

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's card is refused."""
        self.sandbox.decline(session_id)

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer chooses a debit."""
        self.sandbox.pay_later(session_id)

    def pay_by_voucher(self, session_id: CheckoutSessionId) -> None:
        """The buyer leaves with a voucher."""
        self.sandbox.pay_by_voucher(session_id)

    def capture(self, session_id: CheckoutSessionId) -> None:
        """What takes a moment is there."""
        self.sandbox.capture(session_id)

    def next_refund(self, state: RefundState, *, lacks_funds: bool = False) -> None:
        """The next one goes so."""
        self.sandbox.plan_refund(state, "insufficient_funds" if lacks_funds else None)

    def settle_refund(self, refund_id: RefundId, state: RefundState) -> None:
        """It ends; Stripe has one letter less."""
        self.sandbox.settle_refund(refund_id, state.replace("cancelled", "canceled"))

    def refund(self, session_id: CheckoutSessionId, minor: int) -> RefundId:
        """Somebody refunds in the dashboard."""
        return RefundId(self.sandbox.refund(session_id, minor)["id"])

    def dispute(
        self, session_id: CheckoutSessionId, minor: int | None = None, *, inquiry: bool = False
    ) -> DisputeId:
        """The bank asks, or takes."""
        status = "warning_needs_response" if inquiry else "needs_response"
        dispute = self.sandbox.dispute(session_id, amount=minor, status=status)
        return DisputeId(dispute["id"])

    def close_dispute(self, dispute_id: DisputeId, *, won: bool) -> None:
        """The bank decides."""
        self.sandbox.close_dispute(dispute_id, won=won)

    def escalate(self, dispute_id: DisputeId) -> None:
        """The bank takes."""
        self.sandbox.escalate(dispute_id)

    def appeal(self, dispute_id: DisputeId) -> None:
        """The card network is asked."""
        self.sandbox.appeal(dispute_id)

    def warn_of_fraud(self, session_id: CheckoutSessionId) -> FraudWarningId:
        """The issuer fears."""
        return FraudWarningId(self.sandbox.warn_of_fraud(session_id)["id"])

    def evidence_of(self, dispute_id: DisputeId) -> tuple[str, ...]:
        """What Stripe shows."""
        told = client_of(self.sandbox).v1.disputes.retrieve(dispute_id).evidence
        names = "uncategorized_text", "product_description", "access_activity_log"
        return tuple(getattr(told, name) for name in names)

    def transfer_again(self, transfer_id: TransferId) -> TransferId:
        """Nobody noticed the first."""
        transfers = client_of(self.sandbox).v1.transfers
        first = transfers.retrieve(transfer_id)
        again = transfers.create(
            {
                "amount": first.amount,
                "currency": first.currency,
                "destination": str(first.destination),
                "transfer_group": str(first.transfer_group),
                "metadata": {KEY_NOTE: note(first, KEY_NOTE) or ""},
            }
        )
        return TransferId(again.id)

    def reverse_by_hand(self, transfer_id: TransferId, minor: int) -> str:
        """Somebody uses the dashboard."""
        reversals = client_of(self.sandbox).v1.transfers.reversals
        return reversals.create(transfer_id, {"amount": minor}).id

    def return_fee_by_hand(self, payment_id: PaymentId, minor: int) -> str:
        """Somebody uses the dashboard."""
        v1 = client_of(self.sandbox).v1
        fee_id = id_of(v1.charges.retrieve(payment_id).application_fee)
        return v1.application_fees.refunds.create(fee_id, {"amount": minor}).id

    def settle(self, session_id: CheckoutSessionId, *, succeed: bool) -> None:
        """The debit is collected or bounces."""
        self.sandbox.settle(session_id, succeed=succeed)

    def expire(self, session_id: CheckoutSessionId) -> None:
        """Nobody paid in time."""
        self.sandbox.expire(session_id)

    def stranger(self) -> CheckoutSessionId:
        """A session that something else opened."""
        session = client_of(self.sandbox).v1.checkout.sessions.create(
            {
                "mode": "payment",
                "success_url": SITE,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": "eur",
                            "unit_amount": 500,
                            "product_data": {"name": "A mug"},
                        },
                    }
                ],
            }
        )
        return CheckoutSessionId(session.id)

    def balance(self, account_id: AccountId | None) -> int:
        """What the ledger says."""
        return self.sandbox.balance_of(account_id or "platform")

    def pay_out(self, account_id: AccountId | None) -> None:
        """The account is emptied."""
        self.sandbox.pay_out(account_id or "platform")

    def days_pass(self) -> None:
        """Idempotency keys are forgotten."""
        self.sandbox.forget_idempotency_keys()

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Every connection is closed without a byte."""
        self.sandbox.faults.next("* /v1/*", "no_answer", times=1000)
        try:
            yield
        finally:
            self.sandbox.faults.clear()

    def lose_answer(self) -> None:
        """The connection breaks after the deed."""
        self.sandbox.faults.next("POST /v1/*", "reset", after_commit=True)
