"""The marketplace that a container holds."""

from koda.entrypoints.wiring.container import PORTS, Container
from koda.testing.marketplace import Marketplace


def market_of(container: Container, **ports: object) -> Marketplace:
    """The use cases of tests on the container's ports, but for those that are given.

    A marketplace has one kind of messages.
    """
    chosen = {name: getattr(container, name)() for name in PORTS if name != "connect_webhooks"}
    return Marketplace(container.policy(), **(chosen | ports))
