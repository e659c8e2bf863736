import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from koda.adapters.sqlite.audit_log import SqliteAuditLog
from koda.adapters.sqlite.automations import SqliteAutomations
from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.examination import examine
from koda.adapters.sqlite.grants import SqliteGrants
from koda.adapters.sqlite.journal import SqliteJournal
from koda.adapters.sqlite.orders import SqliteOrders
from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
from koda.adapters.sqlite.people import SqlitePeople
from koda.adapters.sqlite.purchases import SqlitePurchases
from koda.adapters.sqlite.roles import SqliteRoles
from koda.adapters.sqlite.sellers import SqliteSellers
from koda.adapters.sqlite.uploads import SqliteUploads
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import Unhandled
from koda.domain.model.roles import Roster
from koda.domain.model.sellers import Restricted, Seller
from koda.domain.model.sentences import sentence
from koda.testing.examples import (
    NOON,
    a_grant,
    a_person,
    a_purchase,
    a_seller,
    a_ticket,
    an_assignment,
    an_audit_entry,
    an_automation,
    an_entry,
    an_order,
)

PURCHASE = a_purchase()


Kept = tuple[str, Callable[[], Any]]
"""How to spoil what was kept, and how to read it."""


def automations(database: Database) -> Kept:
    """Keep an automation."""
    SqliteAutomations(database).add(an_automation())
    spoil = "UPDATE automations SET document = '{}'"
    return spoil, lambda: SqliteAutomations(database).of_seller(an_automation().seller_id, 9)


def sellers(database: Database) -> Kept:
    """Keep a seller."""
    SqliteSellers(database).add(a_seller())
    spoil = "UPDATE sellers SET document = '{}'"
    return spoil, lambda: SqliteSellers(database).find(a_seller().user_id)


def orders(database: Database) -> Kept:
    """Keep an order."""
    SqliteOrders(database).add(an_order())
    spoil = "UPDATE orders SET document = '{}'"
    return spoil, lambda: SqliteOrders(database).get(an_order().id)


def purchases(database: Database) -> Kept:
    """Keep a purchase."""
    SqlitePurchases(database).record([PURCHASE])
    spoil = "UPDATE purchases SET document = '{}'"
    return spoil, lambda: SqlitePurchases(database).of_buyer(PURCHASE.buyer_id, 10)


def events(database: Database) -> Kept:
    """Keep an event."""
    SqlitePaymentInbox(database).open(Unhandled(EventId("evt_1"), "x"), b"{}", NOON)
    spoil = "UPDATE payment_inbox SET document = '{}'"
    return spoil, lambda: SqlitePaymentInbox(database).pending(10)


def grants(database: Database) -> Kept:
    """Keep a grant."""
    SqliteGrants(database).record(a_grant())
    spoil = "UPDATE grants SET document = '{}'"
    return spoil, lambda: SqliteGrants(database).of_purchase(PURCHASE.id)


def journal(database: Database) -> Kept:
    """Keep an entry."""
    SqliteJournal(database).add([an_entry()])
    spoil = "UPDATE journal SET document = '{}'"
    return spoil, lambda: SqliteJournal(database).rebuild_totals()


def uploads(database: Database) -> Kept:
    """Keep a upload."""
    SqliteUploads(database).add(a_ticket())
    spoil = "UPDATE uploads SET document = '{}'"
    return spoil, lambda: SqliteUploads(database).get(a_ticket().id)


def roles(database: Database) -> Kept:
    """Keep a roster."""
    SqliteRoles(database).save(Roster((an_assignment(),)))
    spoil = """UPDATE roles SET document = '{"assignments": [{}], "revision": 1, "id": "roster"}'"""
    return spoil, SqliteRoles(database).roster


def audit_log(database: Database) -> Kept:
    """Keep an entry."""
    SqliteAuditLog(database).append(an_audit_entry())
    spoil = "UPDATE audit_log SET document = '{}'"
    return spoil, lambda: SqliteAuditLog(database).entries(10)


def people(database: Database) -> Kept:
    """Keep a person."""
    SqlitePeople(database).put(a_person())
    spoil = "UPDATE people SET document = '{}'"
    return spoil, lambda: SqlitePeople(database).some([a_person().id])


IDS = {
    "aut_1",
    "user_ada",
    "ord_1",
    "pur_1_1",
    "evt_1",
    "grt_1",
    "upl_1",
    "roster",
    "aud_1",
    an_entry().key,
}


