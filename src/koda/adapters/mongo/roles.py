"""Roles in MongoDB."""

from attrs import evolve

from koda.adapters.mongo.database import Database
from koda.adapters.mongo.records import Collection, Records, save
from koda.domain.model.errors import AlreadyExists, StaleWrite
from koda.domain.model.roles import Roster
from koda.ports.roles import Roles

RECORDS = Records("roster", "roles", Roster)


class MongoRoles(Roles):
    """The roster of a MongoDB database: one document, which one conditional write replaces."""

    def __init__(self, database: Database) -> None:
        self._collection = Collection(database, RECORDS)

    def roster(self) -> Roster:
        return self._collection.find({"_id": Roster().id}) or Roster()

    def save(self, roster: Roster) -> Roster:
        if roster.revision:
            return save(self._collection, roster)
        first = evolve(roster, revision=1)
        try:
            self._collection.add(first)
        except AlreadyExists as error:
            raise StaleWrite("roster", roster.id) from error
        return first
