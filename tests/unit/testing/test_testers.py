"""What a marketplace offers those who test with it: files, clients and a bad network."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from koda.adapters.directory.files import DirectoryFiles
from koda.adapters.memory.clock import FixedClock
from koda.domain.model.errors import Expired, NotFound, PurchaseRefunded
from koda.domain.model.orders import OrderState
from koda.domain.model.roles import Role
from koda.domain.model.uploads import DownloadLink
from koda.testing.examples import NOON, SITE_URL, WORKFLOW
from koda.testing.marketplace import Marketplace
from koda.testing.replaying import scrambled

MOST_SECONDS = 0.005


def in_memory(_: Path) -> Marketplace:
    """A marketplace whose files are in memory."""
    return Marketplace()


def in_a_directory(folder: Path) -> Marketplace:
    """A marketplace whose files are in a directory."""
    clock = FixedClock(NOON)
    files = DirectoryFiles(folder, base_url=SITE_URL, keys=[b"k" * 32], clock=clock)
    return Marketplace(files=files, clock=clock)


@pytest.mark.parametrize("made", [in_memory, in_a_directory])
def test_link_leads_to_the_file_until_it_is_over(
    made: Callable[[Path], Marketplace], tmp_path: Path
) -> None:
    """Under its name, whatever keeps it."""
    market = made(tmp_path)
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    market.buy(bea, listed)
    link = market.authorize_download(bea, listed.id)

    fetched = market.fetch(link)
    assert (fetched.name, fetched.content) == ("flow.json", WORKFLOW)
    market.pass_time(days=1)
    with pytest.raises(Expired):
        market.fetch(link)
    with pytest.raises(NotFound):
        market.fetch(DownloadLink(f"{SITE_URL}/nothing", "flow.json", link.expires_at))


def test_client_is_signed_in_on_pages_and_at_the_api() -> None:
    """As the person that was named, or as nobody."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    client, nobody = market.client(bea), market.client()

    assert "Bea" in client.get("/library").text
    made = client.post("/api/v1/checkout", json={"automation_ids": [listed.id]})
    assert made.status_code == 201, made.text
    assert len(market.orders.open_of(bea.user_id, 2)) == 1
    assert nobody.get("/library").status_code == 401
    assert nobody.get("/api/v1/seller").status_code == 401


def test_client_of_an_admin_administers() -> None:
    """And that of somebody else does not."""
    market = Marketplace()
    listed = market.list_automation(market.ready_seller("ada"))
    address = f"/api/v1/automations/{listed.id}/suspend"

    bea, eve = market.person("bea"), market.person("eve", Role.ADMIN)
    assert market.client(bea).post(address, json={"reason": "spam"}).status_code == 403
    assert market.client(eve).post(address, json={"reason": "spam"}).status_code == 200


def test_seed_decides_what_comes() -> None:
    """The same each time; of many, some come twice, some not at all, and not in order."""
    messages = range(100)
    first = scrambled(messages, 1)

    assert first == scrambled(messages, 1) != scrambled(messages, 2)
    assert set(messages) > set(first)
    assert len(first) > len(set(first))
    assert list(dict.fromkeys(first)) != sorted(set(first))


def test_no_seed_pays_twice_or_loses_what_came() -> None:
    """Whatever order messages come in, and how often."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    order = market.order(bea, listed)
    assert order.checkout is not None
    market.provider.pay(order.checkout.id)

    told = {event.name for seed in range(20) for event in market.replay(seed)}
    assert told == {"account.1", "checkout.paid"}
    assert market.orders.get(order.id).state is OrderState.PAID
    assert len(market.purchases.of_buyer(bea.user_id, 5).items) == 1
    assert [type(notice).__name__ for notice in market.notices.sent] == ["Receipt", "SaleNotice"]


def test_refund_at_the_provider_is_followed() -> None:
    """Whatever comes in whatever order: the automation is not the buyer's any more."""
    market = Marketplace()
    bea, listed = market.person("bea"), market.list_automation(market.ready_seller("ada"))
    order = market.buy(bea, listed)
    assert order.checkout is not None
    market.provider.refund(order.checkout.id)
    market.replay(3)

    with pytest.raises(PurchaseRefunded):
        market.authorize_download(bea, listed.id)


def test_marketplace_costs_next_to_nothing() -> None:
    """So that each test has its own."""
    costs = []
    for _ in range(10):
        began = perf_counter()
        Marketplace()
        costs.append(perf_counter() - began)

    assert min(costs) < MOST_SECONDS
