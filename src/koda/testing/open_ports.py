"""Every port of a marketplace in memory, by name."""

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.files import MemoryFiles
from koda.adapters.memory.identity import MemoryIdentity
from koda.adapters.memory.ids import CountingIds
from koda.adapters.memory.notices import MemoryNotices
from koda.adapters.memory.people_webhooks import MemoryPeopleWebhooks
from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.policy import Policy
from koda.ports.audit_log import AuditLog
from koda.ports.automations import Automations
from koda.ports.browser_sessions import BrowserSessions
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.catalogue_index import CatalogueIndex
from koda.ports.grants import Grants
from koda.ports.index_builder import IndexBuilder
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.ports.payments import Payments
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.people import People
from koda.ports.pictures import Pictures
from koda.ports.provider_ledger import ProviderLedger
from koda.ports.purchases import Purchases
from koda.ports.rate_limiter import RateLimiter
from koda.ports.roles import Roles
from koda.ports.secret_scanner import SecretScanner
from koda.ports.sellers import Sellers
from koda.ports.uploads import Uploads
from koda.ports.webhook_health import WebhookHealth


class Ports:
    """Every port of a marketplace in memory, open to look into.

    `provider` is the payment provider's own side, where buyers pay and sellers onboard.
    """

    clock: FixedClock
    ids: CountingIds
    policy: Policy
    automations: Automations
    catalogue_index: CatalogueIndex
    index_builder: IndexBuilder
    sellers: Sellers
    orders: Orders
    purchases: Purchases
    payment_inbox: PaymentInbox
    grants: Grants
    journal: Journal
    uploads: Uploads
    people: People
    files: MemoryFiles
    pictures: Pictures
    scanner: SecretScanner
    cache: CatalogueCache
    rate_limiter: RateLimiter
    notices: MemoryNotices
    identity: MemoryIdentity
    browser_sessions: BrowserSessions
    provider: MemoryProvider
    payments: Payments
    provider_ledger: ProviderLedger
    payout_accounts: PayoutAccounts
    payment_webhooks: PaymentWebhooks
    people_webhooks: MemoryPeopleWebhooks
    webhook_health: WebhookHealth
    roles: Roles
    audit_log: AuditLog
    outbox: Outbox


PORTS = tuple(name for name in Ports.__annotations__ if name != "policy")
"""The names of the ports: attributes of a marketplace, and what may be replaced in one."""
