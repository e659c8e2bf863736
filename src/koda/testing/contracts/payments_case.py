"""What the checks of `Payments` are made of: an adapter, the world around it, paid orders."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from attrs import evolve, field, frozen

from koda.domain.model.charges import part_of
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
    RefundId,
    TransferId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund, Transfer, TransferMade
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.periods import Period
from koda.domain.model.policy import Policy
from koda.domain.model.refund_states import RefundState
from koda.domain.model.unreadable import readable
from koda.ports.payments import Payments
from koda.testing.examples import a_line, an_order


class PaymentsWorld(Protocol):
    """The world outside an adapter of `Payments`: the buyer, the seller and the provider."""

    def now(self) -> datetime:
        """The time at the provider, in UTC and whole milliseconds."""

    def seller(self) -> AccountId:
        """A new account that can receive money."""

    def newcomer(self) -> AccountId:
        """A new account that cannot receive money yet."""

    def complete_onboarding(self, account_id: AccountId) -> None:
        """The owner of a new account completes everything, and it can receive money."""

    def pay(self, session_id: CheckoutSessionId) -> None:
        """The buyer pays at once."""

    def decline(self, session_id: CheckoutSessionId) -> None:
        """The buyer's bank refuses."""

    def pay_later(self, session_id: CheckoutSessionId) -> None:
        """The buyer pays by a method that takes days."""

    def pay_by_voucher(self, session_id: CheckoutSessionId) -> None:
        """The buyer takes a voucher to a shop, which is paid or runs out some day."""

    def settle(self, session_id: CheckoutSessionId, *, succeed: bool) -> None:
        """What was paid by a slow method arrives, or does not."""

    def capture(self, session_id: CheckoutSessionId) -> None:
        """The provider does the rest of a payment: what it makes a moment after the charge."""

    def next_refund(self, state: RefundState, *, lacks_funds: bool = False) -> None:
        """The refund that is made next goes so; one may be pending for lack of funds."""

    def transfer_again(self, transfer_id: TransferId) -> TransferId:
        """The same transfer is made once more, under the same name."""

    def reverse_by_hand(self, transfer_id: TransferId, minor: int) -> str:
        """Somebody takes so many cents of a transfer back; the reversal's id."""

    def return_fee_by_hand(self, payment_id: PaymentId, minor: int) -> str:
        """Somebody gives a seller so many cents of a charge's fee; the id of that."""

    def settle_refund(self, refund_id: RefundId, state: RefundState) -> None:
        """A refund that was under way ends."""

    def refund(self, session_id: CheckoutSessionId, minor: int) -> RefundId:
        """Somebody refunds so many cents by hand, at the marketplace's cost."""

    def dispute(
        self, session_id: CheckoutSessionId, minor: int | None = None, *, inquiry: bool = False
    ) -> DisputeId:
        """The buyer's bank questions so many cents of a payment, or all of it."""

    def close_dispute(self, dispute_id: DisputeId, *, won: bool) -> None:
        """The bank decides."""

    def escalate(self, dispute_id: DisputeId) -> None:
        """An inquiry becomes a dispute."""

    def appeal(self, dispute_id: DisputeId) -> None:
        """A dispute that was lost may be decided anew."""

    def warn_of_fraud(self, session_id: CheckoutSessionId) -> FraudWarningId:
        """The issuer of the card that paid fears fraud, of the kind `misc`."""

    def evidence_of(self, dispute_id: DisputeId) -> tuple[str, ...]:
        """The texts that the bank has of a dispute: of the payment, the product, the access."""

    def expire(self, session_id: CheckoutSessionId) -> None:
        """The session closes unpaid."""

    def stranger(self) -> CheckoutSessionId:
        """A session at the same provider that is none of Koda's."""

    def balance(self, account_id: AccountId | None) -> int:
        """What an account holds in EUR, in minor units; the marketplace's own for `None`."""

    def pay_out(self, account_id: AccountId | None) -> None:
        """The account's money goes to its owner's bank; the marketplace's own for `None`."""

    def days_pass(self) -> None:
        """The provider forgets whatever it keeps only to make a quick repeat harmless."""

    def outage(self) -> AbstractContextManager[None]:
        """Inside, the provider neither does nor answers anything."""

    def lose_answer(self) -> None:
        """The next call takes effect, and its answer is lost."""


@frozen
class PaymentsCase:
    """An adapter, the world around it, and what the checks do with both."""

    payments: Payments
    world: PaymentsWorld
    sellers: dict[str, AccountId] = field(factory=dict, init=False)

    def account(self, seller: str) -> AccountId:
        """The account of a seller, opened when first asked for."""
        if seller not in self.sellers:
            self.sellers[seller] = self.world.seller()
        return self.sellers[seller]

    def line(self, number: int, seller: str, minor: int) -> OrderLine:
        """A line of an order: something of `seller` for `minor` cents."""
        price = Money(minor, "EUR")
        fee, _ = price.split(Policy().fee_basis_points)
        line = a_line(number, f"user_{seller}")
        return evolve(line, account_id=self.account(seller), price=price, fee=fee)

    def order(self, *sold: tuple[str, int]) -> Order:
        """A new order of what each seller sells for so many cents."""
        lines = tuple(self.line(number, *line) for number, line in enumerate(sold, 1))
        order_id = OrderId(f"ord_{uuid4().hex}")
        return an_order(order_id, lines=lines, created_at=self.world.now())

    def open(self, order: Order) -> CheckoutSession:
        """The checkout session of an order, good for an hour."""
        return self.payments.open_checkout(order, order.created_at + timedelta(hours=1))

    def opened_since(self, since: datetime) -> list[Payment]:
        """The payments whose checkout was opened from then until tomorrow."""
        until = self.world.now() + timedelta(days=1)
        return list(readable(self.payments.opened(Period(since, until))))

    def paid(self, *sold: tuple[str, int]) -> "PaidOrder":
        """A new order that was paid."""
        order = self.order(*sold)
        session = self.open(order)
        self.world.pay(session.id)
        self.world.capture(session.id)
        payment = self.payments.find(session.id)
        return PaidOrder(evolve(order, checkout=session), payment)

    def passed_on(self, paid: "PaidOrder") -> TransferId:
        """The transfer of the first seller's share of a paid order."""
        return self.transferred(paid.transfers()[0]).id

    def transferred(self, transfer: Transfer) -> TransferMade:
        """The transfer as it was made; raises the refusal if it was not."""
        (made,) = self.payments.pass_on([transfer])
        if isinstance(made, PaymentRefused):
            raise made
        return made

    def seen(self, paid: "PaidOrder") -> Payment:
        """The payment of an order as it is by now."""
        return self.payments.find(paid.payment.session_id)


@frozen
class PaidOrder:
    """An order and its payment."""

    order: Order
    payment: Payment

    @property
    def payment_id(self) -> PaymentId:
        """The payment's id, which there is."""
        return self.payment.check(self.order)

    def transfers(self) -> list[Transfer]:
        """What each seller is due."""
        return [
            Transfer(self.order.id, self.payment_id, share.account_id, share.net)
            for share in self.order.shares
        ]

    def refund(self, number: int = 1) -> Refund:
        """The refund of the line `number`."""
        line = self.order.lines[number - 1]
        direct = self.order.destination is not None
        return Refund(
            self.order.id,
            self.payment_id,
            part_of(number),
            line.price,
            self.order.destination,
            line.fee if direct else None,
        )
