from typing import Any

import pytest

from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.errors import InvalidValue, NotFound, PaymentRefused, Unavailable
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.people import Principal
from koda.domain.model.sellers import DETAILS, Pending, Ready, Restricted, Seller
from koda.domain.model.sentences import sentence, verbatim
from koda.domain.usecases.selling.confirm_onboarding import GONE
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.support.threads import at_once

ACCOUNT = AccountId("acct_bea")


def test_first_onboarding_opens_an_account(market: Marketplace, bea: Principal) -> None:
    """The user becomes a seller who is waited for, with a link to the provider's pages."""
    onboarding = market.onboard_seller(bea, HOME)

    assert onboarding.seller == market.view_seller(bea)
    assert (onboarding.seller.account_id, onboarding.seller.status) == (
        ACCOUNT,
        Pending((DETAILS,)),
    )
    assert ACCOUNT in onboarding.url


def test_account_is_opened_in_the_seller_s_country(market: Marketplace, bea: Principal) -> None:
    """Once; afterwards a country need not be said, and another changes nothing."""
    market.onboard_seller(bea, "FR")
    for later in (None, "GB"):
        market.onboard_seller(bea, later)

    assert market.provider.account(ACCOUNT).country == "FR"


def test_country_that_there_is_not_is_refused_later_too(
    market: Marketplace, bea: Principal
) -> None:
    """Although an account that is open stays in its own."""
    market.onboard_seller(bea, "FR")

    with pytest.raises(InvalidValue, match="country: must be one of"):
        market.onboard_seller(bea, "AAA")


@pytest.mark.parametrize("country", [None, "", "ZZ", "de", "DE ", "DEU"])
def test_country_that_cannot_be_paid_opens_nothing(
    market: Marketplace, bea: Principal, country: str | None
) -> None:
    """The refusal names those that can, and another country may be said at once."""
    with pytest.raises(InvalidValue, match="country: must be one of DE, FR, GB, US"):
        market.onboard_seller(bea, country)

    assert not market.provider.accounts
    assert market.view_seller(bea) is None
    assert market.onboard_seller(bea, "GB").seller.account_id == ACCOUNT


def test_every_onboarding_has_a_fresh_link_to_the_one_account(
    market: Marketplace, bea: Principal
) -> None:
    """Links are used once; accounts are opened once."""
    first, second = market.onboard_seller(bea, HOME), market.onboard_seller(bea, HOME)

    assert first.seller == second.seller
    assert first.url != second.url
    assert list(market.provider.accounts) == [ACCOUNT]


def test_unknown_person_can_onboard(market: Marketplace) -> None:
    """Where the identity provider's message has not come yet, the account has no address."""
    onboarding = market.onboard_seller(Principal(UserId("user_new"), "sess_1"), HOME)

    assert onboarding.seller.user_id == "user_new"


def test_twenty_clicks_open_one_account(market: Marketplace, bea: Principal) -> None:
    """Whoever comes second finds the seller that the first one kept."""
    sellers = at_once(20, lambda _: market.onboard_seller(bea, HOME).seller)

    assert {seller.account_id for seller in sellers} == {ACCOUNT}
    assert market.sellers.find(bea.user_id) is not None


def test_onboarding_after_another_kept_the_seller(market: Marketplace, bea: Principal) -> None:
    """The seller who was kept meanwhile is the answer."""
    seller = market.onboard_seller(bea, HOME).seller
    late = market.but(sellers=Late(market.sellers, misses=1))

    assert late.onboard_seller(bea, HOME).seller == seller


class Late:
    """A store of sellers that finds nobody at the first looks, and saves too late once."""

    def __init__(self, sellers: Any, *, misses: int = 0, stale: Any = None) -> None:
        self._sellers = sellers
        self._misses = misses
        self._stale = stale

    def find(self, user_id: UserId) -> Any:
        """Nobody, or the seller as they were, while looks come too early."""
        if self._misses:
            self._misses -= 1
            return self._stale
        return self._sellers.find(user_id)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sellers, name)


