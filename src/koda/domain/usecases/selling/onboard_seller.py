"""Becoming a seller."""

from attrs import frozen

from koda.domain.model.countries import Country, read_country
from koda.domain.model.errors import AlreadyExists
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Seller
from koda.ports.clock import Clock
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.people import People
from koda.ports.sellers import Sellers


@frozen
class Onboarding:
    """The seller, and a fresh single-use link to the provider's onboarding pages."""

    seller: Seller
    url: str


@frozen(eq=False, repr=False)
class OnboardSeller:
    """Opens a user's payout account once and leads them to the provider's pages."""

    sellers: Sellers
    accounts: PayoutAccounts
    people: People
    clock: Clock

    @property
    def countries(self) -> frozenset[Country]:
        """Where a seller may live, so that the marketplace can pay them."""
        return self.accounts.countries

    def __call__(self, principal: Principal, country: str | None = None) -> Onboarding:
        """Return a link for `principal`; the account is opened at the first call, in `country`.

        An account that is open stays in its country, so that later calls need name none.

        Raises:
            InvalidValue: `country` is none of `countries`, or it is not named and no account is
                open.
            PaymentRefused: the provider will not have this seller.
            Unavailable: the provider or the store is down; calling again goes on.
        """
        if country is not None:
            read_country(country, self.countries)
        seller = self.sellers.find(principal.user_id) or self._open(principal, country)
        return Onboarding(seller, self.accounts.onboarding_link(seller.account_id))

    def _open(self, principal: Principal, country: str | None) -> Seller:
        home = read_country(country, self.countries)
        person = self.people.some([principal.user_id]).get(principal.user_id)
        account_id = self.accounts.open(principal.user_id, person.email if person else None, home)
        opened = Seller.opened(principal.user_id, account_id, self.clock())
        try:
            self.sellers.add(*opened)
        except AlreadyExists:
            return self.sellers.find(principal.user_id) or opened.state
        return opened.state
