"""What the forms of a listing share: the fields, and what the templates say beside them."""

from typing import Any

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.listings import Category, Listing, Platform
from koda.domain.model.money import BASIS_POINTS
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import TYPES, FileKind, most_bytes
from koda.domain.usecases.catalogue.view_automation import ViewAutomation
from koda.entrypoints.web.forms import Typed
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.web.words import word

LISTING_FIELDS = ("title", "description", "platform", "category", "price", "tags")


def said(typed: Typed) -> dict[str, Any]:
    """Turn what was typed into what the use cases take of a listing."""
    tags = tuple(tag.strip() for tag in typed["tags"].split(",") if tag.strip())
    return {**{name: typed[name] for name in LISTING_FIELDS}, "tags": tags}


def typed_of(item: Automation) -> dict[str, str]:
    """Turn a listing into what its seller would type."""
    listing = item.listing
    return {
        "title": listing.title,
        "description": listing.description,
        "platform": listing.platform.value,
        "category": listing.category.value,
        "price": listing.price.amount,
        "tags": ", ".join(listing.tags),
    }


@frozen
class ListingHelp:
    """Checks a listing before it is sent on, and explains the limits beside the fields."""

    policy: Policy

    def check(self, typed: Typed) -> Listing:
        """Return the listing that was typed; raises `InvalidForm` with every fault of it."""
        return Listing.propose(self.policy, **said(typed))

    def context(self) -> dict[str, Any]:
        """What the templates of these forms show."""
        policy = self.policy
        return {
            "platforms": [(platform.value, word(platform)) for platform in Platform],
            "categories": [(category.value, word(category)) for category in Category],
            "price_min": policy.money(policy.minimum_price),
            "price_max": policy.money(policy.maximum_price),
            "keeps": BASIS_POINTS - policy.fee_basis_points,
            "artifact_limit": most_bytes(FileKind.ARTIFACT, "flow.json", policy),
            "script_limit": most_bytes(FileKind.ARTIFACT, "flow.py", policy),
            "preview_limit": policy.preview_bytes,
            "types": {kind.value: dict(types) for kind, types in TYPES.items()},
            "here": "selling",
        }


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
