"""What stands behind each port, as the settings say: the composition root's providers."""

import secrets
from typing import Any

from attrs import fields_dict
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import (
    Callable,
    Dependency,
    Factory,
    Object,
    Provider,
    Self,
    Singleton,
)

from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import verbatim
from koda.domain.model.subscribers import Subscribers
from koda.entrypoints.backends.sandbox_users import SandboxUsers
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import UseCases, compose
from koda.entrypoints.wiring.cursors import Cursors
from koda.entrypoints.wiring.rooms import Rooms
from koda.entrypoints.wiring.sample_people import SamplePeople, SandboxPeople
from koda.entrypoints.work.work import Work
from koda.ports.audit_log import AuditLog
from koda.ports.automations import Automations
from koda.ports.browser_sessions import BrowserSessions
from koda.ports.catalogue_cache import CatalogueCache
from koda.ports.catalogue_index import CatalogueIndex
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.grants import Grants
from koda.ports.identity import Identity
from koda.ports.ids import Ids
from koda.ports.index_builder import IndexBuilder
from koda.ports.journal import Journal
from koda.ports.notices import Notices
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks
from koda.ports.payments import Payments
from koda.ports.payout_accounts import PayoutAccounts
from koda.ports.people import People
from koda.ports.people_webhooks import PeopleWebhooks
from koda.ports.pictures import Pictures
from koda.ports.provider_ledger import ProviderLedger
from koda.ports.purchases import Purchases
from koda.ports.rate_limiter import RateLimiter
from koda.ports.roles import Roles
from koda.ports.secret_scanner import SecretScanner
from koda.ports.sellers import Sellers
from koda.ports.uploads import Uploads
from koda.ports.webhook_health import WebhookHealth

PORTS = tuple(
    name for name in fields_dict(Backends) if name not in {"policy", "admins", "currency_changed"}
)
"""The names of the providers of ports."""


def _system_clock() -> Clock:
    from koda.adapters.system.clock import now

    return now


def _sortable_ids() -> Ids:
    from koda.adapters.system.ids import SortableIds

    return SortableIds()


def _cursors(settings: Settings, rooms: Rooms) -> Cursors:
    """What signs cursors, for as long as the store lasts."""
    lasting = rooms.store.shared or settings.secret
    return Cursors(settings.signing_keys("cursors") if lasting else (secrets.token_bytes(),))


def _sandbox_users(rooms: Rooms) -> SandboxUsers:
    """Whoever people may choose to be at a sandbox.

    Raises:
        InvalidValue: no sandbox stands in for the identity provider that is chosen.
    """
    users = rooms.identity.sandbox_users()
    if users is None:
        raise InvalidValue(
            f"{PREFIX}IDENTITY", verbatim("has no sandbox whose people anybody may be")
        )
    return users


def _sample_people(rooms: Rooms, people: People, sellers: Sellers) -> SamplePeople | None:
    users = rooms.identity.sandbox_users()
    admins = tuple(map(UserId, rooms.settings.admins))
    return None if users is None else SandboxPeople(users, people, sellers, admins)


def _port(name: str, rooms: "Singleton[Rooms]") -> "Callable[Any]":
    return Callable(lambda opened: opened.port(name), rooms)


class Container(DeclarativeContainer):
    """Koda, wired as `settings` say: ports and clients live once, use cases are made when asked."""

    __self__: Self["Container"] = Self()
    settings: Dependency[Settings] = Dependency(instance_of=Settings)
    policy: Provider[Policy] = settings.provided.policy
    rooms: Singleton[Rooms] = Singleton(Rooms, __self__)

    clock: Singleton[Clock] = Singleton(_system_clock)
    ids: Singleton[Ids] = Singleton(_sortable_ids)
    automations: Callable[Automations] = _port("automations", rooms)
    catalogue_index: Callable[CatalogueIndex] = _port("catalogue_index", rooms)
    index_builder: Callable[IndexBuilder] = _port("index_builder", rooms)
    sellers: Callable[Sellers] = _port("sellers", rooms)
    orders: Callable[Orders] = _port("orders", rooms)
    purchases: Callable[Purchases] = _port("purchases", rooms)
    payment_inbox: Callable[PaymentInbox] = _port("payment_inbox", rooms)
    grants: Callable[Grants] = _port("grants", rooms)
    journal: Callable[Journal] = _port("journal", rooms)
    uploads: Callable[Uploads] = _port("uploads", rooms)
    people: Callable[People] = _port("people", rooms)
    webhook_health: Callable[WebhookHealth] = _port("webhook_health", rooms)
    roles: Callable[Roles] = _port("roles", rooms)
    audit_log: Callable[AuditLog] = _port("audit_log", rooms)
    outbox: Callable[Outbox] = _port("outbox", rooms)
    files: Callable[Files] = _port("files", rooms)
    pictures: Callable[Pictures] = _port("pictures", rooms)
    scanner: Callable[SecretScanner] = _port("scanner", rooms)
    cache: Callable[CatalogueCache] = _port("cache", rooms)
    rate_limiter: Callable[RateLimiter] = _port("rate_limiter", rooms)
    notices: Callable[Notices] = _port("notices", rooms)
    payments: Callable[Payments] = _port("payments", rooms)
    provider_ledger: Callable[ProviderLedger] = _port("provider_ledger", rooms)
    payout_accounts: Callable[PayoutAccounts] = _port("payout_accounts", rooms)
    payment_webhooks: Callable[PaymentWebhooks] = _port("payment_webhooks", rooms)
    connect_webhooks: Callable[PaymentWebhooks] = _port("connect_webhooks", rooms)
    identity: Callable[Identity] = _port("identity", rooms)
    browser_sessions: Callable[BrowserSessions] = _port("browser_sessions", rooms)
    people_webhooks: Callable[PeopleWebhooks] = _port("people_webhooks", rooms)

    cursors: Singleton[Cursors] = Singleton(_cursors, settings, rooms)
    sandbox_users: Callable[SandboxUsers] = Callable(_sandbox_users, rooms)
    sample_people: Singleton[SamplePeople | None] = Singleton(
        _sample_people, rooms, people, sellers
    )

    backends: Factory[Backends] = Factory(
        Backends,
        policy=policy,
        clock=clock,
        ids=ids,
        automations=automations,
        catalogue_index=catalogue_index,
        index_builder=index_builder,
        sellers=sellers,
        orders=orders,
        purchases=purchases,
        payment_inbox=payment_inbox,
        grants=grants,
        journal=journal,
        uploads=uploads,
        people=people,
        webhook_health=webhook_health,
        roles=roles,
        audit_log=audit_log,
        outbox=outbox,
        files=files,
        pictures=pictures,
        scanner=scanner,
        cache=cache,
        rate_limiter=rate_limiter,
        notices=notices,
        payments=payments,
        provider_ledger=provider_ledger,
        payout_accounts=payout_accounts,
        payment_webhooks=payment_webhooks,
        connect_webhooks=connect_webhooks,
        identity=identity,
        browser_sessions=browser_sessions,
        people_webhooks=people_webhooks,
        admins=settings.provided.admins,
        currency_changed=settings.provided.currency_changed,
    )
    subscribers: Singleton[Subscribers] = Singleton(Subscribers)
    use_cases: Factory[UseCases] = Factory(compose, backends, subscribers)
    work: Singleton[Work] = Singleton(Work, use_cases.provider)


def make_container(settings: Settings) -> Container:
    """Return Koda wired as `settings` say; nothing is opened yet."""
    return Container(settings=Object(settings))
