"""Payout accounts at the provider in memory."""

import itertools
from collections.abc import Iterator

from attrs import field, frozen

from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.countries import Country
from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import PayoutStatus
from koda.domain.model.sentences import sentence
from koda.ports.payout_accounts import PayoutAccounts


@frozen
class MemoryPayoutAccounts(PayoutAccounts):
    """Opens accounts whose onboarding is a call of `MemoryProvider.complete_onboarding`."""

    provider: MemoryProvider
    _visits: Iterator[int] = field(factory=lambda: itertools.count(1), init=False)

    @property
    def countries(self) -> frozenset[Country]:
        return self.provider.countries

    @property
    def page_origins(self) -> frozenset[str]:
        return self.provider.page_origins

    def open(self, user_id: UserId, email: str | None, country: Country) -> AccountId:
        with self.provider.at_work():
            if country not in self.countries:
                raise PaymentRefused(sentence("sellers of this country cannot be paid"))
            if email is not None and "@" not in email:
                raise PaymentRefused(sentence("the e-mail address is none"))
            return self.provider.open_account(user_id, country)

    def onboarding_link(self, account_id: AccountId) -> str:
        with self.provider.at_work():
            return self._fresh_link("onboarding", self.provider.account(account_id).id)

    def status(self, account_id: AccountId) -> PayoutStatus:
        with self.provider.at_work():
            return self.provider.account(account_id).status

    def dashboard_link(self, account_id: AccountId) -> str:
        with self.provider.at_work():
            if not self.provider.account(account_id).submitted:
                raise PaymentRefused(sentence("onboarding is not finished"))
            return self._fresh_link("dashboard", account_id)

    def _fresh_link(self, page: str, account_id: AccountId) -> str:
        return f"{self.provider.url}/{page}/{account_id}?visit={next(self._visits)}"
