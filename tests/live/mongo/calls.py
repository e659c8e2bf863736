"""What Koda asks of MongoDB, store by store."""

from collections.abc import Callable
from typing import Any

from koda.adapters.mongo.audit_log import MongoAuditLog
from koda.adapters.mongo.automations import MongoAutomations
from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
from koda.adapters.mongo.database import TIMEOUT_MS, Database
from koda.adapters.mongo.grants import MongoGrants
from koda.adapters.mongo.journal import MongoJournal
from koda.adapters.mongo.orders import MongoOrders
from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
from koda.adapters.mongo.people import MongoPeople
from koda.adapters.mongo.purchases import MongoPurchases
from koda.adapters.mongo.roles import MongoRoles
from koda.adapters.mongo.sellers import MongoSellers
from koda.adapters.mongo.uploads import MongoUploads
from koda.domain.model.audit import AuditOutcome
from koda.domain.model.identifiers import AuditId, EventId, UserId
from koda.domain.model.payments import Unhandled
from koda.domain.model.roles import Roster
from koda.domain.search.entries import Order, Wanted
from koda.testing.examples import (
    NOON,
    a_grant,
    a_person,
    a_purchase,
    a_seller,
    an_audit_entry,
    an_automation,
    an_entry,
)

ADA = UserId("user_ada")
BOUND = 3 * TIMEOUT_MS / 1000
"""Seconds: an operation's own bound, and room for a busy machine."""
CALLS: dict[str, Callable[[Database], Any]] = {
    "automations.get": lambda kept: MongoAutomations(kept).get(an_automation().id),
    "catalogue_index.read": lambda kept: MongoCatalogueIndex(kept).read(Wanted(), Order.NEWEST, 9),
    "automations.save": lambda kept: MongoAutomations(kept).save(an_automation()),
    "sellers.add": lambda kept: MongoSellers(kept).add(a_seller()),
    "orders.find_open": lambda kept: MongoOrders(kept).find_open(ADA, "basket"),
    "purchases.record": lambda kept: MongoPurchases(kept).record([a_purchase()]),
    "purchases.sales_by_day": lambda kept: MongoPurchases(kept).sales_by_day(ADA),
    "payment_inbox.open": lambda kept: MongoPaymentInbox(kept).open(
        Unhandled(EventId("evt_1"), "x"), b"{}", NOON
    ),
    "payment_inbox.done": lambda kept: MongoPaymentInbox(kept).done(EventId("evt_1")),
    "grants.record": lambda kept: MongoGrants(kept).record(a_grant()),
    "journal.add": lambda kept: MongoJournal(kept).add([an_entry()]),
    "journal.balances": lambda kept: MongoJournal(kept).balances(NOON),
    "uploads.forget": lambda kept: MongoUploads(kept).forget(NOON),
    "roles.save": lambda kept: MongoRoles(kept).save(Roster()),
    "audit_log.append": lambda kept: MongoAuditLog(kept).append(an_audit_entry()),
    "audit_log.settle": lambda kept: MongoAuditLog(kept).settle(
        AuditId("aud_1"), AuditOutcome.DONE
    ),
    "people.put": lambda kept: MongoPeople(kept).put(a_person()),
    "people.remove": lambda kept: MongoPeople(kept).remove(ADA, NOON),
}
