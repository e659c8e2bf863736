from collections.abc import Iterator

import pytest

from tests.e2e.family.shop import UNLIMITED, Paid, Shop, shop_of
from tests.servers.families import Production


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, production: Production) -> Iterator[Shop]:
    """One marketplace for the tests of a module, each of which brings its own people."""
    with shop_of(production, tmp_path_factory.mktemp("shop"), UNLIMITED) as shop:
        yield shop


@pytest.fixture
def paid(shop: Shop) -> Paid:
    """An order that was paid, of which the marketplace knows nothing yet."""
    return shop.paid()
