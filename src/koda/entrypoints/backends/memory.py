"""The memory of one process, behind every port: for tests, and for what needs no other process."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from koda.entrypoints.backends.in_process import local_cache, local_limiter
from koda.entrypoints.backends.ports import CachePorts, IdentityPorts, PaymentPorts, StorePorts
from koda.entrypoints.backends.probe import Check
from koda.entrypoints.backends.room import (
    CacheRoom,
    FilesRoom,
    IdentityRoom,
    NoticesRoom,
    PaymentsRoom,
    PicturesRoom,
    ScannerRoom,
    StoreRoom,
)
from koda.ports.files import Files
from koda.ports.notices import Notices
from koda.ports.pictures import Pictures
from koda.ports.secret_scanner import SecretScanner

if TYPE_CHECKING:
    from koda.adapters.memory.provider import MemoryProvider


class MemoryRoom(
    StoreRoom,
    FilesRoom,
    PicturesRoom,
    ScannerRoom,
    CacheRoom,
    PaymentsRoom,
    IdentityRoom,
    NoticesRoom,
):
    """Adapters that hold everything in memory."""

    name = "memory"
    shared = False
    about: ClassVar[Mapping[str, str]] = {
        "pictures": "refuses every picture, for a site that goes without",
        "scanner": "looks at nothing, so that files are not scanned",
    }

    def store(self) -> StorePorts:
        """Return collections that end with the process."""
        from koda.adapters.memory.audit_log import MemoryAuditLog
        from koda.adapters.memory.automations import MemoryAutomations
        from koda.adapters.memory.catalogue_index import MemoryCatalogueIndex
        from koda.adapters.memory.grants import MemoryGrants
        from koda.adapters.memory.index_builder import MemoryIndexBuilder
        from koda.adapters.memory.journal import MemoryJournal
        from koda.adapters.memory.orders import MemoryOrders
        from koda.adapters.memory.outbox import MemoryOutbox
        from koda.adapters.memory.payment_inbox import MemoryPaymentInbox
        from koda.adapters.memory.people import MemoryPeople
        from koda.adapters.memory.purchases import MemoryPurchases
        from koda.adapters.memory.roles import MemoryRoles
        from koda.adapters.memory.sellers import MemorySellers
        from koda.adapters.memory.uploads import MemoryUploads
        from koda.adapters.memory.webhook_health import MemoryWebhookHealth

        outbox, index = MemoryOutbox(), MemoryCatalogueIndex()
        automations = MemoryAutomations(outbox, index)
        return StorePorts(
            automations=automations,
            catalogue_index=index,
            index_builder=MemoryIndexBuilder(automations),
            sellers=MemorySellers(outbox),
            orders=MemoryOrders(outbox),
            purchases=MemoryPurchases(outbox),
            payment_inbox=MemoryPaymentInbox(),
            grants=MemoryGrants(),
            journal=MemoryJournal(),
            uploads=MemoryUploads(),
            people=MemoryPeople(),
            webhook_health=MemoryWebhookHealth(),
            roles=MemoryRoles(),
            audit_log=MemoryAuditLog(),
            outbox=outbox,
        )

    def files(self) -> Files:
        """Return files that end with the process."""
        from koda.adapters.memory.files import MemoryFiles

        return MemoryFiles(self.site.clock, base_url=self.site.settings.site_url)

    def pictures(self) -> Pictures:
        """Return what refuses every picture."""
        from koda.adapters.memory.pictures import MemoryPictures

        return MemoryPictures()

    def scanner(self) -> SecretScanner:
        """Return what looks at nothing."""
        from koda.adapters.memory.secret_scanner import MemorySecretScanner

        return MemorySecretScanner()

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield what is not looked at."""
        if slot == "scanner":
            yield Check(slot, lambda: "none: Koda alone looks for secrets", self.remedy)

    def cache(self) -> CachePorts:
        """Return what keeps answers, and counts, in this process."""
        settings = self.site.settings
        return CachePorts(cache=local_cache(settings), rate_limiter=local_limiter(settings))

    @cached_property
    def provider(self) -> "MemoryProvider":
        """The payment provider's own side, where buyers pay and sellers onboard."""
        from koda.adapters.memory.provider import MemoryProvider

        return MemoryProvider(self.site.clock)

    def payments(self) -> PaymentPorts:
        """Return a payment provider in memory."""
        from koda.adapters.memory.payment_webhooks import MemoryPaymentWebhooks
        from koda.adapters.memory.payments import MemoryPayments
        from koda.adapters.memory.payout_accounts import MemoryPayoutAccounts
        from koda.adapters.memory.provider_ledger import MemoryLedger

        return PaymentPorts(
            payments=MemoryPayments(self.provider),
            provider_ledger=MemoryLedger(self.provider),
            payout_accounts=MemoryPayoutAccounts(self.provider),
            payment_webhooks=MemoryPaymentWebhooks(self.provider),
            connect_webhooks=MemoryPaymentWebhooks(self.provider),
        )

    def identity(self) -> IdentityPorts:
        """Return an identity provider in memory."""
        from koda.adapters.memory.browser_sessions import MemoryBrowserSessions
        from koda.adapters.memory.identity import MemoryIdentity
        from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks

        identity = MemoryIdentity()
        return IdentityPorts(
            identity=identity,
            browser_sessions=MemoryBrowserSessions(identity=identity),
            people_webhooks=MemoryPeopleWebhooks(self.site.clock),
        )

    def notices(self) -> Notices:
        """Return what collects notices."""
        from koda.adapters.memory.notices import MemoryNotices

        return MemoryNotices()
