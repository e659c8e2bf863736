"""What stands behind each port, as the settings say: the composition root's providers."""

import secrets
from typing import Any

from attrs import fields_dict
from dependency_injector.containers import DeclarativeContainer
from dependency_injector.providers import Callable, Dependency, Factory, Object, Self, Singleton

from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.sandbox_users import SandboxUsers
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import compose
from koda.entrypoints.wiring.cursors import Cursors
from koda.entrypoints.wiring.rooms import Rooms
from koda.entrypoints.wiring.sample_people import SamplePeople, SandboxPeople
from koda.ports.clock import Clock
from koda.ports.ids import Ids
from koda.ports.people import People
from koda.ports.sellers import Sellers

PORTS = tuple(name for name in fields_dict(Backends) if name not in {"policy", "currency_changed"})
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

    __self__ = Self()
    settings = Dependency(instance_of=Settings)
    policy = settings.provided.policy
    rooms = Singleton(Rooms, __self__)

    clock = Singleton(_system_clock)
    ids = Singleton(_sortable_ids)
    automations = _port("automations", rooms)
    sellers = _port("sellers", rooms)
    orders = _port("orders", rooms)
    purchases = _port("purchases", rooms)
    payment_inbox = _port("payment_inbox", rooms)
    grants = _port("grants", rooms)
    uploads = _port("uploads", rooms)
    people = _port("people", rooms)
    webhook_health = _port("webhook_health", rooms)
    files = _port("files", rooms)
    pictures = _port("pictures", rooms)
    cache = _port("cache", rooms)
    rate_limiter = _port("rate_limiter", rooms)
    notices = _port("notices", rooms)
    payments = _port("payments", rooms)
    payout_accounts = _port("payout_accounts", rooms)
    payment_webhooks = _port("payment_webhooks", rooms)
    connect_webhooks = _port("connect_webhooks", rooms)
    identity = _port("identity", rooms)
    browser_sessions = _port("browser_sessions", rooms)
    people_webhooks = _port("people_webhooks", rooms)

    cursors = Singleton(_cursors, settings, rooms)
    sandbox_users = Callable(_sandbox_users, rooms)
    sample_people = Singleton(_sample_people, rooms, people, sellers)

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
        webhook_health=webhook_health,
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
        browser_sessions=browser_sessions,
        people_webhooks=people_webhooks,
        currency_changed=settings.provided.currency_changed,
    )
    use_cases = Factory(compose, backends)


def make_container(settings: Settings) -> Container:
    """Return Koda wired as `settings` say; nothing is opened yet."""
    return Container(settings=Object(settings))
