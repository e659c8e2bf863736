"""SQLite: the store of the embedded marketplace, and what its processes invalidate by."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from koda.domain.model.errors import CorruptRecord
from koda.entrypoints.backends.in_process import local_cache, local_limiter
from koda.entrypoints.backends.ports import CachePorts, StorePorts
from koda.entrypoints.backends.preparation import Step
from koda.entrypoints.backends.room import DATA_REMEDY, CacheRoom, StoreRoom
from koda.entrypoints.settings.data_directory import make_data, using_data
from koda.entrypoints.settings.faults import Fault
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    from koda.adapters.sqlite.database import Database


class SqliteRoom(StoreRoom, CacheRoom):
    """A file in the data directory.

    As the cache it keeps answers in memory, and every process of the machine invalidates all of
    them through the file.
    """

    name = "sqlite"
    extra = "sqlite"
    on_this_machine = True
    remedy = DATA_REMEDY
    about: ClassVar[Mapping[str, str]] = {"cache": "is shared by all processes of the machine"}

    @classmethod
    def path(cls, settings: Settings) -> Path:
        """Return the file."""
        return settings.data / "koda.sqlite"

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield whether it is the cache of another store."""
        apart = settings.cache == cls.name and settings.store != cls.name
        yield "CACHE", apart, "can be sqlite only where KODA_STORE is sqlite, too"

    @classmethod
    def folders(cls, settings: Settings) -> Iterable[Path]:
        """Return the folder of the file."""
        return (cls.path(settings).parent,)

    @cached_property
    def database(self) -> "Database":
        """The open file, in a folder that is made if it is missing.

        Raises:
            InvalidValue: the folder cannot be made, or the file cannot be used.
        """
        from koda.adapters.sqlite.database import Database

        path = self.path(self.site.settings)
        with using_data():
            make_data(path.parent)
        return Database(path)

    def store(self) -> StorePorts:
        """Return collections in the file."""
        from koda.adapters.sqlite.audit_log import SqliteAuditLog
        from koda.adapters.sqlite.automations import SqliteAutomations
        from koda.adapters.sqlite.catalogue_index import SqliteCatalogueIndex
        from koda.adapters.sqlite.grants import SqliteGrants
        from koda.adapters.sqlite.index_builder import SqliteIndexBuilder
        from koda.adapters.sqlite.journal import SqliteJournal
        from koda.adapters.sqlite.orders import SqliteOrders
        from koda.adapters.sqlite.outbox import SqliteOutbox
        from koda.adapters.sqlite.payment_inbox import SqlitePaymentInbox
        from koda.adapters.sqlite.people import SqlitePeople
        from koda.adapters.sqlite.purchases import SqlitePurchases
        from koda.adapters.sqlite.roles import SqliteRoles
        from koda.adapters.sqlite.sellers import SqliteSellers
        from koda.adapters.sqlite.uploads import SqliteUploads
        from koda.adapters.sqlite.webhook_health import SqliteWebhookHealth

        return StorePorts(
            automations=SqliteAutomations(self.database),
            catalogue_index=SqliteCatalogueIndex(self.database),
            index_builder=SqliteIndexBuilder(self.database),
            sellers=SqliteSellers(self.database),
            orders=SqliteOrders(self.database),
            purchases=SqlitePurchases(self.database),
            payment_inbox=SqlitePaymentInbox(self.database),
            grants=SqliteGrants(self.database),
            journal=SqliteJournal(self.database),
            uploads=SqliteUploads(self.database),
            people=SqlitePeople(self.database),
            webhook_health=SqliteWebhookHealth(self.database),
            roles=SqliteRoles(self.database),
            audit_log=SqliteAuditLog(self.database),
            outbox=SqliteOutbox(self.database),
        )

    def cache(self) -> CachePorts:
        """Return what keeps answers in this process until another one invalidates them."""
        from koda.adapters.sqlite.catalogue_cache import SqliteCatalogueCache

        settings = self.site.settings
        return CachePorts(
            cache=SqliteCatalogueCache(self.database, local_cache(settings)),
            rate_limiter=local_limiter(settings),
        )

    def examine(self, most: int) -> Iterator[tuple[str, CorruptRecord | None]]:
        """Read the rows, at most so many of a kind."""
        from koda.adapters.sqlite.examination import examine

        return examine(self.database, most)

    def prepare(self) -> Iterator[Step]:
        """Make the file, and bring it to this version's schema."""
        path = self.path(self.site.settings)
        existed = path.exists()
        self.database.close()
        yield Step("database", str(path), existed)

    def close(self) -> None:
        """Close the connections to the file."""
        if "database" in vars(self):
            self.database.close()
