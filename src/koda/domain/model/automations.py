"""What is for sale: automations, their listings and releases."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import total_ordering
from typing import Any, TypeVar

from attrs import Attribute, evolve, field, frozen

from koda.domain.model.errors import InvalidValue, NotFound, VersionTaken, WrongState
from koda.domain.model.identifiers import AutomationId, FileKey, UserId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.reports import InspectionReport
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.uploads import Preview, StoredFile
from koda.domain.model.validation import Problems, check_text, identifier, integer, text, utc

MOST_TAGS = 10
TITLE_LENGTH = (3, 100)
DESCRIPTION_LENGTH = (20, 2000)
NOTES_LENGTH = (0, 2000)
TAG_LENGTH = (1, 30)
"""The fewest and the most characters of each."""
LARGEST_VERSION_PART = 10**9 - 1

_PART = r"(0|[1-9]\d{0,8})"
_VERSION = re.compile(rf"{_PART}\.{_PART}\.{_PART}", re.ASCII)

Choice = TypeVar("Choice", bound=StrEnum)


class Platform(StrEnum):
    """What runs the workflow."""

    N8N = "n8n"
    MAKE = "Make"
    ZAPIER = "Zapier"
    PYTHON = "Python"
    OTHER = "Other"


class Category(StrEnum):
    """What the workflow is for."""

    SOCIAL_MEDIA = "Social Media"
    EMAIL_MARKETING = "Email Marketing"
    PRODUCTIVITY = "Productivity"
    SALES = "Sales"
    OTHER = "Other"


class AutomationState(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"


def choice(name: str, kind: type[Choice], value: str) -> Choice:
    """The member of `kind` whose value is `value`, whatever its case.

    Raises:
        InvalidValue: there is none; the problem lists those there are.
    """
    folded = str(value).strip().casefold()
    for member in kind:
        if member.value.casefold() == folded:
            return member
    raise InvalidValue(name, f"must be one of {', '.join(kind)}")


@total_ordering
@frozen(order=False)
class Version:
    """A semantic version `major.minor.patch` (semver.org, without pre-release or build parts)."""

    major: int = field(validator=integer(0, LARGEST_VERSION_PART))
    minor: int = field(validator=integer(0, LARGEST_VERSION_PART))
    patch: int = field(validator=integer(0, LARGEST_VERSION_PART))

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Read `"1.2.3"`; raises `InvalidValue` for anything else."""
        match = _VERSION.fullmatch(text)
        if match is None:
            raise InvalidValue("version", "must be three numbers such as 1.0.0")
        return cls(int(match[1]), int(match[2]), int(match[3]))

    def __lt__(self, other: "Version") -> bool:
        return (self.major, self.minor, self.patch) < (other.major, other.minor, other.patch)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def check_tags(tags: Any) -> None:
    """Refuse tags that are too many, repeated, too long or not normal (see `normal_tag`)."""
    if type(tags) is not tuple or len(tags) > MOST_TAGS:
        raise InvalidValue("tags", f"must be at most {MOST_TAGS}")
    if len(set(tags)) != len(tags):
        raise InvalidValue("tags", "must be different from one another")
    for tag in tags:
        check_text("tags", tag, *TAG_LENGTH)
        if tag != normal_tag(tag):
            raise InvalidValue("tags", "must be in lower case and without commas")


def normal_tag(tag: str) -> str:
    """A tag as it is stored: lower case, no commas, single spaces."""
    return " ".join(tag.replace(",", " ").split()).lower()


