"""`koda tidy` beside a site, and alone."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

from attrs import evolve, frozen

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.identifiers import OrderId
from koda.entrypoints.embedded.data_lock import owned
from koda.entrypoints.samples.catalogue import BUYER
from paysandbox.control import SandboxControl
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda, Serving
from tests.e2e.flows.caller import Caller


@frozen
class Buying:
    """A buyer of a running site, of whose payments nobody is told."""

    data: Path
    buyer: Caller
    sandbox: SandboxControl

    @classmethod
    def at(cls, koda: Koda, serving: Serving) -> "Buying":
        """Sign in."""
        serving.site.sandbox.webhooks.hold()
        return cls(koda.data, Caller.sign_in(serving.site, BUYER.id), serving.site.sandbox)

    def begin_to_pay(self, listed: str, *, paid: bool) -> OrderId:
        """Check out something as if forty days ago."""
        order, session = self.buyer.check_out(listed)
        if paid:
            self.sandbox.pay(session)
        else:
            self.sandbox.expire(session)
        with closing(Database(self.data / "koda.sqlite")) as database:
            orders = SqliteOrders(database)
            stored = orders.get(OrderId(order))
            orders.save(evolve(stored, created_at=stored.created_at - timedelta(days=40)))
        return OrderId(order)


def states_of(koda: Koda, *orders: OrderId) -> list[str | None]:
    """What the marketplace knows of orders, where it still has them."""
    with closing(Database(koda.data / "koda.sqlite")) as database:
        stored = SqliteOrders(database).some(orders)
        return [stored[order].state.value if order in stored else None for order in orders]


def test_it_asks_the_sandbox_of_the_marketplace(koda: Koda, serve: Serve) -> None:
    """That of a running site, or the same one, started for the purpose: what was paid stays."""
    serving = serve("--samples")
    buying = Buying.at(koda, serving)
    first, second, third = (
        item["id"] for item in buying.buyer.done("GET", "/automations")["items"][:3]
    )
    paid = buying.begin_to_pay(first, paid=True)
    unpaid = buying.begin_to_pay(second, paid=False)

    beside = koda("tidy", "--json")

    assert beside.code == 0, beside.err
    assert beside.json["orders"] == 1
    assert states_of(koda, paid, unpaid) == ["paid", None]
    paid = buying.begin_to_pay(second, paid=True)
    unpaid = buying.begin_to_pay(third, paid=False)
    serving.stop()

    alone = koda("tidy", "--json")

    assert alone.code == 0, alone.err
    assert alone.json["orders"] == 1
    assert states_of(koda, paid, unpaid) == ["paid", None]
    with closing(Database(koda.data / "koda.sqlite")) as database:
        bought = SqlitePurchases(database).of_buyer(BUYER.id, 5).items
    assert {purchase.automation_id for purchase in bought} == {first, second}


def test_it_waits_for_a_site_that_is_about_to_start(koda: Koda) -> None:
    """Whose sandbox does not answer yet, or no more."""
    with owned(koda.data):
        (koda.data / "sandbox-port").write_text("1")
        ended = koda("tidy")

    assert ended.code == 5, ended.err
    assert "is in use already" in ended.complaint
