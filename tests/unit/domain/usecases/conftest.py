import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.testing.marketplace import Marketplace


@pytest.fixture
def market() -> Marketplace:
    """A fresh marketplace in memory."""
    return Marketplace()


@pytest.fixture
def ada(market: Marketplace) -> Principal:
    """A seller who is ready."""
    return market.ready_seller("ada")


@pytest.fixture
def bea(market: Marketplace) -> Principal:
    """A buyer."""
    return market.person("bea")


@pytest.fixture
def poster(market: Marketplace, ada: Principal) -> Automation:
    """An automation of Ada's for 12.50 EUR."""
    return market.list_automation(ada)


@pytest.fixture
def mailer(market: Marketplace) -> Automation:
    """An automation of Cyd's, who is ready, too, for 20.00 EUR."""
    return market.list_automation(market.ready_seller("cyd"), title="Mail them all", price="20")
