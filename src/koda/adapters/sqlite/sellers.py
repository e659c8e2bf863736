"""Sellers in SQLite."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from koda.adapters.sqlite.database import Database
from koda.adapters.sqlite.documents import documents
from koda.adapters.sqlite.records import Records, insert, listed, replace, select
from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import AccountId, UserId
from koda.domain.model.sellers import Seller
from koda.ports.sellers import Sellers

_ONE = "SELECT id, document FROM sellers WHERE id = ?"
_SOME = "SELECT id, document FROM sellers WHERE id IN (SELECT value FROM json_each(?))"
BY_ACCOUNT = "SELECT id, document FROM sellers WHERE account_id = ?"
_ADD = """
INSERT INTO sellers (id, account_id, revision, document)
VALUES (:id, :account_id, :revision, :document)
"""
_SAVE = """
UPDATE sellers SET account_id = :account_id, revision = :revision, document = :document
WHERE id = :id AND revision = :before
"""


def _row(seller: Seller) -> dict[str, Any]:
    return {
        "id": seller.user_id,
        "account_id": seller.account_id,
        "revision": seller.revision,
        "document": documents().write(seller),
    }


RECORDS = Records("seller", Seller, _row)


class SqliteSellers(Sellers):
    """All sellers of an SQLite file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, user_id: UserId) -> Seller | None:
        with self._database.read() as connection:
            return RECORDS.find(connection, _ONE, (user_id,))

    def some(self, user_ids: Iterable[UserId]) -> Mapping[UserId, Seller]:
        with self._database.read() as connection:
            rows = select(connection, _SOME, (listed(user_ids),))
        return {seller.user_id: seller for seller in RECORDS.read_all(rows)}

    def find_by_account(self, account_id: AccountId) -> Seller | None:
        with self._database.read() as connection:
            return RECORDS.find(connection, BY_ACCOUNT, (account_id,))

    def add(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> None:
        with self._database.write() as connection:
            insert(connection, _ADD, seller, RECORDS, events)

    def save(self, seller: Seller, events: Sequence[DomainEvent] = ()) -> Seller:
        with self._database.write() as connection:
            return replace(connection, _SAVE, seller, RECORDS, events)
