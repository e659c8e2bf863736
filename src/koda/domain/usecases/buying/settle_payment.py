"""Moving the money of a paid order to where it belongs."""

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from koda.domain.model.orders import Order
from koda.domain.model.outcomes import Outcome, outcome_of
from koda.domain.model.paid_orders import PaidOrder, UnsoldLines
from koda.domain.model.payments import Payment
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.settlements import LineRefund, Settlement
from koda.ports.clock import Clock

if TYPE_CHECKING:
    from koda.domain.model.seller_shares import SellerShare
    from koda.domain.usecases.buying.give_back import GiveBack
    from koda.domain.usecases.buying.pass_on import PassOn
    from koda.domain.usecases.buying.remember_moved import RememberMoved


@frozen
class Settled:
    """What became of an order's money, and its payment with the refunds that were made just now."""

    settlement: Settlement
    payment: Payment
    outcome: Outcome


@frozen(eq=False, repr=False)
class SettlePayment:
    """Gives back what goes back, and lets each seller have what they are due then.

    What was moved before is not moved again, whether it was kept or not. The provider's refusals
    are no errors: what did not move is held, owed or due, and is tried again after a while.
    """

    remember: "RememberMoved"
    give_back: "GiveBack"
    pass_on: "PassOn"
    clock: Clock

    def __call__(self, order: Order, payment: Payment, unsold: UnsoldLines) -> Settled:
        """Move the money of a paid order, of which some lines may be `unsold`.

        Raises:
            PaymentMismatch: what was paid is not what was ordered.
            Unavailable: the provider did not answer; calling again goes on where this stopped.
        """
        read = PaidOrder(order, payment, payment.check(order), unsold, self.clock())
        paid = self.remember(read)
        given = self.give_back(paid, outcome_of(paid.order, paid.payment))
        after = evolve(
            paid,
            order=_with_refunds(paid.order, given.refunds),
            payment=paid.payment.with_refunds(given.made),
        )
        outcome = outcome_of(after.order, after.payment)
        shares = self.pass_on(after, outcome)
        return Settled(_settlement(after, outcome, shares), after.payment, outcome)


def _with_refunds(order: Order, refunds: tuple[LineRefund, ...]) -> Order:
    return evolve(order, settlement=evolve(order.settlement, refunds=refunds))


def _settlement(paid: PaidOrder, outcome: Outcome, shares: "tuple[SellerShare, ...]") -> Settlement:
    before, states = paid.order.settlement, outcome.states
    delivered = [
        line.number
        for line in paid.order.lines
        if line.number not in paid.unsold
        and (line.number in before.delivered or states[line.number] is PurchaseState.ACTIVE)
    ]
    return Settlement(
        tuple(delivered),
        paid.unsold.doubles,
        tuple(paid_share for share in shares for paid_share in share.paid),
        tuple(share.held for share in shares if share.held is not None),
        outcome.refunds.refunds,
        tuple(back for share in shares for back in share.taken),
        tuple(share.owed for share in shares if share.owed is not None),
        outcome.refunds.unmatched,
        paid.payment.disputes,
        outcome.refunds.losses,
        paid.unsold.undeliverable,
        outcome.refunds.overturned,
        before.warnings,
        tuple(made for share in shares for made in share.written_off),
    )
