"""Invalidating the catalogue's cache when listings change."""

from attrs import frozen

from koda.domain.model.event import Event
from koda.domain.model.events import (
    DomainEvent,
    ListingApproved,
    ListingHeld,
    ListingPublished,
    ListingReinstated,
    ListingRevised,
    ListingSuspended,
    ListingWithdrawn,
    VersionReleased,
)
from koda.ports.catalogue_cache import CatalogueCache

SHOWN: tuple[type[Event], ...] = (
    ListingPublished,
    ListingRevised,
    VersionReleased,
    ListingWithdrawn,
    ListingSuspended,
    ListingReinstated,
    ListingHeld,
    ListingApproved,
)
"""The events after which the catalogue looks different."""


@frozen
class RefreshCatalogue:
    """Subscriber that lets kept answers be forgotten after each event of `SHOWN`."""

    cache: CatalogueCache

    def __call__(self, _: DomainEvent) -> None:
        """Let the answers be forgotten."""
        self.cache.invalidate()
