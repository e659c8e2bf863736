"""What is for sale: automations and their releases."""

from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from attrs import evolve, field, frozen

from koda.domain.model.changes import Change
from koda.domain.model.errors import Forbidden, NotFound, VersionTaken, WrongState
from koda.domain.model.events import (
    ListingApproved,
    ListingHeld,
    ListingPublished,
    ListingReinstated,
    ListingRejected,
    ListingRevised,
    ListingSuspended,
    ListingWithdrawn,
    VersionReleased,
)
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.listings import Listing
from koda.domain.model.paging import Cursor
from koda.domain.model.reports import InspectionReport
from koda.domain.model.reviews import Review
from koda.domain.model.telling import Told, told
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.uploads import Preview, StoredFile
from koda.domain.model.validation import identifier, text, utc
from koda.domain.model.versions import Version

Listed = TypeVar("Listed", ListingPublished, ListingRevised, ListingWithdrawn)
Moderated = TypeVar(
    "Moderated", ListingSuspended, ListingReinstated, ListingApproved, ListingRejected
)

NOTES_LENGTH = (0, 2000)
"""The fewest and the most characters."""


class AutomationState(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    """Not for sale until a moderator decides."""
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"


_OPEN = AutomationState.DRAFT, AutomationState.PUBLISHED, AutomationState.IN_REVIEW
"""The states in which a listing is its seller's to change."""


@frozen
class Release:
    """One immutable version of the file, with the seller's notes and what was found in it."""

    version: Version
    file: StoredFile
    notes: str = field(validator=text(*NOTES_LENGTH))
    released_at: datetime = field(validator=utc)
    report: InspectionReport = field(factory=InspectionReport)


@frozen
class Automation:
    """A listing with its releases, oldest first. `revision` counts the saves.

    `review` says why it is in review, while it is.
    """

    id: AutomationId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)
    listing: Listing
    releases: tuple[Release, ...]
    preview: Preview | None
    state: AutomationState
    created_at: datetime = field(validator=utc)
    updated_at: datetime = field(validator=utc)
    published_at: datetime | None = None
    revision: int = 0
    review: Review | None = None

    @classmethod
    def draft(
        cls,
        automation_id: AutomationId,
        seller_id: UserId,
        listing: Listing,
        release: Release,
        preview: Preview | None,
    ) -> "Automation":
        """A new automation with its first release, not yet for sale."""
        now = release.released_at
        state = AutomationState.DRAFT
        return cls(automation_id, seller_id, listing, (release,), preview, state, now, now)

    @classmethod
    def listed(
        cls,
        automation_id: AutomationId,
        seller_id: UserId,
        listing: Listing,
        release: Release,
        preview: Preview | None,
        review: Review | None = None,
    ) -> Change["Automation"]:
        """A new automation with its first release, for sale at once, or else in review."""
        draft = cls.draft(automation_id, seller_id, listing, release, preview)
        now = release.released_at
        about = told("automation", automation_id, draft.revision, now)
        if review is not None:
            held = evolve(draft, state=AutomationState.IN_REVIEW, review=review)
            return Change(held, (_held_event(held, review, about),))
        event = ListingPublished(automation_id=automation_id, seller_id=seller_id, **about)
        return Change(draft.publish(now).state, (event,))

    @property
    def latest(self) -> Release:
        """The newest release."""
        return self.releases[-1]

    @property
    def place(self) -> Cursor:
        """Where it stands among its seller's own, by the moment of its making."""
        return Cursor(to_milliseconds(self.created_at), self.id)

    @property
    def held_place(self) -> Cursor | None:
        """Where it stands among all that are in review, if it is, by the moment of its holding."""
        if self.review is None:
            return None
        return Cursor(to_milliseconds(self.review.since), self.id)

    @property
    def file_keys(self) -> frozenset[FileKey]:
        """The keys of all files that it refers to: of every release, and of its picture's sizes."""
        sizes = self.preview.sizes if self.preview else ()
        released = (release.file.key for release in self.releases)
        return frozenset((*released, *(size.file.key for size in sizes)))

    @property
    def fingerprints(self) -> frozenset[str]:
        """What copies of its files share, of every release that may be copied."""
        return frozenset(filter(None, (release.report.fingerprint for release in self.releases)))

    @property
    def for_sale(self) -> bool:
        """Whether anybody may find and buy it."""
        return self.state is AutomationState.PUBLISHED

    @property
    def suspended(self) -> bool:
        """Whether an admin has stopped its sale and its downloads."""
        return self.state is AutomationState.SUSPENDED

    def sold_in(self, currency: str) -> bool:
        """Whether it is for sale where everything is sold in `currency`."""
        return self.for_sale and self.listing.price.currency == currency

    @property
    def public_preview(self) -> Preview | None:
        """The picture as far as everybody may see it: not that of a suspended listing."""
        return None if self.state is AutomationState.SUSPENDED else self.preview

    def owned_by(self, user_id: UserId) -> "Automation":
        """Return the automation if it is `user_id`'s, else raise `NotFound`."""
        if self.seller_id != user_id:
            raise NotFound("automation", self.id)
        return self

    def decided_by(self, user_id: UserId) -> "Automation":
        """Return the automation unless it is `user_id`'s own, else raise `Forbidden`."""
        if self.seller_id == user_id:
            raise Forbidden("decide about a listing of your own")
        return self

    def release_of(self, version: Version | None) -> Release:
        """The release of `version`, or the newest; raises `NotFound` if there is none."""
        if version is None:
            return self.latest
        for release in self.releases:
            if release.version == version:
                return release
        raise NotFound("release", f"{self.id} {version}")

    def publish(self, now: datetime) -> Change["Automation"]:
        """Put a draft that is kept up for sale."""
        self._require("publish", AutomationState.DRAFT)
        state = evolve(self, state=AutomationState.PUBLISHED, published_at=now, updated_at=now)
        return Change(state, (self._event(ListingPublished, now),))

    def revise(
        self, listing: Listing, preview: Preview | None, now: datetime
    ) -> Change["Automation"]:
        """Change what is said of it, its price or its picture."""
        self._require("revise", *_OPEN)
        state = evolve(self, listing=listing, preview=preview, updated_at=now)
        return Change(state, (self._event(ListingRevised, now),))

    def release(self, release: Release, review: Review | None = None) -> Change["Automation"]:
        """Add a release whose version is above every earlier one.

        With a `review` what is published goes off sale until a moderator decides. What is in
        review already stays so, whatever is released, since earlier files are sold with it.

        Raises:
            VersionTaken: it is not.
        """
        self._require("release a version of", *_OPEN)
        newest = self.latest.version
        if release.version <= newest:
            raise VersionTaken(str(release.version), str(newest))
        now = release.released_at
        state = evolve(self, releases=(*self.releases, release), updated_at=now)
        event = VersionReleased(
            automation_id=self.id,
            seller_id=self.seller_id,
            released=str(release.version),
            **self._told(now),
        )
        if review is None or not self.for_sale:
            return Change(state, (event,))
        about = told("automation", self.id, self.revision + 1, now, number=1)
        held = evolve(state, state=AutomationState.IN_REVIEW, review=review)
        return Change(held, (event, _held_event(self, review, about)))

    def hold(self, review: Review) -> Change["Automation"]:
        """Take it off sale until a moderator decides; buyers keep their files."""
        self._require("hold", AutomationState.PUBLISHED)
        now = max(review.since, self.updated_at)
        state = evolve(self, state=AutomationState.IN_REVIEW, review=review, updated_at=now)
        return Change(state, (_held_event(self, review, self._told(now)),))

    def approve(self, now: datetime, reason: str) -> Change["Automation"]:
        """Put it on sale after its review, as a moderator; the seller reads the reason."""
        self._require("approve", AutomationState.IN_REVIEW)
        return Change(self._back_on_sale(now), (self._moderated(ListingApproved, now, reason),))

    def reject(self, now: datetime, reason: str) -> Change["Automation"]:
        """Suspend it after its review, as a moderator; the seller reads the reason."""
        self._require("reject", AutomationState.IN_REVIEW)
        state = evolve(self, state=AutomationState.SUSPENDED, updated_at=now, review=None)
        return Change(state, (self._moderated(ListingRejected, now, reason),))

    def withdraw(self, now: datetime) -> Change["Automation"]:
        """Take it off sale for good; buyers keep their files."""
        self._require("withdraw", *_OPEN)
        state = evolve(self, state=AutomationState.WITHDRAWN, updated_at=now, review=None)
        return Change(state, (self._event(ListingWithdrawn, now),))

    def suspend(self, now: datetime, reason: str) -> Change["Automation"]:
        """Take it off sale and stop downloads, as a moderator; the seller reads the reason."""
        self._require("suspend", AutomationState.PUBLISHED)
        state = evolve(self, state=AutomationState.SUSPENDED, updated_at=now)
        return Change(state, (self._moderated(ListingSuspended, now, reason),))

    def reinstate(self, now: datetime, reason: str) -> Change["Automation"]:
        """Put it back on sale, as a moderator; the seller reads the reason."""
        self._require("reinstate", AutomationState.SUSPENDED)
        return Change(self._back_on_sale(now), (self._moderated(ListingReinstated, now, reason),))

    def _back_on_sale(self, now: datetime) -> "Automation":
        """Published, perhaps for the first time."""
        state, published_at = AutomationState.PUBLISHED, self.published_at or now
        return evolve(self, state=state, published_at=published_at, updated_at=now, review=None)

    def _event(self, kind: type[Listed], now: datetime) -> Listed:
        return kind(automation_id=self.id, seller_id=self.seller_id, **self._told(now))

    def _moderated(self, kind: type[Moderated], now: datetime, reason: str) -> Moderated:
        told_of = self._told(now)
        return kind(automation_id=self.id, seller_id=self.seller_id, why=reason, **told_of)

    def _told(self, now: datetime) -> Told:
        return told("automation", self.id, self.revision + 1, now)

    def _require(self, step: str, *states: AutomationState) -> None:
        if self.state not in states:
            raise WrongState("automation", self.id, self.state, step)


def _held_event(automation: Automation, review: Review, about: Told) -> ListingHeld:
    return ListingHeld(
        automation_id=automation.id,
        seller_id=automation.seller_id,
        review=review.kind.value,
        **about,
    )
