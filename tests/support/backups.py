"""What the stores of a marketplace in memory held at a moment, to go back to."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from koda.adapters.memory.collection import Collection
from koda.testing.marketplace import Marketplace

STORES = (
    "automations",
    "sellers",
    "orders",
    "purchases",
    "payment_inbox",
    "grants",
    "journal",
    "uploads",
    "people",
    "webhook_health",
    "audit_log",
    "outbox",
)
"""The ports that one database holds, but for roles."""


@frozen
class Backup:
    """The containers of each store, whose values never change."""

    _kept: tuple[tuple[Any, Mapping[str, Any]], ...]

    @classmethod
    def of(cls, market: Marketplace) -> "Backup":
        """What is kept now."""
        stores = [getattr(market, name) for name in STORES]
        collections = [
            part
            for store in stores
            for part in vars(store).values()
            if isinstance(part, Collection)
        ]
        return cls(tuple((store, _containers(store)) for store in (*stores, *collections)))

    def restore(self) -> None:
        """Let the stores hold that again, and nothing else."""
        for store, containers in self._kept:
            vars(store).update({name: _copied(kept) for name, kept in containers.items()})


def _containers(store: object) -> Mapping[str, Any]:
    return {
        name: _copied(value)
        for name, value in vars(store).items()
        if isinstance(value, dict | list)
    }


def _copied(value: Any) -> Any:
    """A container with copies of those in it."""
    if isinstance(value, defaultdict):
        return defaultdict(value.default_factory, {key: _copied(of) for key, of in value.items()})
    if isinstance(value, dict):
        return {key: _copied(of) for key, of in value.items()}
    return list(value) if isinstance(value, list) else value
