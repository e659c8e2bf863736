"""Going to the seller's own pages at the payment provider."""

from attrs import frozen

from koda.domain.model.errors import NotFound
from koda.domain.model.people import Principal
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.sellers import Sellers


@frozen(eq=False, repr=False)
class OpenDashboard:
    """Mints a link to where sellers see their balance and payouts."""

    sellers: Sellers
    accounts: PayoutAccounts

    def __call__(self, principal: Principal) -> str:
        """Return a fresh link for `principal` alone.

        Raises:
            NotFound: they have no payout account.
            PaymentRefused: onboarding is not finished.
        """
        seller = self.sellers.find(principal.user_id)
        if seller is None:
            raise NotFound("seller", principal.user_id)
        return self.accounts.dashboard_link(seller.account_id)
