"""Which adapter stands behind each port, as the settings say."""

from attrs import fields_dict
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Dependency, Factory, Object, Selector, Singleton

from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.building import (
    clerk_identity,
    clerk_people_events,
    find_clerk_keys,
    import_adapter,
    lazily,
    letters,
    mail_server,
    open_bucket,
    open_clerk_backend,
    open_cursors,
    open_database,
    open_handshake,
    open_mongo,
    payout_accounts,
    redis_server,
    stripe_payments,
)
from koda.entrypoints.wiring.compose import compose
from koda.entrypoints.wiring.sample_people import SandboxPeople

PORTS = tuple(name for name in fields_dict(Backends) if name not in {"policy", "currency_changed"})
"""The names of the providers of ports."""


class Container(DeclarativeContainer):
    """Koda, wired as `settings` say: ports and clients live once, use cases are made when asked."""

    settings = Dependency(instance_of=Settings)
    policy = settings.provided.policy

    clock = Singleton(lambda: import_adapter("system.clock").now)
    ids = Singleton(lazily("system.ids:SortableIds"))

    # --- the store ----------------------------------------------------------------------------

    database = Singleton(open_database, settings.provided.database)
    mongo = Singleton(open_mongo, settings.provided.mongo)
    automations = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.automations:SqliteAutomations"), database),
        memory=Singleton(lazily("memory.automations:MemoryAutomations")),
        mongo=Singleton(lazily("mongo.automations:MongoAutomations"), mongo),
    )
    sellers = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.sellers:SqliteSellers"), database),
        memory=Singleton(lazily("memory.sellers:MemorySellers")),
        mongo=Singleton(lazily("mongo.sellers:MongoSellers"), mongo),
    )
    orders = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.orders:SqliteOrders"), database),
        memory=Singleton(lazily("memory.orders:MemoryOrders")),
        mongo=Singleton(lazily("mongo.orders:MongoOrders"), mongo),
    )
    purchases = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.purchases:SqlitePurchases"), database),
        memory=Singleton(lazily("memory.purchases:MemoryPurchases")),
        mongo=Singleton(lazily("mongo.purchases:MongoPurchases"), mongo),
    )
    payment_inbox = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.payment_inbox:SqlitePaymentInbox"), database),
        memory=Singleton(lazily("memory.payment_inbox:MemoryPaymentInbox")),
        mongo=Singleton(lazily("mongo.payment_inbox:MongoPaymentInbox"), mongo),
    )
    grants = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.grants:SqliteGrants"), database),
        memory=Singleton(lazily("memory.grants:MemoryGrants")),
        mongo=Singleton(lazily("mongo.grants:MongoGrants"), mongo),
    )
    uploads = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.uploads:SqliteUploads"), database),
        memory=Singleton(lazily("memory.uploads:MemoryUploads")),
        mongo=Singleton(lazily("mongo.uploads:MongoUploads"), mongo),
    )
    people = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.people:SqlitePeople"), database),
        memory=Singleton(lazily("memory.people:MemoryPeople")),
        mongo=Singleton(lazily("mongo.people:MongoPeople"), mongo),
    )

    webhook_health = Selector(
        settings.provided.store,
        sqlite=Singleton(lazily("sqlite.webhook_health:SqliteWebhookHealth"), database),
        memory=Singleton(lazily("memory.webhook_health:MemoryWebhookHealth")),
        mongo=Singleton(lazily("mongo.webhook_health:MongoWebhookHealth"), mongo),
    )

    # --- files, cache, limits, notices --------------------------------------------------------

    bucket = Singleton(open_bucket, settings.provided.s3)
    files = Selector(
        settings.provided.files,
        directory=Singleton(
            lazily("directory.files:DirectoryFiles"),
            settings.provided.files_directory,
            base_url=settings.provided.site_url,
            keys=settings.provided.signing_keys.call("files"),
            clock=clock,
        ),
        memory=Singleton(
            lazily("memory.files:MemoryFiles"), clock, base_url=settings.provided.site_url
        ),
        s3=Singleton(lazily("s3.files:S3Files"), bucket, clock),
    )
    pictures = Selector(
        settings.provided.pictures,
        pillow=Singleton(lazily("pillow.pictures:PillowPictures")),
        memory=Singleton(lazily("memory.pictures:MemoryPictures")),
    )
    local_cache = Singleton(
        lazily("memory.catalogue_cache:MemoryCatalogueCache"),
        policy.catalogue_lifetime,
        room=settings.provided.cache_bytes,
    )
    redis = Singleton(redis_server, settings.provided.redis.url)
    cache = Selector(
        settings.provided.cache,
        sqlite=Singleton(
            lazily("sqlite.catalogue_cache:SqliteCatalogueCache"), database, local_cache
        ),
        memory=local_cache,
        redis=Singleton(
            lazily("redis.catalogue_cache:RedisCatalogueCache"),
            redis,
            policy.catalogue_lifetime,
            room=settings.provided.cache_bytes,
            prefix=settings.provided.redis.prefix,
        ),
    )
    local_limiter = Singleton(
        lazily("memory.rate_limiter:MemoryRateLimiter"),
        settings.provided.limits.rates,
        share_of=settings.provided.processes,
    )
    # Whoever shares answers among machines wants one count of what callers do there, too.
    rate_limiter = Selector(
        settings.provided.cache,
        sqlite=local_limiter,
        memory=local_limiter,
        redis=Singleton(
            lazily("redis.rate_limiter:RedisRateLimiter"),
            settings.provided.limits.rates,
            redis,
            local_limiter,
            prefix=settings.provided.redis.prefix,
        ),
    )
    notices = Selector(
        settings.provided.notices,
        console=Singleton(lazily("console.notices:ConsoleNotices")),
        memory=Singleton(lazily("memory.notices:MemoryNotices")),
        smtp=Singleton(
            lazily("smtp.notices:SmtpNotices"),
            Singleton(mail_server, settings.provided.smtp),
            Singleton(letters, settings),
            people,
            clock,
            Singleton(lazily("smtp.outbox:Outbox")),
        ),
    )

    cursors = Singleton(open_cursors, settings)

    # --- the payment provider -----------------------------------------------------------------

    provider = Singleton(lazily("memory.provider:MemoryProvider"), clock)
    stripe_client = Singleton(
        lazily("stripe.client:make_client"),
        settings.provided.stripe.secret_key,
        base_url=settings.provided.sandbox_url,
    )
    stripe_probe = Singleton(lazily("stripe.probe:StripeProbe"), stripe_client)
    payments = Selector(
        settings.provided.payments,
        stripe=Singleton(stripe_payments, stripe_client, settings),
        memory=Singleton(lazily("memory.payments:MemoryPayments"), provider),
    )
    payout_accounts = Selector(
        settings.provided.payments,
        stripe=Singleton(payout_accounts, stripe_client, settings),
        memory=Singleton(lazily("memory.payout_accounts:MemoryPayoutAccounts"), provider),
    )
    payment_webhooks = Selector(
        settings.provided.payments,
        stripe=Singleton(
            lazily("stripe.payment_webhooks:StripePaymentWebhooks"),
            settings.provided.stripe.webhook_secrets,
            clock,
            live=settings.provided.live,
            connect=False,
        ),
        memory=Singleton(lazily("memory.payment_webhooks:MemoryPaymentWebhooks"), provider),
    )
    connect_webhooks = Selector(
        settings.provided.payments,
        stripe=Singleton(
            lazily("stripe.payment_webhooks:StripePaymentWebhooks"),
            settings.provided.stripe.connect_webhook_secrets,
            clock,
            live=settings.provided.live,
            connect=True,
        ),
        memory=Singleton(lazily("memory.payment_webhooks:MemoryPaymentWebhooks"), provider),
    )

    # --- who is who ---------------------------------------------------------------------------

    clerk_keys = Singleton(find_clerk_keys, settings.provided.clerk, clock)
    clerk_backend = Singleton(open_clerk_backend, settings)
    identity = Selector(
        settings.provided.identity,
        clerk=Singleton(clerk_identity, settings, clerk_keys, clock, clerk_backend.provider),
        memory=Singleton(lazily("memory.identity:MemoryIdentity")),
    )
    people_webhooks = Selector(
        settings.provided.identity,
        clerk=Singleton(clerk_people_events, settings.provided.clerk.webhook_secrets, clock),
        memory=Singleton(lazily("memory.people_webhooks:MemoryPeopleWebhooks"), clock),
    )
    handshake = Singleton(open_handshake, settings, identity)
    sample_people = Singleton(
        SandboxPeople, clerk_backend, people, sellers, settings.provided.admins
    )

    # --- the use cases ------------------------------------------------------------------------

    backends = Factory(
        Backends,
        policy=policy,
        clock=clock,
        ids=ids,
        automations=automations,
        sellers=sellers,
        orders=orders,
        purchases=purchases,
        payment_inbox=payment_inbox,
        grants=grants,
        uploads=uploads,
        people=people,
        files=files,
        pictures=pictures,
        cache=cache,
        rate_limiter=rate_limiter,
        notices=notices,
        payments=payments,
        payout_accounts=payout_accounts,
        payment_webhooks=payment_webhooks,
        connect_webhooks=connect_webhooks,
        identity=identity,
        people_webhooks=people_webhooks,
        webhook_health=webhook_health,
        currency_changed=settings.provided.currency_changed,
    )
    use_cases = Factory(compose, backends)


def make_container(settings: Settings) -> Container:
    """Return Koda wired as `settings` say; nothing is opened yet."""
    return Container(settings=Object(settings))
