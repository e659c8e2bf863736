"""What every adapter of `PayoutAccounts` does."""

import re
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from koda.domain.model.countries import Country
from koda.domain.model.errors import NotFound, PaymentRefused, Unavailable
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Pending, Ready, Restricted
from koda.ports.payout_accounts import PayoutAccounts

NOWHERE = Country("ZZ")
"""Two letters that ISO 3166-1 gives to no country."""
DEADLINE = datetime(2031, 5, 1, 12, tzinfo=UTC)


class PayoutAccountsWorld(Protocol):
    """The world outside an adapter of `PayoutAccounts`: the seller and the provider."""

    def complete_onboarding(self, account_id: AccountId) -> None:
        """The seller gives all that is asked."""

    def announce(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider will want more of an account in order, by `deadline` (UTC)."""

    def restrict(self, account_id: AccountId, deadline: datetime) -> None:
        """The provider holds the account back until it has what it wants, by `deadline` (UTC)."""

    def outage(self) -> AbstractContextManager[None]:
        """Inside, the provider neither does nor answers anything."""

    def lose_answer(self) -> None:
        """The next call takes effect, and its answer is lost."""


def a_user() -> UserId:
    """A new user."""
    return UserId(f"user_{uuid4().hex}")


def home(accounts: PayoutAccounts) -> Country:
    """A country whose sellers can be paid."""
    return min(accounts.countries)


class PayoutAccountsContract:
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def accounts(self, make: tuple[PayoutAccounts, PayoutAccountsWorld]) -> PayoutAccounts:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[PayoutAccounts, PayoutAccountsWorld]) -> PayoutAccountsWorld:
        """The world around it."""
        return make[1]

    @pytest.mark.parametrize("email", [None, "ada@example.com"])
    def test_user_has_one_account(self, accounts: PayoutAccounts, email: str | None) -> None:
        """Opening again gives the account that is open; others get their own."""
        user = a_user()
        first = accounts.open(user, email, home(accounts))

        assert first == accounts.open(user, email, home(accounts))
        assert first != accounts.open(a_user(), email, home(accounts))

    def test_user_with_a_new_address_keeps_the_account(self, accounts: PayoutAccounts) -> None:
        """The account belongs to the user, not to the address."""
        user = a_user()
        first = accounts.open(user, "ada@example.com", home(accounts))
        accounts.open(a_user(), "bea@example.com", home(accounts))

        assert first == accounts.open(user, "ada@example.org", home(accounts))

    def test_user_stays_in_the_country_of_the_account(self, accounts: PayoutAccounts) -> None:
        """Naming another country opens no second account."""
        user = a_user()
        first = accounts.open(user, None, home(accounts))

        assert first == accounts.open(user, None, max(accounts.countries))

    def test_countries_are_two_capital_letters(self, accounts: PayoutAccounts) -> None:
        """There is at least one, and each is written as ISO 3166-1 does."""
        assert accounts.countries
        assert all(re.fullmatch("[A-Z]{2}", country) for country in accounts.countries)

    @pytest.mark.parametrize("country", [NOWHERE, "", "de", "Germany"])
    def test_other_countries_are_refused(self, accounts: PayoutAccounts, country: str) -> None:
        """Nothing is opened, so that the user can say another country at once."""
        user = a_user()
        with pytest.raises(PaymentRefused):
            accounts.open(user, None, Country(country))

        assert accounts.open(user, None, home(accounts))

    def test_lost_answer_leaves_one_account(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """A repeat after a lost answer finds the account that was opened."""
        user = a_user()
        world.lose_answer()
        with suppress(Unavailable):
            accounts.open(user, None, home(accounts))

        opened = [accounts.open(user, None, home(accounts)) for _ in range(2)]

        assert opened[0] == opened[1]

    def test_fresh_account_is_pending_and_says_what_it_wants(
        self, accounts: PayoutAccounts
    ) -> None:
        """A new account cannot receive money yet, and somebody can read why."""
        status = accounts.status(accounts.open(a_user(), None, home(accounts)))

        assert isinstance(status, Pending)
        assert status.requirements
        assert all(map(str, status.requirements))

    def test_onboarded_account_is_ready(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """Once everything is given, the account can receive money."""
        account_id = accounts.open(a_user(), None, home(accounts))
        world.complete_onboarding(account_id)

        assert accounts.status(account_id) == Ready()

    def test_ready_account_says_what_will_be_wanted(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """It can still receive money, and somebody can read what keeps it so, and until when."""
        account_id = accounts.open(a_user(), None, home(accounts))
        world.complete_onboarding(account_id)
        world.announce(account_id, DEADLINE)
        status = accounts.status(account_id)

        assert isinstance(status, Ready)
        assert status.requirements
        assert status.deadline == DEADLINE

    def test_restricted_account_says_why_and_until_when(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """A held-back account has a reason and a deadline, and recovers."""
        account_id = accounts.open(a_user(), None, home(accounts))
        world.complete_onboarding(account_id)
        world.restrict(account_id, DEADLINE)
        status = accounts.status(account_id)
        world.complete_onboarding(account_id)

        assert isinstance(status, Restricted)
        assert str(status.reason)
        assert status.requirements
        assert status.deadline == DEADLINE
        assert accounts.status(account_id) == Ready()

    def test_onboarding_links_are_fresh(self, accounts: PayoutAccounts) -> None:
        """Every link is for one visit."""
        account_id = accounts.open(a_user(), None, home(accounts))
        links = [accounts.onboarding_link(account_id) for _ in range(3)]

        assert len(set(links)) == len(links)
        assert all(link.startswith("http") for link in links)

    def test_dashboard_opens_after_onboarding(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """A seller who has not finished has no dashboard to see."""
        account_id = accounts.open(a_user(), None, home(accounts))
        with pytest.raises(PaymentRefused):
            accounts.dashboard_link(account_id)
        world.complete_onboarding(account_id)

        assert accounts.dashboard_link(account_id).startswith("http")

    def test_links_lead_to_the_origins_that_are_named(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """A browser follows a form there only where it was let before."""
        account_id = accounts.open(a_user(), None, home(accounts))
        world.complete_onboarding(account_id)

        for link in (accounts.onboarding_link(account_id), accounts.dashboard_link(account_id)):
            parts = urlsplit(link)
            assert f"{parts.scheme}://{parts.netloc}" in accounts.page_origins

    @pytest.mark.parametrize("account_id", ["acct_nobody", "", "../charges", "nobody", "acct_é"])
    def test_unknown_account_is_not_found(self, accounts: PayoutAccounts, account_id: str) -> None:
        """An id that stands for no account is not found, however it looks."""
        unknown = AccountId(account_id)
        for ask in (accounts.status, accounts.onboarding_link, accounts.dashboard_link):
            with pytest.raises(NotFound):
                ask(unknown)

    def test_outage_is_unavailable(
        self, accounts: PayoutAccounts, world: PayoutAccountsWorld
    ) -> None:
        """While the provider is down, every call says so."""
        user = a_user()
        account_id = accounts.open(user, None, home(accounts))
        with world.outage():
            for ask in (accounts.status, accounts.onboarding_link, accounts.dashboard_link):
                with pytest.raises(Unavailable):
                    ask(account_id)
            with pytest.raises(Unavailable):
                accounts.open(user, None, home(accounts))

        assert account_id == accounts.open(user, None, home(accounts))
