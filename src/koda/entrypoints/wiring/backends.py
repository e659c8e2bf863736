"""What the use cases stand on: an adapter for each port, and the marketplace's numbers."""

from attrs import frozen

from koda.domain.model.policy import Policy
from koda.ports.automations import Automations
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.grants import Grants
from koda.ports.identity import Identity
from koda.ports.ids import Ids
from koda.ports.notices import Notices
from koda.ports.orders import Orders
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.ports.payments import Payments
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.people import People
from koda.ports.people_webhooks import PeopleWebhooks
from koda.ports.pictures import Pictures
from koda.ports.purchases import Purchases
from koda.ports.rate_limiter import RateLimiter
from koda.ports.sellers import Sellers
from koda.ports.uploads import Uploads
from koda.ports.webhook_health import WebhookHealth


@frozen(kw_only=True)
class Backends:
    """An adapter for each port, under the name that the container and `Marketplace` know it by.

    `connect_webhooks` verifies the provider's messages about connected accounts, which have an
    endpoint and a secret of their own. `currency_changed` says that listings may be priced in
    another currency than the policy's.
    """

    policy: Policy
    clock: Clock
    ids: Ids
    automations: Automations
    sellers: Sellers
    orders: Orders
    purchases: Purchases
    payment_inbox: PaymentInbox
    grants: Grants
    uploads: Uploads
    people: People
    files: Files
    pictures: Pictures
    cache: CatalogueCache
    rate_limiter: RateLimiter
    notices: Notices
    payments: Payments
    payout_accounts: PayoutAccounts
    payment_webhooks: PaymentWebhooks
    connect_webhooks: PaymentWebhooks
    identity: Identity
    people_webhooks: PeopleWebhooks
    webhook_health: WebhookHealth
    currency_changed: bool = False
