import pytest
from attrs import evolve

from koda.entrypoints.backends.stripe import StripeSettings
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import make_container
from tests.unit.entrypoints.settings.test_settings import COMPLETE, SANDBOXED


@pytest.mark.parametrize(
    ("settings", "paying", "onboarding"),
    [
        (COMPLETE, "https://checkout.stripe.com", "https://connect.stripe.com"),
        (SANDBOXED, SANDBOXED.sandbox_url, SANDBOXED.sandbox_url),
    ],
)
def test_people_are_led_to_pages_of_stripe_or_the_sandbox(
    settings: Settings, paying: str, onboarding: str
) -> None:
    """Whoever stands in for Stripe has its pages, too."""
    container = make_container(settings)

    assert container.payments().page_origins == {paying}
    assert container.payout_accounts().page_origins == {onboarding}


def test_sample_sellers_live_where_the_account_is() -> None:
    """At Stripe as the settings say, elsewhere in a country whose sellers can be paid."""
    in_france = COMPLETE.having(evolve(COMPLETE.of(StripeSettings), country="FR"))
    in_memory = make_container(evolve(COMPLETE, payments="memory"))

    assert make_container(in_france).rooms().payments.home == "FR"
    assert in_memory.rooms().payments.home in in_memory.payout_accounts().countries
