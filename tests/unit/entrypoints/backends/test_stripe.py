import pytest

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
