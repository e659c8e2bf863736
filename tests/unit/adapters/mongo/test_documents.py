from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given

from koda.adapters.mongo.audit_log import MongoAuditLog
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.database import Database
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.examination import examine
from koda.adapters.mongo.grants import MongoGrants
from koda.adapters.mongo.journal import MongoJournal
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
from koda.adapters.mongo.people import MongoPeople
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.schema import KEPT
from koda.adapters.mongo.sellers import RECORDS, MongoSellers
from koda.adapters.mongo.uploads import MongoUploads
from koda.domain.model.automations import Automation
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import Unhandled
from koda.domain.model.sellers import Restricted, Seller
from koda.domain.model.sentences import sentence
from koda.testing.contracts.running import assert_same
from koda.testing.examples import (
    NOON,
    a_grant,
    a_person,
    a_purchase,
    a_seller,
    a_ticket,
    an_audit_entry,
    an_automation,
    an_entry,
    an_order,
)
from koda.testing.listing_strategies import automations as any_automation

PURCHASE = a_purchase()

Kept = tuple[str, str, Callable[[], Any]]
"""A collection, a field to take out of what it holds, and how to read it."""


def automations(database: Database) -> Kept:
    """Keep an automation."""
    MongoAutomations(database).add(an_automation())
    read = MongoAutomations(database).get
    return "automations", "seller_id", lambda: read(an_automation().id)


def sellers(database: Database) -> Kept:
    """Keep a seller."""
    MongoSellers(database).add(a_seller())
    return "sellers", "status", lambda: MongoSellers(database).find(a_seller().user_id)


def orders(database: Database) -> Kept:
    """Keep an order."""
    MongoOrders(database).add(an_order())
    return "orders", "lines", lambda: MongoOrders(database).get(an_order().id)


def purchases(database: Database) -> Kept:
    """Keep a purchase."""
    MongoPurchases(database).record([PURCHASE])
    read = MongoPurchases(database).of_buyer
    return "purchases", "version", lambda: read(PURCHASE.buyer_id, 10)


def events(database: Database) -> Kept:
    """Keep an event."""
    MongoPaymentInbox(database).open(Unhandled(EventId("evt_1"), "x"), b"{}", NOON)
    return "payment_inbox", "subject", lambda: MongoPaymentInbox(database).pending(10)


def grants(database: Database) -> Kept:
    """Keep a grant."""
    MongoGrants(database).record(a_grant())
    return "grants", "user_id", lambda: MongoGrants(database).of_purchase(PURCHASE.id)


def journal(database: Database) -> Kept:
    """Keep an entry."""
    MongoJournal(database).add([an_entry()])
    return "journal", "cause", lambda: MongoJournal(database).rebuild_totals()


def uploads(database: Database) -> Kept:
    """Keep a ticket."""
    MongoUploads(database).add(a_ticket())
    return "uploads", "owner", lambda: MongoUploads(database).get(a_ticket().id)


def audit_log(database: Database) -> Kept:
    """Keep an entry."""
    MongoAuditLog(database).append(an_audit_entry())
    return "audit_log", "actor", lambda: MongoAuditLog(database).entries(10)


def people(database: Database) -> Kept:
    """Keep a person."""
    MongoPeople(database).put(a_person())
    return "people", "known", lambda: MongoPeople(database).some([a_person().id])


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
    [automations, sellers, orders, purchases, events, grants, journal, uploads, audit_log, people],
)
def test_a_document_that_cannot_be_read_is_corrupt(
    database: Database, keep: Callable[[Database], Kept]
) -> None:
    """It is named, and nothing is made up in its place."""
    collection, spoiled, read = keep(database)
    read()
    database.collection(collection).update_one({}, {"$unset": {spoiled: ""}})

    (fault,) = filter(None, (fault for _, fault in examine(database, KEPT, 1)))
    assert fault.id in IDS
    assert f"required field missing @ $.{spoiled}" in fault.problem


RESTRICTED = a_seller(status=Restricted(sentence("fraud"), (sentence("passport"),), NOON))


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"status": {"kind": "banned"}}, r"\$.status"),
        ({"status": {}}, r"\$.status"),
        ({"status": []}, r"\$.status"),
        ({"status": {"kind": "ready", "reason": "x"}}, r"\(reason\) @ \$.status"),
        ({"_id": "two words"}, "invalid value"),
        ({"_id": 1}, r"expected UserId @ \$.user_id"),
        ({"revision": "0"}, r"expected int @ \$.revision"),
        ({"revision": 1.0}, r"expected int @ \$.revision"),
        ({"revision": True}, r"expected int @ \$.revision"),
        ({"created_at": 0}, r"\$.created_at"),
        ({"created_at": datetime(2026, 3, 1)}, r"\$.created_at"),  # noqa: DTZ001 - naive on purpose
        ({"balance": 5}, r"extra fields found \(balance\)"),
        ({"user_id": "user_ada"}, r"extra fields found \(user_id\)"),
        ({"schema_version": None}, "does not say which schema version"),
        ({"schema_version": 0}, "does not say which schema version"),
        ({"schema_version": True}, "does not say which schema version"),
        ({"schema_version": 2}, "version 2 is newer than this Koda; upgrade"),
    ],
)
def test_drift_is_loud(changes: dict[str, Any], problem: str) -> None:
    """A value of another type or name is a problem with a path, and never converted."""
    with pytest.raises(CorruptRecord, match=problem):
        RECORDS.read({**RECORDS.write(RESTRICTED), **changes})


@given(automation=any_automation())
def test_entities_survive_bson(automation: Automation) -> None:
    """Through the very bytes that MongoDB is sent, large numbers and far times included."""
    options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True)
    document = bson.decode(bson.encode(documents().write(automation)), options)

    assert_same(automation, documents().read("automation", Automation, document))


def test_documents_are_made_for_people_and_tools() -> None:
    """Times are dates, enums and ids text, unions say what they are."""
    written = documents().write(RESTRICTED)

    assert written["_id"] == "user_ada"
    assert written["created_at"] == NOON
    assert written["status"] == {
        "kind": "restricted",
        "reason": {"template": "fraud", "data": {}, "plural": ""},
        "requirements": [{"template": "passport", "data": {}, "plural": ""}],
        "deadline": NOON,
    }
    assert type(documents().write(an_automation())["state"]) is str


def test_half_of_a_surrogate_pair_is_kept_as_a_question_mark() -> None:
    """It cannot be written as UTF-8, and must not stop what matters."""
    written = documents().write(a_seller(status=Restricted(sentence("Ω \ud800"))))

    read = documents().read("seller", Seller, written)
    assert read.status == Restricted(sentence("Ω ?"))
    assert bson.encode(written)


def test_times_of_other_zones_are_read_in_utc() -> None:
    """Whatever the client was told about zones."""
    written = documents().write(a_seller())
    local = written["created_at"].astimezone(tz=None)

    read = documents().read("seller", Seller, {**written, "created_at": local})
    assert read.created_at.tzinfo is UTC
