"""Passing each seller's share of an order on, and taking back what they are due no more."""

from attrs import frozen

from koda.domain.model.errors import PaymentRefused
from koda.domain.model.outcomes import Outcome
from koda.domain.model.paid_orders import PaidOrder
from koda.domain.model.seller_shares import SellerShare
from koda.ports.payments import Payments


@frozen(eq=False, repr=False)
class PassOn:
    """Moves the difference between what each seller is due of an order and what they got."""

    payments: Payments

    def __call__(self, paid: PaidOrder, outcome: Outcome) -> tuple[SellerShare, ...]:
        """Move what may move; what the provider refuses is held, or owed, with its refusals.

        Raises:
            Unavailable: the provider did not answer; calling again goes on where this stopped.
        """
        shares = tuple(SellerShare(paid, outcome, tuple(lines)) for lines in paid.by_seller)
        self._transfer(shares)
        for share in shares:
            self._take_back(share)
            share.end()
        return shares

    def _transfer(self, shares: tuple[SellerShare, ...]) -> None:
        """Pass on what is due, whatever becomes of the others."""
        while asked := [
            (share, transfer) for share in shares if (transfer := share.transfer()) is not None
        ]:
            outcomes = self.payments.pass_on([transfer for _, transfer in asked])
            for (share, _), made in zip(asked, outcomes, strict=True):
                if isinstance(made, PaymentRefused):
                    share.refuse_transfer(made)
                else:
                    share.receive(made)

    def _take_back(self, share: SellerShare) -> None:
        while (reversal := share.reversal()) is not None:
            try:
                share.give(reversal, self.payments.reverse(reversal))
            except PaymentRefused:
                share.refuse_reversal()
