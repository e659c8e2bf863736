"""`koda work` and `koda deliveries`, as an operator types them."""

import signal
from contextlib import closing

import pytest

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.outbox import SqliteOutbox
from koda.domain.model.deliveries import Subscription
from koda.domain.model.events import OrderClosed
from koda.domain.model.orders import OrderState
from koda.testing.examples import NOON, an_order
from tests.e2e.cli.program import PATIENCE, Koda, lines_of

GONE = Subscription("crm", (OrderClosed.name(),), NOON)
"""A subscriber that no process has any more."""


@pytest.fixture
def told(koda: Koda) -> None:
    """Something happened of which `crm` wants to be told."""
    assert koda("init").code == 0
    with closing(Database(koda.data / "koda.sqlite")) as database:
        SqliteOutbox(database).subscribe(GONE)
        SqliteOrders(database).add(an_order())
        SqliteOrders(database).save(*an_order().close(OrderState.EXPIRED, NOON))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_work_goes_on_until_it_is_told_to_stop(koda: Koda, number: signal.Signals) -> None:
    """Which is no failure."""
    process = koda.begin("work")
    assert next(lines_of(process.stdout)) == "Koda works. Stop with Ctrl-C.\n"

    process.send_signal(number)

    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_work_is_refused_where_the_memory_of_one_process_is_chosen(koda: Koda) -> None:
    """It names each variable that chooses it."""
    memory = {"KODA_STORE": "memory", "KODA_CACHE": "memory"}
    ended = koda("work", "--once", **memory)

    assert ended.code == 2
    assert "KODA_STORE and KODA_CACHE: keep what they are given" in ended.complaint


@pytest.mark.usefixtures("told")
def test_deliveries_are_listed_before_and_after_events_are_relayed(koda: Koda) -> None:
    """A line for each subscriber: what waits since when, and when it was served last."""
    before = koda("deliveries").out.splitlines()
    assert koda("work", "--once").out == "      0  deliveries tried\n"
    after = koda("deliveries").out.splitlines()

    assert before == [
        "      1  events on their way to all",
        "      0  wait for crm, served 2026-03-01 12:00:00 UTC",
    ]
    assert after[0] == "      0  events on their way to all"
    assert "      1  wait for crm, since 2026-03-01 12:00:00 UTC, served 2026-03-01" in after[1]
    assert [line.split()[3].rstrip(",") for line in after[2:]] == [
        "koda.catalogue",
        "koda.checkouts",
        "koda.notices",
        "koda.refused",
    ]


@pytest.mark.usefixtures("told")
def test_subscriber_that_nobody_has_is_told_and_forgotten(koda: Koda) -> None:
    """Unlike one that a process serves."""
    assert koda("work", "--once").code == 0
    doctor = {said["service"]: said for said in koda("doctor", "--json").json}
    served = koda("deliveries", "forget", "koda.notices")
    gone = koda("deliveries", "forget", "crm")

    assert "1 events wait for crm, which no process has served" in doctor["deliveries"]["detail"]
    assert "koda deliveries forget" in doctor["deliveries"]["warning"]
    assert (served.code, "koda.notices: is served by a process" in served.complaint) == (2, True)
    assert (gone.code, gone.out) == (0, "      1  waited for crm and are gone\n")
    assert koda("deliveries", "forget", "crm").code == 4


@pytest.mark.usefixtures("told")
def test_what_was_given_up_is_listed_and_tried_again(koda: Koda) -> None:
    """Of a subscriber that is known."""
    assert koda("work", "--once").code == 0
    with closing(Database(koda.data / "koda.sqlite")) as database:
        outbox = SqliteOutbox(database)
        delivery = outbox.claim(["crm"], NOON.replace(year=2100), NOON.replace(year=2101))
        assert delivery is not None
        outbox.save(delivery.given_up("no account"))

    assert "      1  to crm were given up" in koda("deliveries").out.splitlines()
    assert koda("deliveries", "retry", "crm").out == "      1  to crm are tried again\n"
    assert koda("deliveries", "retry", "nobody").code == 4
