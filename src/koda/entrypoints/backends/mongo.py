"""MongoDB: the store of a marketplace on several machines."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import CorruptRecord, InvalidValue
from koda.domain.model.sentences import verbatim
from koda.domain.model.validation import pattern
from koda.entrypoints.backends.ports import StorePorts
from koda.entrypoints.backends.preparation import Step, Unprepared
from koda.entrypoints.backends.room import Group, StoreRoom
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    from koda.adapters.mongo.database import Database

SCHEMES = ("mongodb://", "mongodb+srv://")


@frozen
class MongoSettings(ServiceSettings):
    """`KODA_MONGO_…`: the address of the servers, user and password included, and the database."""

    section: ClassVar[str] = "mongo"
    heading: ClassVar[str] = "MongoDB"

    uri: SecretStr = setting(
        NO_SECRET,
        "the servers, as `mongodb://user:password@host,host/?replicaSet=name` or "
        "`mongodb+srv://…`; needed where the store is `mongo`",
    )
    database: str = setting(
        "koda",
        "the name of the database; `koda init` prepares it",
        pattern("[A-Za-z0-9_-]{1,38}", verbatim("must be letters, digits, - or _, at most 38")),
    )


class MongoRoom(StoreRoom):
    """A database of MongoDB's."""

    name = "mongo"
    extra = "mongo"
    group: ClassVar[Group] = MongoSettings
    remedy = (
        "see that KODA_MONGO_URI names the servers, that this machine reaches them, and that the "
        "user may read and write the database"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield whether the address is missing."""
        nowhere = not settings.of(MongoSettings).uri.startswith(SCHEMES)
        yield "MONGO_URI", nowhere, "must be set, as mongodb://… or mongodb+srv://…"

    @property
    def _own(self) -> MongoSettings:
        return self.site.settings.of(MongoSettings)

    @cached_property
    def database(self) -> "Database":
        """The database; no server is asked for anything yet.

        Raises:
            InvalidValue: its address is none.
        """
        from koda.adapters.mongo.database import open_database

        try:
            return open_database(str.__str__(self._own.uri), self._own.database)
        except InvalidValue as error:
            raise InvalidValue(f"{PREFIX}MONGO_URI", error.problem) from error

    def store(self) -> StorePorts:
        """Return the collections of the database."""
        from koda.adapters.mongo.audit_log import MongoAuditLog
        from koda.adapters.mongo.automations import MongoAutomations
        from koda.adapters.mongo.catalogue_index import MongoCatalogueIndex
        from koda.adapters.mongo.grants import MongoGrants
        from koda.adapters.mongo.index_builder import MongoIndexBuilder
        from koda.adapters.mongo.journal import MongoJournal
        from koda.adapters.mongo.orders import MongoOrders
        from koda.adapters.mongo.outbox import MongoOutbox
        from koda.adapters.mongo.payment_inbox import MongoPaymentInbox
        from koda.adapters.mongo.people import MongoPeople
        from koda.adapters.mongo.purchases import MongoPurchases
        from koda.adapters.mongo.roles import MongoRoles
        from koda.adapters.mongo.sellers import MongoSellers
        from koda.adapters.mongo.uploads import MongoUploads
        from koda.adapters.mongo.webhook_health import MongoWebhookHealth

        return StorePorts(
            automations=MongoAutomations(self.database),
            catalogue_index=MongoCatalogueIndex(self.database),
            index_builder=MongoIndexBuilder(self.database),
            sellers=MongoSellers(self.database),
            orders=MongoOrders(self.database),
            purchases=MongoPurchases(self.database),
            payment_inbox=MongoPaymentInbox(self.database),
            grants=MongoGrants(self.database),
            journal=MongoJournal(self.database),
            uploads=MongoUploads(self.database),
            people=MongoPeople(self.database),
            webhook_health=MongoWebhookHealth(self.database),
            roles=MongoRoles(self.database),
            audit_log=MongoAuditLog(self.database),
            outbox=MongoOutbox(self.database),
        )

    def examine(self, most: int) -> Iterator[tuple[str, CorruptRecord | None]]:
        """Read the documents, at most so many of a kind."""
        from koda.adapters.mongo.examination import examine
        from koda.adapters.mongo.schema import KEPT

        return examine(self.database, KEPT, most)

    def prepare(self) -> Iterator[Step]:
        """Make collections, validators and indexes, and rewrite documents of an earlier version."""
        from koda.adapters.mongo.schema import prepare

        for collection in prepare(self.database):
            what = f"collection {collection.name}, {collection.rewritten} documents rewritten"
            yield Step(what, f"database {self._own.database}", collection.existed)
        self.close()

    def check_prepared(self) -> None:
        """Refuse a database without a collection, validator or index of this version's."""
        from koda.adapters.mongo.schema import check

        try:
            check(self.database)
        except InvalidValue as error:
            raise Unprepared(f"{PREFIX}MONGO_DATABASE", error.problem) from error

    def close(self) -> None:
        """Close the connections."""
        if "database" in vars(self):
            self.database.close()
