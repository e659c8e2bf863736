"""A container of production's kind over the ports of a marketplace in memory."""

from collections.abc import Mapping

from dependency_injector.providers import Factory, Object

from koda.adapters.memory.provider import MemoryProvider
from koda.domain.model.policy import Policy
from koda.domain.model.subscribers import Subscribers
from koda.entrypoints.backends.memory import MemoryRoom
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.wiring.container import Container
from koda.testing.delivering import delivering
from koda.testing.examples import LIMITS, SITE_URL


def container_of(
    policy: Policy,
    ports: Mapping[str, object],
    provider: MemoryProvider,
    subscribers: Subscribers,
) -> Container:
    """Return a container that holds `ports`, by the names of `Marketplace`, and the `provider`.

    What happens is delivered after each use case.
    """
    container = Container(settings=Object(_settings(policy)))
    for name, port in ports.items():
        if name != "provider":
            getattr(container, name).override(Object(port))
    container.rooms().of(MemoryRoom).provider = provider
    container.subscribers.override(Object(subscribers))
    container.use_cases.override(Factory(delivering, container.backends, container.subscribers))
    return container


def _settings(policy: Policy) -> Settings:
    return Settings(
        store="memory",
        files="memory",
        pictures="memory",
        scanner="memory",
        cache="memory",
        payments="memory",
        identity="memory",
        notices="memory",
        site_url=SITE_URL,
        policy=policy,
        limits=LIMITS,
    )
