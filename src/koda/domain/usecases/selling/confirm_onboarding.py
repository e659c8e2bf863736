"""Finding out what a seller's account allows."""

from attrs import frozen

from koda.domain.model.errors import NotFound, StaleWrite
from koda.domain.model.identifiers import UserId
from koda.domain.model.records import check_moved_on
from koda.domain.model.sellers import PayoutStatus, Restricted, Seller
from koda.domain.model.sentences import sentence
from koda.ports.clock import Clock
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.sellers import Sellers

GONE = Restricted(sentence("the payment provider does not know the account any more"))
"""What becomes of a seller whose account was closed or has cut its connection."""


@frozen(eq=False, repr=False)
class ConfirmOnboarding:
    """Reads the account's status at the provider, whoever says that it changed."""

    sellers: Sellers
    accounts: PayoutAccounts
    clock: Clock

    def __call__(self, user_id: UserId) -> Seller:
        """Return the seller as the provider describes them now.

        Raises:
            NotFound: the user has no payout account.
            CorruptRecord: the seller is not kept under its revision.
            Unavailable: the provider or the store is down.
        """
        seller = self._seller(user_id)
        status = self._status(seller)
        if status == seller.status:
            return seller
        try:
            return self.sellers.save(*seller.with_status(status, self.clock()))
        except StaleWrite:
            check_moved_on("seller", user_id, seller.revision, self._seller(user_id).revision)
            return self(user_id)

    def _seller(self, user_id: UserId) -> Seller:
        seller = self.sellers.find(user_id)
        if seller is None:
            raise NotFound("seller", user_id)
        return seller

    def _status(self, seller: Seller) -> PayoutStatus:
        try:
            return self.accounts.status(seller.account_id)
        except NotFound:
            return GONE
