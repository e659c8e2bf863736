"""What the memory stores share: entities by id, found by unique keys and by labels."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from operator import gt, itemgetter, lt
from threading import RLock
from typing import Generic, TypeVar

from attrs import evolve

from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.audit import AuditEntry
from koda.domain.model.automations import Automation
from koda.domain.model.errors import AlreadyExists, NotFound, StaleWrite
from koda.domain.model.events import DomainEvent
from koda.domain.model.exactness import check_exact
from koda.domain.model.orders import Order
from koda.domain.model.paging import Cursor, Page
from koda.domain.model.payments import InboxEntry
from koda.domain.model.purchases import Purchase
from koda.domain.model.sellers import Seller

Entity = TypeVar("Entity", Automation, Order, Purchase, Seller)
Placed = TypeVar("Placed", Automation, AuditEntry, InboxEntry, Purchase)
Item = TypeVar("Item")


def _none(_: object) -> Iterable[Hashable]:
    return ()


class Collection(Generic[Entity]):
    """Revised entities of one kind, safe for any number of threads.

    `identify` names an entity; no two entities share one of their `keys`, any number may share
    one of their `labels`. An unknown subclass is refused, as by stores that would lose its fields.
    What happened goes to `outbox` with the write. Hold `lock` to do several
    things as one.
    """

    def __init__(
        self,
        kind: str,
        identify: Callable[[Entity], str],
        keys: Callable[[Entity], Iterable[Hashable]] = _none,
        labels: Callable[[Entity], Iterable[Hashable]] = _none,
        *,
        outbox: MemoryOutbox,
    ) -> None:
        self.lock: RLock = RLock()
        self._outbox = outbox
        self._kind = kind
        self._identify: Callable[[Entity], str] = identify
        self._keys: Callable[[Entity], Iterable[Hashable]] = keys
        self._labels: Callable[[Entity], Iterable[Hashable]] = labels
        self._entities: dict[str, Entity] = {}
        self._by_key: dict[Hashable, str] = {}
        self._by_label: defaultdict[Hashable, dict[str, Entity]] = defaultdict(dict)

    def get(self, identity: str) -> Entity | None:
        """The entity of this id, or nothing."""
        with self.lock:
            return self._entities.get(identity)

    def get_known(self, identity: str) -> Entity:
        """The entity of this id; raises `NotFound`."""
        stored = self.get(identity)
        if stored is None:
            raise NotFound(self._kind, identity)
        return stored

    def find(self, key: Hashable) -> Entity | None:
        """The one entity that has `key`, or nothing."""
        with self.lock:
            identity = self._by_key.get(key)
            return None if identity is None else self._entities[identity]

    def labelled(self, label: Hashable) -> tuple[Entity, ...]:
        """All entities that have `label`, in no order."""
        with self.lock:
            return tuple(self._by_label.get(label, {}).values())

    def behind(self, identity: str, limit: int) -> tuple[Entity, ...]:
        """At most `limit` entities whose ids follow, by id."""
        with self.lock:
            following = sorted(known for known in self._entities if known > identity)
            return tuple(self._entities[known] for known in following[:limit])

    def __len__(self) -> int:
        with self.lock:
            return len(self._entities)

    def add(self, entity: Entity, events: Sequence[DomainEvent] = ()) -> None:
        """Keep a new entity; raises `AlreadyExists` if its id or a key of it is taken."""
        identity = self._identify(entity)
        with self.lock:
            if identity in self._entities:
                raise AlreadyExists(self._kind, identity)
            self._put(identity, entity)
            self._outbox.leave(events)

    def save(self, entity: Entity, events: Sequence[DomainEvent] = ()) -> Entity:
        """Replace an entity by its next state; raises `StaleWrite`, or `AlreadyExists` for keys."""
        identity = self._identify(entity)
        with self.lock:
            stored = self._entities.get(identity)
            if stored is None or stored.revision != entity.revision:
                raise StaleWrite(self._kind, identity)
            following = evolve(entity, revision=entity.revision + 1)
            self._put(identity, following)
            self._outbox.leave(events)
            return following

    def remove(self, identity: str) -> None:
        """Keep an entity no longer; a missing one is none already."""
        with self.lock:
            self._drop(identity)

    def _put(self, identity: str, entity: Entity) -> None:
        check_exact(entity)
        keys = tuple(self._keys(entity))
        if any(self._by_key.get(key, identity) != identity for key in keys):
            raise AlreadyExists(self._kind, identity)
        self._drop(identity)
        self._entities[identity] = entity
        self._by_key.update(dict.fromkeys(keys, identity))
        for label in self._labels(entity):
            self._by_label[label][identity] = entity

    def _drop(self, identity: str) -> None:
        stored = self._entities.pop(identity, None)
        if stored is not None:
            for key in self._keys(stored):
                del self._by_key[key]
            for label in self._labels(stored):
                del self._by_label[label][identity]


def cut(
    items: Iterable[Item],
    place: Callable[[Item], Cursor],
    limit: int,
    after: Cursor | None,
    *,
    descending: bool = True,
) -> tuple[tuple[Item, ...], Cursor | None]:
    """At most `limit` items behind `after` in the order of `place`, and where to go on, if at all.

    Places are compared by value, then by id.
    """
    placed = [(at.value, at.id, item) for item in items for at in (place(item),)]
    placed.sort(key=itemgetter(0, 1), reverse=descending)
    if after is not None:
        is_behind = lt if descending else gt
        placed = [row for row in placed if is_behind(row[:2], (after.value, after.id))]
    page = tuple(item for _, _, item in placed[:limit])
    return page, place(page[-1]) if len(placed) > limit else None


def newest_first(items: Iterable[Placed], limit: int, after: Cursor | None) -> Page[Placed]:
    """A page of `items`, by place descending."""
    page, last = cut(items, lambda item: item.place, limit, after)
    return Page(page, last)
