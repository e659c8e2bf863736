"""The accounts through which sellers are paid."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.countries import Country
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import PayoutStatus


class PayoutAccounts(Protocol):
    """Opens payout accounts and knows their state.

    Every method raises `Unavailable` when the provider does not answer; repeating is harmless.
    """

    @property
    @abstractmethod
    def countries(self) -> frozenset[Country]:
        """The countries whose sellers the marketplace can pay; known without asking anybody."""

    @property
    @abstractmethod
    def page_origins(self) -> frozenset[str]:
        """The origins (scheme, host and port) of the pages to which the links below lead.

        Known without asking anybody; the marketplace's own pages let their forms lead there.
        """

    @abstractmethod
    def open(self, user_id: UserId, email: str | None, country: Country) -> AccountId:
        """Open an account for a user who lives, or whose company is, in `country`.

        A repeat within a day gives the same account, whatever address or country it names.

        Raises:
            PaymentRefused: the provider will not have this seller, such as one of a country that is
                none of `countries`; then nothing is opened.
        """

    @abstractmethod
    def onboarding_link(self, account_id: AccountId) -> str:
        """Return a fresh, single-use link to the provider's onboarding pages.

        It lives a few minutes, leads back to the marketplace, and is for the seller alone: never
        log it, never send it.

        Raises:
            NotFound: no such account.
        """

    @abstractmethod
    def status(self, account_id: AccountId) -> PayoutStatus:
        """Return what the account allows now.

        Raises:
            NotFound: no such account.
        """

    @abstractmethod
    def dashboard_link(self, account_id: AccountId) -> str:
        """Return a fresh link to the seller's own pages at the provider.

        Raises:
            NotFound: no such account.
            PaymentRefused: onboarding is not finished.
        """
