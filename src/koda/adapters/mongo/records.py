"""What the MongoDB stores share: the entities of one collection, and guarded writes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import evolve, field, frozen
from pymongo.errors import BulkWriteError, DuplicateKeyError

from koda.adapters.mongo.database import UNWRITABLE, Database, Document, translated
from koda.adapters.mongo.documents import documents
from koda.adapters.mongo.keyset import Ordering, last_place
from koda.domain.model.audit import AuditEntry
from koda.domain.model.automations import Automation
from koda.domain.model.errors import AlreadyExists, CorruptRecord, NotFound, StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.orders import Order
from koda.domain.model.paging import Page
from koda.domain.model.payments import InboxEntry
from koda.domain.model.purchases import Purchase
from koda.domain.model.records import readable
from koda.domain.model.roles import Roster
from koda.domain.model.sellers import Seller
from koda.domain.model.uploads import UploadTicket

Entity = TypeVar("Entity")
Revised = TypeVar("Revised", Automation, Order, Purchase, Roster, Seller, UploadTicket)
Placed = TypeVar("Placed", Automation, AuditEntry, InboxEntry, Order, Purchase)
_Filter = Mapping[str, Any]
_Upgrade = Callable[[Document], Document]
"""Takes the document of an entity from one schema version to the next."""

OUTBOX = "outbox"
"""The field of a document that holds the events which nobody has relayed yet."""
UNREADABLE = "unreadable"
"""The field of a document that holds the events which could not be read when they were relayed."""
_DUPLICATE = 11000
"""MongoDB's code for a key that must be unique and is taken."""


def _no_keys(_: Any) -> Document:
    return {}


@frozen
class Records(Generic[Entity]):
    """How entities of one kind lie in a collection.

    A document holds the entity's own fields, `keys` (what queries need beside them) and
    `schema_version`: which version of these fields it has. `upgrades` lead from version to version;
    a document of an earlier one is read as if it had been written today, and rewritten with its
    next save or by `migrations`. The few fields that stores change in place (of messages and
    people) keep their names and meaning in every version. A document may also have the fields
    `attached`, by name and type of BSON: large ones, which are read by themselves alone.
    """

    kind: str
    collection: str
    type: type[Entity]
    keys: Callable[[Entity], Document] = field(default=_no_keys)
    upgrades: tuple[_Upgrade, ...] = ()
    attached: Mapping[str, str] = field(factory=dict)

    @property
    def schema_version(self) -> int:
        """The schema version in which documents are written."""
        return len(self.upgrades) + 1

    def write(self, entity: Entity, events: Iterable[DomainEvent] = ()) -> Document:
        """The document of an entity, with the events that its write leaves to be relayed."""
        document = {
            **documents().write(entity),
            "keys": self.keys(entity),
            "schema_version": self.schema_version,
        }
        left = [documents().write(event, DomainEvent) for event in events]
        return {**document, OUTBOX: left} if left else document

    def read(self, document: _Filter) -> Entity:
        """The entity of a document, whatever its version; raises `CorruptRecord`."""
        bare = dict(document)
        bare.pop("keys", None)
        bare.pop("schema_version", None)
        bare.pop(OUTBOX, None)
        bare.pop(UNREADABLE, None)
        for name in self.attached:
            bare.pop(name, None)
        for upgrade in self._due(document):
            try:
                bare = upgrade(bare)
            except (LookupError, TypeError, ValueError) as error:
                raise self._corrupt(document, f"it cannot be upgraded, {error!r}") from error
        return documents().read(self.kind, self.type, bare)

    def check(self, document: _Filter) -> None:
        """Refuse a document whose `keys` are not those of its fields; raises `CorruptRecord`."""
        entity = self.read(document)
        current = document.get("schema_version") == self.schema_version
        if current and document.get("keys") != self.keys(entity):
            raise self._corrupt(document, "its keys are not those of its fields")
        if UNREADABLE in document:
            raise self._corrupt(document, "it holds domain events that cannot be read")

    def read_all(self, rows: Iterable[_Filter]) -> tuple[Entity, ...]:
        """The entities of some documents, in their order, without those that are corrupt."""
        return readable(self.read, rows)

    def _due(self, document: _Filter) -> tuple[_Upgrade, ...]:
        version = document.get("schema_version")
        if type(version) is not int or version < 1:
            raise self._corrupt(document, "it does not say which schema version it has")
        if version > self.schema_version:
            raise self._corrupt(document, f"its version {version} is newer than this Koda; upgrade")
        return self.upgrades[version - 1 :]

    def _corrupt(self, document: _Filter, problem: str) -> CorruptRecord:
        return CorruptRecord(self.kind, f"{document.get('_id')}", problem)


