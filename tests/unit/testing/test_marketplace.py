from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from koda.adapters.memory.orders import MemoryOrders
from koda.adapters.pillow.pictures import PillowPictures
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.domain.model.errors import Unavailable, WrongState
from koda.domain.model.identifiers import OrderId
from koda.domain.model.orders import OrderState
from koda.domain.model.people import Credentials
from koda.domain.model.policy import Policy
from koda.entrypoints.backends.memory import MemoryRoom
from koda.testing.examples import NOON, PIXEL
from koda.testing.marketplace import Marketplace
from koda.testing.open_ports import PORTS, Ports

PARTS = get_type_hints(Ports)


@pytest.mark.parametrize(("name", "kind"), PARTS.items())
def test_every_part_is_what_it_is_said_to_be(name: str, kind: Any) -> None:
    """So that the type checker and a reader are told the truth."""
    assert kind in type(getattr(Marketplace(), name)).__mro__


def test_whole_purchase_takes_a_few_lines() -> None:
    """List, buy, download."""
    market = Marketplace()
    automation = market.list_automation(market.ready_seller("ada"), price="19.99")
    bea = market.person("bea")

    assert market.buy(bea, automation).state is OrderState.PAID
    assert market.authorize_download(bea, automation.id).file_name == "flow.json"


def test_time_stands_still_until_it_is_passed() -> None:
    """It begins at noon, or when it is told to."""
    later = datetime(2027, 1, 1, tzinfo=UTC)

    assert Marketplace().clock() == NOON
    assert Marketplace(now=later).pass_time(hours=1) == later + timedelta(hours=1)


def test_marketplaces_share_nothing() -> None:
    """What happens in one is unknown in another."""
    first, other = Marketplace(), Marketplace()
    listed = first.list_automation(first.ready_seller("ada"))

    assert other.automations.some([listed.id]) == {}


def test_policy_is_the_marketplaces_own() -> None:
    """Every number of it."""
    market = Marketplace(Policy(fee_basis_points=0))
    order = market.order(
        market.person("bea"), market.list_automation(market.ready_seller("ada"), tags=("new",))
    )

    assert order.fee.minor == 0


def test_port_of_ones_own_is_used_by_every_use_case() -> None:
    """And is there to look into."""
    orders = MemoryOrders()
    market = Marketplace(orders=orders)
    order = market.order(market.person("bea"), market.list_automation(market.ready_seller("ada")))

    assert market.orders is orders
    assert orders.get(order.id) == order


def test_same_marketplace_through_another_port() -> None:
    """All else is shared."""
    market = Marketplace()
    other = market.but(orders=MemoryOrders())

    assert other.purchases is market.purchases
    assert other.clock is market.clock
    assert other.orders is not market.orders


def test_container_holds_the_same_ports_and_policy() -> None:
    """An entry point that stands on it is an entry point of this marketplace."""
    market = Marketplace(Policy(page_size=3))
    container = market.container

    for name in set(PORTS) - {"provider"}:
        assert getattr(container, name)() is getattr(market, name), name
    assert container.rooms().of(MemoryRoom).provider is market.provider
    assert container.use_cases().browse_catalogue.policy is market.policy
    assert market.container is container


def test_unknown_port_is_refused() -> None:
    """A misspelt name does not pass silently."""
    with pytest.raises(TypeError, match="no port 'order'"):
        Marketplace(order=MemoryOrders())


def test_signed_in_person_is_known_to_the_identity_port() -> None:
    """By the token that signing in returns."""
    market = Marketplace()
    token = market.identity.sign_in(market.person("bea").user_id)

    assert market.identity.authenticate(Credentials(cookie=token)).user_id == "user_bea"


def test_pictures_are_uploaded_as_previews() -> None:
    """The extension says what an upload is for."""
    market = Marketplace(pictures=PillowPictures())
    ada = market.ready_seller("ada")
    preview = market.accept_upload.preview(ada, market.upload(ada, PIXEL, "a.PNG"))

    assert (preview.largest.file.content_type, preview.largest.file.name) == (
        "image/webp",
        "a.webp",
    )


def test_order_without_session_cannot_be_paid() -> None:
    """Where checkout was cut off there is no page to pay at."""
    market = Marketplace()
    automation = market.list_automation(market.ready_seller("ada"))
    bea = market.person("bea")
    with market.provider.outage(), pytest.raises(Unavailable):
        market.order(bea, automation)

    with pytest.raises(WrongState, match="without a checkout session"):
        market.pay(market.orders.get(OrderId("ord_00000002")))


@pytest.mark.parametrize("after", [False, True])
def test_call_fails_where_a_test_wants_it(*, after: bool) -> None:
    """Once, before it has an effect or after; asking again goes on."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    broken = market.fail("orders.add", after=after)

    with pytest.raises(Unavailable):
        broken.order(bea, listed)
    assert len(market.orders.open_of(bea.user_id, 5)) == after
    assert broken.order(bea, listed).checkout is not None
    assert len(market.orders.open_of(bea.user_id, 5)) == 1


def test_call_fails_with_the_error_that_is_given_at_the_time_that_is_given() -> None:
    """The others pass."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    broken = market.fail("payments.open_checkout", 2, error=WrongState("order", "x", "lost", "pay"))

    assert broken.order(bea, listed).checkout is not None
    with pytest.raises(WrongState):
        broken.order(market.person("cyd"), listed)


def test_any_call_of_a_port_may_be_the_one_that_fails() -> None:
    """The second of them, whatever it is."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))

    with pytest.raises(Unavailable):
        market.fail("orders", 2).order(bea, listed)
    assert len(market.orders.open_of(bea.user_id, 5)) == 1


@pytest.mark.parametrize("call", ["order.save", "orders.keep", "order"])
def test_call_that_there_is_not_cannot_fail(call: str) -> None:
    """A misspelt name does not pass silently."""
    with pytest.raises(TypeError, match="has no"):
        Marketplace().fail(call)


def test_outbox_of_its_own_comes_with_the_stores_that_tell(tmp_path: Path) -> None:
    """What the others tell would be left in another technology's memory."""
    database = Database(tmp_path / "koda.sqlite")

    with pytest.raises(TypeError, match="needs automations, purchases, sellers"):
        Marketplace(orders=SqliteOrders(database), outbox=SqliteOutbox(database))
    database.close()


def test_port_that_is_a_function_fails_too() -> None:
    """The clock is called by itself."""
    market = Marketplace().fail("clock", nth=2)

    assert market.clock() == NOON
    with pytest.raises(Unavailable):
        market.clock()
    assert market.clock() == NOON
