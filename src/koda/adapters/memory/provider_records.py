"""What the payment provider in memory keeps."""

from datetime import datetime, timedelta

from attrs import evolve, frozen

from koda.domain.model.charges import ChargeRefund
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.countries import Country
from koda.domain.model.disputes import Dispute
from koda.domain.model.evidence import Evidence
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    PaymentId,
    RefundId,
    ReversalId,
    TransferId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.refund_states import RefundState
from koda.domain.model.sellers import PayoutStatus

CAPTURE = timedelta(seconds=1)
"""How long the provider takes to capture a charge; at Stripe seconds, and at most an hour."""


@frozen
class Account:
    """A seller's account; `version` counts its changes, `submitted` says that they onboarded."""

    id: AccountId
    user_id: UserId
    country: Country
    status: PayoutStatus
    submitted: bool = False
    version: int = 0


@frozen
class KeptRefund:
    """A refund, by Koda or by hand; `reverses` says that the seller gave the amount back.

    `lacks_funds` says that it waits for the marketplace's balance.
    """

    id: RefundId
    request: Refund
    state: RefundState
    by_hand: bool = False
    reverses: bool = False
    lacks_funds: bool = False

    @property
    def seen(self) -> ChargeRefund:
        """The refund in the words of the port."""
        part = None if self.by_hand else self.request.part
        reversal_id = ReversalId(f"trr_{self.id}") if self.reverses else None
        lacking = self.lacks_funds and self.state is RefundState.PENDING
        amount = self.request.amount
        return ChargeRefund(self.id, amount, self.state, part, reversal_id, lacking)


@frozen
class KeptDispute:
    """A dispute of a payment, and the evidence that was sent last."""

    payment_id: PaymentId
    seen: Dispute
    evidence: Evidence | None = None


@frozen
class Session:
    """A checkout session with the order that it charges, and the payment once there is one."""

    checkout: CheckoutSession
    order: Order
    opened_at: datetime
    state: PaymentState = PaymentState.OPEN
    payment_id: PaymentId | None = None
    charged_at: datetime | None = None

    @property
    def id(self) -> CheckoutSessionId:
        """The session's id."""
        return self.checkout.id

    @property
    def amount(self) -> Money:
        """What the buyer pays."""
        return self.order.total

    @property
    def destination(self) -> AccountId | None:
        """The account that the charge itself pays, if any."""
        return self.order.destination

    @property
    def charge_id(self) -> PaymentId:
        """The id that its payment has, once there is one."""
        return PaymentId(f"pay_{self.order.id}")

    @property
    def transfer_id(self) -> TransferId:
        """The id of the transfer by which its charge pays its seller, once it is captured."""
        return TransferId(f"tr_{self.charge_id}")

    def seen_at(self, now: datetime) -> "Session":
        """The session at `now`: expired if nobody paid in time."""
        if self.state is PaymentState.OPEN and now >= self.checkout.expires_at:
            return evolve(self, state=PaymentState.EXPIRED)
        return self

    def captured_at(self, now: datetime) -> bool:
        """Whether the provider has captured the charge at `now`."""
        return self.charged_at is not None and now >= self.charged_at + CAPTURE

    def charged(self, state: PaymentState, now: datetime | None = None) -> "Session":
        """The session with a payment in `state`, which is charged at `now` if it is paid."""
        return evolve(self, state=state, payment_id=self.charge_id, charged_at=now)

    def payment(self) -> Payment:
        """The session in the words of the port, without what became of its charge."""
        direct = self.payment_id is not None and self.destination is not None
        return Payment(
            self.id,
            self.order.id,
            self.state,
            self.amount,
            self.payment_id,
            self.destination if direct else None,
            self.order.fee if direct else None,
        )
