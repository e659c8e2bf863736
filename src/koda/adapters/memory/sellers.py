"""Sellers in memory."""

from collections.abc import Hashable, Iterable, Mapping, Sequence

from koda.adapters.memory.collection import Collection
from koda.adapters.memory.outbox import MemoryOutbox
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Seller
from koda.ports.sellers import Sellers


class MemorySellers(Sellers):
    """All sellers of this process."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self._collection = Collection[Seller](
            "seller", lambda seller: seller.user_id, _keys, outbox=outbox or MemoryOutbox()
        )

    def find(self, user_id: UserId) -> Seller | None:
        return self._collection.get(user_id)

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Seller]:
        found = ((user_id, self._collection.get(user_id)) for user_id in user_ids)
        return {user_id: seller for user_id, seller in found if seller is not None}

    def find_by_account(self, account_id: AccountId) -> Seller | None:
        return self._collection.find(account_id)

    def add(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(seller, events)

    def save(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> Seller:
        return self._collection.save(seller, events)


def _keys(seller: Seller) -> Iterable[Hashable]:
    return (seller.account_id,)
