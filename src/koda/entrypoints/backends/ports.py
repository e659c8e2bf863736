"""The ports that come together, from one room each; `Backends` is all of them.

They have no slots, so that one class can inherit from all.
"""

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from koda.ports.audit_log import AuditLog
    from koda.ports.automations import Automations
    from koda.ports.browser_sessions import BrowserSessions
    from koda.ports.catalogue_cache import CatalogueCache
    from koda.ports.catalogue_index import CatalogueIndex
    from koda.ports.grants import Grants
    from koda.ports.identity import Identity
    from koda.ports.index_builder import IndexBuilder
    from koda.ports.journal import Journal
    from koda.ports.orders import Orders
    from koda.ports.outbox import Outbox
    from koda.ports.payment_inbox import PaymentInbox
    from koda.ports.payment_webhooks import PaymentWebhooks
    from koda.ports.payments import Payments
    from koda.ports.payout_accounts import PayoutAccounts
    from koda.ports.people import People
    from koda.ports.people_webhooks import PeopleWebhooks
    from koda.ports.provider_ledger import ProviderLedger
    from koda.ports.purchases import Purchases
    from koda.ports.rate_limiter import RateLimiter
    from koda.ports.roles import Roles
    from koda.ports.sellers import Sellers
    from koda.ports.uploads import Uploads
    from koda.ports.webhook_health import WebhookHealth


@frozen(kw_only=True, slots=False)
class StorePorts:
    """Where entities are kept: what every store stands behind."""

    automations: "Automations"
    catalogue_index: "CatalogueIndex"
    index_builder: "IndexBuilder"
    sellers: "Sellers"
    orders: "Orders"
    purchases: "Purchases"
    payment_inbox: "PaymentInbox"
    grants: "Grants"
    journal: "Journal"
    uploads: "Uploads"
    people: "People"
    webhook_health: "WebhookHealth"
    roles: "Roles"
    audit_log: "AuditLog"
    outbox: "Outbox"


@frozen(kw_only=True, slots=False)
class CachePorts:
    """What keeps the catalogue's answers, and counts what callers do."""

    cache: "CatalogueCache"
    rate_limiter: "RateLimiter"


@frozen(kw_only=True, slots=False)
class PaymentPorts:
    """Who takes the money.

    `connect_webhooks` verifies the provider's messages about connected accounts, which have an
    endpoint and a secret of their own.
    """

    payments: "Payments"
    provider_ledger: "ProviderLedger"
    payout_accounts: "PayoutAccounts"
    payment_webhooks: "PaymentWebhooks"
    connect_webhooks: "PaymentWebhooks"


@frozen(kw_only=True, slots=False)
class IdentityPorts:
    """Who says who is who."""

    identity: "Identity"
    browser_sessions: "BrowserSessions"
    people_webhooks: "PeopleWebhooks"
