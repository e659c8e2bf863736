"""Every index, by collection: what makes promises true under concurrency, and what questions read.

The keys of an index stand in the order in which a question uses them: what must be equal, then the
order of the answer, then what only narrows it down. Where an index is named here by a constant, the
question that it serves names it, too, so that no planner chooses another one.
"""

from collections.abc import Mapping
from typing import Any

from attrs import Factory, frozen

OF_SELLER = "of_seller"
NEWEST = "newest"
BY_PRICE = "price"
OF_FORM = "of_form"
FILES = "files"
FINGERPRINTS = "fingerprints"
HELD = "held"
OF_AUTOMATION = "of_automation"
BOUGHT = "bought"
SOLD = "sold"
DAYS = "days"
OPEN_OF = "open_of"
UNPAID = "unpaid"
UNDER_WAY = "under_way"
OPEN_ABOUT = "open_about"
LISTED_ORDERS = "listed"
WAITING = "waiting"
NEWEST_MESSAGES = "newest"
OF_STATE = "of_state"
OF_MESSAGE_SUBJECT = "of_subject"
_PAYLOADS = "payloads"
_DONE = "done"
OF_PURCHASE = "of_purchase"
NEWEST_ENTRIES = "newest"
OF_ACTOR = "of_actor"
OF_AUDIT_SUBJECT = "of_audit_subject"
LISTED = "listed"
OF_DAY = "of_day"
LEFT = "left"
SET_ASIDE = "set_aside"
OF_SUBSCRIBER = "of_subscriber"
UNREAD = "unread"
DUE = "due"
OF_SUBJECT = "of_subject"
_OVER = "over"


@frozen
class Index:
    """An index over `fields`, ascending; only over the documents that are as `only` says."""

    name: str
    fields: tuple[str, ...]
    unique: bool = False
    only: Mapping[str, Any] = Factory(dict)

    @property
    def keys(self) -> dict[str, int]:
        """The key as MongoDB writes it."""
        return dict.fromkeys(self.fields, 1)


ON_SALE = {"keys.sale": True}

_EVENTS = (
    Index(LEFT, ("outbox.occurred_at",), only={"outbox": {"$exists": True}}),
    Index(SET_ASIDE, ("unreadable.occurred_at",), only={"unreadable": {"$exists": True}}),
)
"""The documents whose events nobody has relayed yet, or could read."""


_AUTOMATIONS = (
    Index(OF_SELLER, ("seller_id", "keys.created", "_id")),
    Index(
        NEWEST, ("keys.labels", "keys.published", "_id", "keys.price", "keys.sale"), only=ON_SALE
    ),
    Index(BY_PRICE, ("keys.labels", "keys.price", "_id", "keys.sale"), only=ON_SALE),
    Index(FILES, ("keys.files",)),
    Index(FINGERPRINTS, ("keys.fingerprints", "_id", "seller_id")),
    Index(HELD, ("keys.held", "_id"), only={"keys.held": {"$exists": True}}),
    *_EVENTS,
)
_SELLERS = (Index("account", ("account_id",), unique=True), *_EVENTS)
_ORDERS = (
    Index("checkout", ("checkout.id",), unique=True, only={"checkout.id": {"$exists": True}}),
    Index("open", ("buyer_id", "keys.open"), unique=True, only={"keys.open": {"$exists": True}}),
    Index(
        "request",
        ("buyer_id", "keys.requests"),
        unique=True,
        only={"keys.requests": {"$exists": True}},
    ),
    Index(
        OPEN_OF,
        ("buyer_id", "state", "created_at", "_id"),
        only={"keys.open": {"$exists": True}},
    ),
    Index(
        OPEN_ABOUT,
        ("keys.subjects", "created_at", "_id"),
        only={"keys.subjects": {"$exists": True}},
    ),
    Index(UNPAID, ("keys.unpaid", "created_at", "_id"), only={"keys.unpaid": True}),
    Index(UNDER_WAY, ("keys.under_way", "created_at", "_id"), only={"keys.under_way": True}),
    Index(LISTED_ORDERS, ("keys.lists", "keys.dated", "_id")),
    *_EVENTS,
)
_PURCHASES = (
    Index("line", ("order_id", "line"), unique=True),
    Index("live", ("buyer_id", "automation_id"), unique=True, only={"keys.live": True}),
    Index(
        OF_AUTOMATION,
        ("buyer_id", "automation_id", "double", "keys.live", "keys.bought", "_id"),
    ),
    Index(BOUGHT, ("buyer_id", "double", "keys.bought", "_id")),
    Index(SOLD, ("seller_id", "double", "keys.bought", "_id")),
    Index(
        DAYS,
        ("seller_id", "keys.live", "keys.day", "keys.currency", "keys.gross", "keys.fee"),
    ),
    *_EVENTS,
)
_INBOX = (
    Index(WAITING, ("keys.waiting", "received_at", "_id"), only={"keys.waiting": True}),
    Index(_DONE, ("keys.waiting", "received_at"), only={"keys.waiting": False}),
    Index(
        _PAYLOADS,
        ("keys.waiting", "received_at"),
        only={"keys.waiting": False, "payload": {"$exists": True}},
    ),
    Index(NEWEST_MESSAGES, ("keys.received", "_id")),
    Index(OF_STATE, ("state", "keys.received", "_id")),
    Index(OF_MESSAGE_SUBJECT, ("subject", "keys.received", "_id")),
)
_GRANTS = (Index(OF_PURCHASE, ("purchase_id", "granted_at", "_id")),)
_AUDIT_LOG = (
    Index(NEWEST_ENTRIES, ("keys.at", "_id")),
    Index(OF_ACTOR, ("actor", "keys.at", "_id")),
    Index(OF_AUDIT_SUBJECT, ("keys.subject", "keys.at", "_id")),
)
_JOURNAL = (
    Index(LISTED, ("keys.labels", "keys.occurred", "_id")),
    Index(OF_DAY, ("keys.day",)),
)
_IS_WAITING = {"state": "waiting"}
_DELIVERIES = (
    Index(DUE, ("subscriber", "due", "_id"), only=_IS_WAITING),
    Index(OF_SUBJECT, ("subscriber", "keys.subject", "keys.place"), only=_IS_WAITING),
    Index(OF_SUBSCRIBER, ("subscriber", "state", "keys.occurred")),
    Index(_OVER, ("state", "due"), only={"state": "done"}),
    Index(UNREAD, ("state",), only={"state": "unreadable"}),
)
_UPLOADS = (Index("expiring", ("expires_at",)),)

INDEXES: Mapping[str, tuple[Index, ...]] = {
    "automations": _AUTOMATIONS,
    "index_labels": (Index(OF_FORM, ("forms",)),),
    "index_builds": (),
    "sellers": _SELLERS,
    "orders": _ORDERS,
    "purchases": _PURCHASES,
    "payment_inbox": _INBOX,
    "grants": _GRANTS,
    "journal": _JOURNAL,
    "journal_days": (),
    "uploads": _UPLOADS,
    "people": (),
    "webhook_health": (),
    "roles": (),
    "audit_log": _AUDIT_LOG,
    "deliveries": _DELIVERIES,
    "subscriptions": (),
}
"""The collections, and their indexes beside that of `_id`."""