@frozen
class Collection(Generic[Entity]):
    """The entities of one collection of `database`."""

    database: Database
    records: Records[Entity]

    def select(
        self, wanted: _Filter, order: Ordering = (), limit: int = 0, index: str | None = None
    ) -> list[Document]:
        """The documents that fit, read by `index` alone if one is named.

        A text that BSON cannot write is none that is kept, so that nothing fits.
        """
        collection = self.database.collection(self.records.collection)
        with translated():
            try:
                unread = dict.fromkeys(self.records.attached, 0) or None
                cursor = collection.find(wanted, unread, sort=order or None, limit=limit)
                return list(cursor.hint(index) if index else cursor)
            except UNWRITABLE:
                return []

    def find(self, wanted: _Filter, order: Ordering = ()) -> Entity | None:
        """The first entity that fits, or nothing."""
        rows = self.select(wanted, order, limit=1)
        return self.records.read(rows[0]) if rows else None

    def get(self, identity: str) -> Entity:
        """The entity under an id; raises `NotFound` if there is none."""
        entity = self.find({"_id": identity})
        if entity is None:
            raise NotFound(self.records.kind, identity)
        return entity

    def some(self, identities: Iterable[str]) -> tuple[Entity, ...]:
        """Those that exist among the ids; of none, without asking."""
        known = writable(identities)
        return self.records.read_all(self.select({"_id": {"$in": known}})) if known else ()

    def add(self, entity: Entity, events: Iterable[DomainEvent] = ()) -> None:
        """Keep a new entity; raises `AlreadyExists` if its id or a key of it is taken."""
        document = self.records.write(entity, events)
        with translated():
            try:
                self.database.collection(self.records.collection).insert_one(document)
            except DuplicateKeyError as error:
                raise AlreadyExists(self.records.kind, document["_id"]) from error

    def add_each(
        self, entities: Sequence[Entity], events: Sequence[Iterable[DomainEvent]]
    ) -> frozenset[int]:
        """Keep each new entity by itself, with what happened to it, in one request.

        Returns the places in `entities` of those whose id or a key of which is taken.
        """
        rows = [self.records.write(*pair) for pair in zip(entities, events, strict=True)]
        with translated():
            try:
                self.database.collection(self.records.collection).insert_many(rows, ordered=False)
            except BulkWriteError as error:
                return _taken(error)
        return frozenset()


def page_of(
    collection: Collection[Placed],
    wanted: _Filter,
    limit: int,
    order: Ordering,
    index: str,
) -> Page[Placed]:
    """A page of what fits, in `order`, read by `index` alone.

    Whatever cannot be read, the next page begins behind it.
    """
    rows = collection.select(wanted, order, limit + 1, index)
    last = last_place(rows, limit, order)
    return Page(collection.records.read_all(rows[:limit]), last)


def save(
    collection: Collection[Revised], entity: Revised, events: Iterable[DomainEvent] = ()
) -> Revised:
    """Give the kept entity its next state; return that as kept.

    Events that were left earlier and that nobody has relayed yet stay in the document.

    Raises:
        StaleWrite: what is kept has another revision, or nothing is.
        AlreadyExists: another one has a key that must be its own.
    """
    records = collection.records
    following = evolve(entity, revision=entity.revision + 1)
    document = records.write(following, events)
    left = document.pop(OUTBOX, [])
    guard = {"_id": document["_id"], "revision": entity.revision}
    step: Document = {"$set": document}
    if left:
        step["$push"] = {OUTBOX: {"$each": left}}
    with translated():
        try:
            result = collection.database.collection(records.collection).update_one(guard, step)
        except DuplicateKeyError as error:
            raise AlreadyExists(records.kind, document["_id"]) from error
    if not result.matched_count:
        raise StaleWrite(records.kind, document["_id"])
    return following


def delete(collection: Collection[Any], wanted: _Filter, *, dry_run: bool) -> int:
    """Remove the documents that fit, or only count them; return how many."""
    rows = collection.database.collection(collection.records.collection)
    with translated():
        if dry_run:
            return rows.count_documents(wanted)
        return rows.delete_many(wanted).deleted_count


def _taken(error: BulkWriteError) -> frozenset[int]:
    """The places of the refused documents; raises `error` if one failed for another reason."""
    failures = error.details["writeErrors"]
    codes = {failure["code"] for failure in failures}
    if error.details.get("writeConcernErrors") or codes != {_DUPLICATE}:
        raise error
    return frozenset(failure["index"] for failure in failures)


def writable(texts: Iterable[str]) -> list[str]:
    """Those of `texts` that BSON can write; nothing is kept under the others."""
    return [text for text in texts if text.isascii() or _encodes(text)]


def _encodes(text: str) -> bool:
    return text.encode("utf-8", "replace").decode() == text
