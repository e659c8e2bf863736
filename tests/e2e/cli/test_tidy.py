"""`koda tidy` beside a site, and alone."""

from contextlib import closing
from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.identifiers import OrderId
from koda.entrypoints.samples.catalogue import BUYER
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda, Serving
from tests.e2e.flows.caller import Caller


def begin_to_pay(koda: Koda, serving: Serving, *, paid: bool) -> None:
    """A buyer began to pay forty days ago; whether they did, nobody was told."""
    buyer, sandbox = Caller.sign_in(serving.site, BUYER.id), serving.site.sandbox
    listed = buyer.done("GET", "/automations")["items"][0]["id"]
    sandbox.webhooks.hold()
    order, session = buyer.check_out(listed)
    if paid:
        sandbox.pay(session)
    else:
        sandbox.expire(session)
    with closing(Database(koda.data / "koda.sqlite")) as database:
        orders = SqliteOrders(database)
        stored = orders.get(OrderId(order))
        orders.save(evolve(stored, created_at=stored.created_at - timedelta(days=40)))


@pytest.mark.parametrize("running", [True, False])
@pytest.mark.parametrize("paid", [True, False])
def test_it_asks_the_sandbox_of_the_marketplace(
    koda: Koda, serve: Serve, *, running: bool, paid: bool
) -> None:
    """That of a running site, or the same one, started for the purpose."""
    serving = serve("--samples", "--workers", "1")
    begin_to_pay(koda, serving, paid=paid)
    if not running:
        serving.stop()

    ended = koda("tidy", "--json")

    assert ended.code == 0, ended.err
    assert ended.json["orders"] == (0 if paid else 1)
    with closing(Database(koda.data / "koda.sqlite")) as database:
        bought = SqlitePurchases(database).of_buyer(BUYER.id, 5).items
    assert len(bought) == (1 if paid else 0)


def test_it_waits_for_a_site_that_is_about_to_start(koda: Koda, serve: Serve) -> None:
    """Whose sandbox does not answer yet, or no more."""
    serving = serve("--workers", "1")
    (koda.data / "sandbox-port").write_text("1")

    ended = koda("tidy")
    serving.stop()

    assert ended.code == 5, ended.err
    assert "is in use already" in ended.complaint
