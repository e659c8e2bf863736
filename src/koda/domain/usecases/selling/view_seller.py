"""Looking at one's own payout account."""

from attrs import frozen

from koda.domain.model.people import Principal
from koda.domain.model.sellers import Seller
from koda.ports.sellers import Sellers


@frozen(eq=False, repr=False)
class ViewSeller:
    """Shows a user their own status as a seller."""

    sellers: Sellers

    def __call__(self, principal: Principal) -> Seller | None:
        """Return the seller that `principal` is, or nothing before onboarding."""
        return self.sellers.find(principal.user_id)
