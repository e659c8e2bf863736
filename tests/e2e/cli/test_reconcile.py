"""`koda reconcile` beside a site."""

from contextlib import closing

from attrs import evolve

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.domain.model.identifiers import OrderId
from koda.domain.model.money import Money
from koda.entrypoints.samples.catalogue import BUYER
from tests.e2e.cli.conftest import Serve
from tests.e2e.cli.program import Koda
from tests.e2e.flows.caller import Caller


def test_it_records_what_no_message_told(koda: Koda, serve: Serve) -> None:
    """A dry run counts it; what does not fit is for a person, as the exit code says."""
    serving = serve("--samples", "--workers", "1")
    buyer, sandbox = Caller.sign_in(serving.site, BUYER.id), serving.site.sandbox
    first, second = (item["id"] for item in buyer.done("GET", "/automations")["items"][:2])
    sandbox.webhooks.hold()
    _, session = buyer.check_out(first)
    sandbox.pay(session)

    assert koda("reconcile", "--dry-run", "--json").json == {
        "dry_run": True,
        "compared": 1,
        "recorded": 1,
        "findings": [],
    }
    ended = koda("reconcile")
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == [
        "      1  payments and orders compared",
        "      1  not in step recorded",
        "      0  for a person to look at",
    ]
    order_id, session = buyer.check_out(second)
    sandbox.pay(session)
    with closing(Database(koda.data / "koda.sqlite")) as database:
        orders = SqliteOrders(database)
        order = orders.get(OrderId(order_id))
        line = evolve(order.lines[0], price=order.lines[0].price + Money(1, "EUR"))
        orders.save(evolve(order, lines=(line, *order.lines[1:])))
        bought = SqlitePurchases(database).of_buyer(BUYER.id, 5).items
    assert [purchase.automation_id for purchase in bought] == [first]

    ended = koda("reconcile")
    assert ended.code == 1
    *_, finding, remedy = ended.out.splitlines()
    assert finding.startswith(f"{order_id}: The payment's amount does not fit")
    assert remedy.startswith("  Compare the order with its payment")
    assert koda("reconcile", "--json").json["findings"][0]["code"] == "payment_mismatch"
    assert koda("reconcile", "--to", "2020-01-31").code == 0