def test_onboarding_goes_on_after_an_outage(market: Marketplace, bea: Principal) -> None:
    """An account whose opening was not answered is opened again, and is the same."""
    market.provider.lose_answers(1)
    with pytest.raises(Unavailable):
        market.onboard_seller(bea, HOME)

    assert market.onboard_seller(bea, HOME).seller.account_id == ACCOUNT
    assert list(market.provider.accounts) == [ACCOUNT]


@pytest.mark.parametrize("after", [False, True])
def test_onboarding_goes_on_after_the_store_failed(
    market: Marketplace, bea: Principal, after: bool
) -> None:
    """Whether the seller was kept or not."""
    down = market.but(sellers=Failing(market.sellers, 2, after=after))
    with pytest.raises(Unavailable):
        down.onboard_seller(bea, HOME)

    assert market.onboard_seller(bea, HOME).seller.account_id == ACCOUNT


# --- confirming -----------------------------------------------------------------------------------


def test_confirmation_reads_the_account(market: Marketplace, bea: Principal) -> None:
    """Ready once the provider has all it asked for, and when that was."""
    market.onboard_seller(bea, HOME)
    market.provider.complete_onboarding(ACCOUNT)
    now = market.pass_time(minutes=3)
    seller = market.confirm_onboarding(bea.user_id)

    assert (seller.status, seller.updated_at) == (Ready(), now)
    assert market.view_seller(bea) == seller


def test_confirmation_of_no_change_saves_nothing(market: Marketplace, ada: Principal) -> None:
    """Repeats are free."""
    before = market.view_seller(ada)

    assert market.confirm_onboarding(ada.user_id) == before


def test_confirmation_can_take_readiness_back(market: Marketplace, ada: Principal) -> None:
    """The provider restricts an account, or asks for more."""
    account = AccountId("acct_ada")
    for status in (
        Restricted(sentence("listed"), (sentence("iban"),)),
        Pending((verbatim("iban"),)),
    ):
        if isinstance(status, Restricted):
            market.provider.restrict(account, status)
        else:
            market.provider.require(account, "iban")

        assert market.confirm_onboarding(ada.user_id).status == status


def test_confirmation_of_an_account_that_is_gone_restricts(
    market: Marketplace, ada: Principal
) -> None:
    """Whoever closed the account, or took it away from the marketplace, cannot sell any more."""
    market.provider.accounts.clear()
    seller = market.confirm_onboarding(ada.user_id)

    assert seller.status == GONE
    assert market.view_seller(ada) == seller


def test_confirmation_without_account_is_not_found(market: Marketplace) -> None:
    """Who never onboarded has nothing to confirm."""
    with pytest.raises(NotFound):
        market.confirm_onboarding(UserId("user_eve"))


def test_confirmation_after_another_reads_again(market: Marketplace, bea: Principal) -> None:
    """Two at once agree on what the provider says last."""
    stale: Seller = market.onboard_seller(bea, HOME).seller
    market.provider.complete_onboarding(ACCOUNT)
    market.confirm_onboarding(bea.user_id)
    late = market.but(sellers=Late(market.sellers, misses=1, stale=stale))

    assert late.confirm_onboarding(bea.user_id) == market.view_seller(bea)


# --- looking --------------------------------------------------------------------------------------


def test_who_never_onboarded_is_no_seller(market: Marketplace, bea: Principal) -> None:
    """Nothing, rather than an error: everybody may look."""
    assert market.view_seller(bea) is None


def test_dashboard_opens_after_onboarding(market: Marketplace, ada: Principal) -> None:
    """Each time by a fresh link to the seller's own account."""
    links = {market.open_dashboard(ada) for _ in range(2)}

    assert len(links) == 2
    assert all("acct_ada" in link for link in links)


def test_dashboard_needs_a_finished_onboarding(market: Marketplace, bea: Principal) -> None:
    """Without an account there is none, and before the end the provider refuses."""
    with pytest.raises(NotFound):
        market.open_dashboard(bea)
    market.onboard_seller(bea, HOME)
    with pytest.raises(PaymentRefused):
        market.open_dashboard(bea)
