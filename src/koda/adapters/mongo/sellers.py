"""Sellers in MongoDB."""

from collections.abc import Iterable, Mapping, Sequence

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.records import Collection, Records, save
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Seller
from koda.ports.sellers import Sellers

RECORDS = Records("seller", "sellers", Seller)


class MongoSellers(Sellers):
    """All sellers of a MongoDB database."""

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)

    def find(self, user_id: UserId) -> Seller | None:
        return self._collection.find({"_id": user_id})

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Seller]:
        return {seller.user_id: seller for seller in self._collection.some(user_ids)}

    def find_by_account(self, account_id: AccountId) -> Seller | None:
        return self._collection.find({"account_id": account_id})

    def add(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> None:
        self._collection.add(seller, events)

    def save(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> Seller:
        return save(self._collection, seller, events)