@frozen
class Listing:
    """What a seller says of an automation, and its price."""

    title: str = field(validator=text(*TITLE_LENGTH))
    description: str = field(validator=text(*DESCRIPTION_LENGTH))
    price: Money
    category: Category
    platform: Platform
    tags: tuple[str, ...] = field(default=())

    @tags.validator
    def _check_tags(self, _: "Attribute[Any]", tags: Any) -> None:
        check_tags(tags)

    @classmethod
    def propose(
        cls,
        policy: Policy,
        *,
        title: str,
        description: str,
        price: Money | str,
        category: str,
        platform: str,
        tags: Iterable[str] = (),
    ) -> "Listing":
        """Build a listing from what a client sent, every fault of it told at once.

        A price may be typed text such as `"12.50"`. Titles lose outer spaces and tags are
        normalised; empty and repeated tags go.

        Raises:
            InvalidForm: at least one value is not allowed.
        """
        problems = Problems()
        title = " ".join(title.split())
        description = description.strip().replace("\r\n", "\n")
        kept = tuple(dict.fromkeys(tag for tag in map(normal_tag, tags) if tag))
        problems.collect(check_text, "title", title, *TITLE_LENGTH)
        problems.collect(check_text, "description", description, *DESCRIPTION_LENGTH)
        amount = problems.collect(policy.read_price, price)
        chosen_category = problems.collect(choice, "category", Category, category)
        chosen_platform = problems.collect(choice, "platform", Platform, platform)
        problems.collect(check_tags, kept)
        problems.check()
        return cls(title, description, amount, chosen_category, chosen_platform, kept)


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
    """A listing with its releases, oldest first. `revision` counts the saves."""

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

    @property
    def latest(self) -> Release:
        """The newest release."""
        return self.releases[-1]

    @property
    def place(self) -> Cursor:
        """Where it stands among its seller's own, by the moment of its making."""
        return Cursor(to_milliseconds(self.created_at), self.id)

    @property
    def file_keys(self) -> frozenset[FileKey]:
        """The keys of all files that it refers to: of every release, and of its picture's sizes."""
        sizes = self.preview.sizes if self.preview else ()
        released = (release.file.key for release in self.releases)
        return frozenset((*released, *(size.file.key for size in sizes)))

    @property
    def for_sale(self) -> bool:
        """Whether anybody may find and buy it."""
        return self.state is AutomationState.PUBLISHED

    def sold_in(self, currency: str) -> bool:
        """Whether it is for sale where everything is sold in `currency`."""
        return self.for_sale and self.listing.price.currency == currency

    def preview_for(self, principal: Principal | None) -> Preview | None:
        """The picture as far as `principal`, or a visitor, may see it.

        Of a suspended listing only its seller and admins do.
        """
        if self.state is not AutomationState.SUSPENDED:
            return self.preview
        trusted = principal is not None and (principal.admin or principal.user_id == self.seller_id)
        return self.preview if trusted else None

    def owned_by(self, user_id: UserId) -> "Automation":
        """Return the automation if it is `user_id`'s, else raise `NotFound`."""
        if self.seller_id != user_id:
            raise NotFound("automation", self.id)
        return self

    def release_of(self, version: Version | None) -> Release:
        """The release of `version`, or the newest; raises `NotFound` if there is none."""
        if version is None:
            return self.latest
        for release in self.releases:
            if release.version == version:
                return release
        raise NotFound("release", f"{self.id} {version}")

    def publish(self, now: datetime) -> "Automation":
        """Put a draft up for sale."""
        self._require("publish", AutomationState.DRAFT)
        return evolve(self, state=AutomationState.PUBLISHED, published_at=now, updated_at=now)

    def revise(self, listing: Listing, preview: Preview | None, now: datetime) -> "Automation":
        """Change what is said of it, its price or its picture."""
        self._require("revise", AutomationState.DRAFT, AutomationState.PUBLISHED)
        return evolve(self, listing=listing, preview=preview, updated_at=now)

    def release(self, release: Release) -> "Automation":
        """Add a release whose version is above every earlier one.

        Raises:
            VersionTaken: it is not.
        """
        self._require("release a version of", AutomationState.DRAFT, AutomationState.PUBLISHED)
        newest = self.latest.version
        if release.version <= newest:
            raise VersionTaken(str(release.version), str(newest))
        return evolve(self, releases=(*self.releases, release), updated_at=release.released_at)

    def withdraw(self, now: datetime) -> "Automation":
        """Take it off sale for good; buyers keep their files."""
        self._require("withdraw", AutomationState.DRAFT, AutomationState.PUBLISHED)
        return evolve(self, state=AutomationState.WITHDRAWN, updated_at=now)

    def suspend(self, now: datetime) -> "Automation":
        """Take it off sale and stop downloads, as an admin."""
        self._require("suspend", AutomationState.PUBLISHED)
        return evolve(self, state=AutomationState.SUSPENDED, updated_at=now)

    def reinstate(self, now: datetime) -> "Automation":
        """Put it back on sale, as an admin."""
        self._require("reinstate", AutomationState.SUSPENDED)
        return evolve(self, state=AutomationState.PUBLISHED, updated_at=now)

    def _require(self, step: str, *states: AutomationState) -> None:
        if self.state not in states:
            raise WrongState("automation", self.id, self.state, step)