@pytest.mark.parametrize(
    "keep",
    [
        automations,
        sellers,
        orders,
        purchases,
        events,
        grants,
        journal,
        uploads,
        roles,
        audit_log,
        people,
    ],
)
def test_a_record_that_cannot_be_read_is_corrupt(
    database: Database, keep: Callable[[Database], Kept]
) -> None:
    """It is named, and nothing is made up in its place."""
    spoil, read = keep(database)
    read()
    with database.write() as connection:
        connection.execute(spoil)

    (fault,) = filter(None, (fault for _, fault in examine(database, 1)))
    assert fault.id in IDS
    assert "required field missing" in fault.problem


RESTRICTED = a_seller(status=Restricted(sentence("fraud"), (sentence("passport"),), NOON))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"status": {"kind": "banned"}}, "$.status"),
        ({"status": {}}, "$.status"),
        ({"status": []}, "$.status"),
        (
            {"status": {"kind": "ready", "reason": "x"}},
            r"\(reason\) @ $.status",
        ),
        ({"user_id": "two words"}, "invalid value"),
        ({"user_id": 1}, "expected UserId @ $.user_id"),
        ({"revision": "0"}, "expected int @ $.revision"),
        ({"revision": True}, "expected int @ $.revision"),
        ({"created_at": 10**30}, "$.created_at"),
        ({"created_at": "2026-03-01"}, "$.created_at"),
        ({"balance": 5}, r"extra fields found \(balance\)"),
    ],
)
def test_drift_is_loud(changes: dict[str, Any], problem: str) -> None:
    """A value of another type or name is a problem with a path, and never converted."""
    document = {**json.loads(documents().write(RESTRICTED)), **changes}

    with pytest.raises(CorruptRecord, match=problem.replace("$.", r"\$.")):
        documents().read("seller", Seller, "user_ada", json.dumps(document))


@pytest.mark.parametrize("document", ["", "{", "[]", "null", "1", '"text"'])
def test_what_is_no_object_is_corrupt(document: str) -> None:
    """Whether it is JSON or not."""
    with pytest.raises(CorruptRecord, match="no JSON"):
        documents().read("seller", Seller, "user_ada", document)


def test_documents_are_ascii_with_whole_milliseconds() -> None:
    """Any tool reads them, and any text can be written."""
    moment = datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC)
    text = documents().write(a_seller(status=Restricted(sentence("Ω \ud800")), created_at=moment))

    assert text.isascii()
    assert json.loads(text)["created_at"] == -1
    assert documents().read("seller", Seller, "x", text).status == Restricted(sentence("Ω \ud800"))


@pytest.mark.parametrize("document", ["[" * 20_000, "", "null"])
def test_text_that_is_no_document_is_corrupt(database: Database, document: str) -> None:
    """However deep it is; who it is about is somebody without a name."""
    SqlitePeople(database).put(a_person())
    with database.write() as connection:
        connection.execute("UPDATE people SET document = ?", (document,))

    ((_, fault),) = examine(database, 1)

    assert fault is not None
    assert "it is no JSON" in fault.problem
    assert SqlitePeople(database).find(a_person().id) is None


def test_person_of_whom_nothing_is_kept_is_corrupt(database: Database) -> None:
    """Nobody says that they were removed."""
    SqlitePeople(database).put(a_person())
    with database.write() as connection:
        connection.execute("UPDATE people SET document = NULL")

    assert [fault is None for _, fault in examine(database, 1)] == [False]
    assert SqlitePeople(database).find(a_person().id) is None
    SqlitePeople(database).remove(a_person().id, NOON)
    assert list(examine(database, 1)) == []


def test_columns_that_are_not_the_documents_are_told(database: Database) -> None:
    """A revision beside the document's would let no save through."""
    SqliteOrders(database).add(an_order())
    with database.write() as connection:
        connection.execute("UPDATE orders SET revision = 7, buyer_id = 'user_x'")

    ((_, fault),) = examine(database, 1)

    assert fault is not None
    assert fault.problem == "its columns are not those of its document: buyer_id, revision"


def test_day_that_is_none_is_left_out_of_sales(database: Database) -> None:
    """The other days are summed up."""
    SqlitePurchases(database).record([PURCHASE])
    with database.write() as connection:
        connection.execute("UPDATE purchases SET day = 'today'")

    assert SqlitePurchases(database).sales_by_day(PURCHASE.seller_id) == ()
