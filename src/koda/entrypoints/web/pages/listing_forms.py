"""What the forms of a listing share: the fields, and what the templates say beside them."""

from typing import Any

from attrs import frozen

from koda.domain.model.announcements import TYPES, most_bytes
from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.extras import PREFIX
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.listings import Listing
from koda.domain.model.money import BASIS_POINTS
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import FileKind
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.entrypoints.web.forms import Typed
from koda.entrypoints.web.pages.extra_fields import asked
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.words import word

LISTING_FIELDS = ("title", "description", "platform", "category", "price", "tags")


def typed_of(item: Automation) -> dict[str, str]:
    """Turn a listing into what its seller would type."""
    listing = item.listing
    return {
        "title": listing.title,
        "description": listing.description,
        "platform": listing.platform,
        "category": listing.category,
        "price": listing.price.amount,
        "tags": ", ".join(listing.tags),
        **{f"{PREFIX}{extra.name}": extra.text for extra in listing.extras},
    }


@frozen
class ListingHelp:
    """Reads and checks a listing before it is sent on, and explains the limits of the fields."""

    policy: Policy

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of a listing's form."""
        return (*LISTING_FIELDS, *(field.key for field in self.policy.extras))

    def said(self, typed: Typed) -> dict[str, Any]:
        """Turn what was typed into what the use cases take of a listing."""
        tags = tuple(tag.strip() for tag in typed["tags"].split(",") if tag.strip())
        texts = {field: typed[field.key] for field in self.policy.extras}
        extras = {
            field.name: field.typed(text) if text.strip() else None for field, text in texts.items()
        }
        return {**{name: typed[name] for name in LISTING_FIELDS}, "tags": tags, "extras": extras}

    def check(self, typed: Typed, before: Listing | None = None) -> Listing:
        """Return the listing that was typed; raises `InvalidForm` with every fault of it."""
        return Listing.propose(self.policy, **self.said(typed), before=before)

    def context(self, before: Listing | None = None) -> dict[str, Any]:
        """What the templates of these forms show, of a new listing or of one that was `before`."""
        policy = self.policy
        return {
            "platforms": _named(policy.platform_names, before.platform if before else None),
            "categories": _named(policy.categories, before.category if before else None),
            "extras": tuple(asked(policy.extras, before.extras if before else ())),
            "price_min": policy.money(policy.minimum_price),
            "price_max": policy.money(policy.maximum_price),
            "keeps": BASIS_POINTS - policy.fee_basis_points,
            "artifact_limit": most_bytes(FileKind.ARTIFACT, "flow.json", policy),
            "script_limit": most_bytes(FileKind.ARTIFACT, "flow.py", policy),
            "preview_limit": policy.preview_bytes,
            "types": {kind.value: dict(types) for kind, types in TYPES.items()},
            "here": "selling",
        }


def _named(names: tuple[str, ...], before: str | None) -> list[tuple[str, str]]:
    """The names to choose from, with the one that a listing has though it is no more among them."""
    kept = () if before is None or before in names else (before,)
    return [(name, word(name)) for name in (*names, *kept)]


@frozen
class OwnListings:
    """Finds a listing for its seller alone."""

    visitors: Visitors
    view: ViewAutomation

    def __call__(self, automation_id: str) -> Automation:
        """Return the automation.

        Raises:
            NotFound: there is none, or it is somebody else's.
        """
        view = self.view(self.visitors.required(), AutomationId(automation_id))
        if not view.own:
            raise NotFound("automation", automation_id)
        return view.automation
