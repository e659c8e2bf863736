import pytest

from koda.adapters.stripe.countries import EEA, SELF_SERVE, paid_from
from koda.domain.model.countries import Country
from koda.domain.model.errors import PaymentRefused
from koda.testing.contracts.payout_accounts import a_user
from paysandbox import Sandbox
from paysandbox.countries import CURRENCIES
from tests.contract.stripe_world import accounts_of


def test_the_economic_area_has_thirty_members() -> None:
    """The Union's twenty-seven, Iceland, Liechtenstein and Norway."""
    assert len(EEA) == 30
    assert {"IS", "LI", "NO"} <= EEA
    assert not EEA & {"CH", "GB"}


@pytest.mark.parametrize("platform", ["DE", "US", "GB", "CA", "CH", "NO"])
def test_platform_of_the_regions_pays_sellers_in_all_of_them(platform: str) -> None:
    """United States, United Kingdom, Canada, Switzerland, and the economic area."""
    assert paid_from(platform) == SELF_SERVE
    assert len(SELF_SERVE) == 34


@pytest.mark.parametrize("platform", ["AU", "JP", "BR"])
def test_platform_elsewhere_pays_sellers_at_home(platform: str) -> None:
    """Across its border Stripe pays only after talking to its sales department."""
    assert paid_from(platform) == {platform}


def test_country_that_cannot_be_paid_is_not_even_asked_for(sandbox: Sandbox) -> None:
    """Stripe opens accounts in Australia, and then refuses the transfers of a German platform."""
    accounts = accounts_of(sandbox)

    with pytest.raises(PaymentRefused, match="sellers of this country cannot be paid"):
        accounts.open(a_user(), None, Country("AU"))
    assert sandbox.requests == []


@pytest.mark.parametrize("country", sorted(SELF_SERVE))
def test_account_is_opened_in_each_country(sandbox: Sandbox, country: Country) -> None:
    """The account is of the country that was said, and so is its currency."""
    account_id = accounts_of(sandbox).open(a_user(), None, country)

    account = sandbox.objects("account")[-1]
    assert (account["id"], account["country"]) == (account_id, country)
    assert account["default_currency"] == CURRENCIES[country]
