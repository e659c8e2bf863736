"""Automations as clients see them: in the catalogue, alone, and to their sellers."""

from collections.abc import Callable
from typing import Annotated

from msgspec import Meta, Struct

from koda.domain.model.automations import Automation, AutomationState, Release
from koda.domain.model.file_formats import FileFormat
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.listings import Listing
from koda.domain.model.paging import ListPage
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.uploads import Preview
from koda.domain.usecases.catalogue.view_automation import AutomationView
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    NextCursor,
    amount_of,
    moment_of,
    moment_or_none,
)
from koda.entrypoints.web.api.schemas.reports import WorkflowItem, workflow_item
from koda.entrypoints.web.language import language
from koda.entrypoints.web.words import word


class PreviewSize(Struct, frozen=True, kw_only=True):
    """A preview picture in one size: where it is, relative to this site, and its pixels."""

    url: str
    width: int
    height: int


PreviewLink = Callable[[AutomationId, Preview | None], tuple[PreviewSize, ...]]
"""Where the picture of a listing is in its sizes, if it has one."""

PreviewUrl = Annotated[
    str | None, Meta(description="Where the largest preview picture is, relative to this site.")
]
PreviewSizes = Annotated[
    tuple[PreviewSize, ...], Meta(description="The preview picture, the smallest first.")
]

Extras = Annotated[
    dict[str, str | int | bool],
    Meta(description="Values of the marketplace's own fields, by name."),
]


class SellerName(Struct, frozen=True, kw_only=True):
    """Whose listing it is."""

    id: str
    name: str


class ReleaseItem(Struct, frozen=True, kw_only=True):
    """One immutable version of the file; `size` in bytes.

    `format` is what the file was recognised as, `none` where it is nothing that is known. `imports`
    are the packages that a Python file imports; `remarks` say what was noticed about it, such as
    "does not parse as Python 3.11, on which this site runs". `workflow` tells more of a file of
    n8n, Make or Zapier.
    """

    version: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    notes: str
    format: FileFormat
    imports: tuple[str, ...]
    remarks: tuple[str, ...]
    workflow: WorkflowItem | None
    released_at: Moment


class AutomationAnswer(Struct, frozen=True, kw_only=True):
    """An automation with its releases, the newest first; `revision` counts the changes."""

    id: str
    state: AutomationState
    title: str
    description: str
    price: Amount
    category: str
    platform: str
    tags: tuple[str, ...]
    extras: Extras
    seller_id: str
    version: str
    preview_url: PreviewUrl
    preview_sizes: PreviewSizes
    releases: tuple[ReleaseItem, ...]
    created_at: Moment
    updated_at: Moment
    published_at: Moment | None
    revision: int


class ListingsAnswer(Struct, frozen=True, kw_only=True):
    """A page of a seller's own automations."""

    items: tuple[AutomationAnswer, ...]
    next_cursor: NextCursor


class AutomationViewAnswer(Struct, frozen=True, kw_only=True):
    """An automation as the caller sees it: is it theirs, and what became of their purchase."""

    automation: AutomationAnswer
    seller: SellerName
    own: bool
    purchase: PurchaseState | None


def _release_item(release: Release) -> ReleaseItem:
    workflow = release.report.workflow
    return ReleaseItem(
        version=str(release.version),
        file_name=release.file.name,
        content_type=release.file.content_type,
        size=release.file.size,
        sha256=release.file.sha256,
        notes=release.notes,
        format=release.report.file_format,
        imports=release.report.imports,
        remarks=tuple(map(language().say, release.report.remarks)),
        workflow=workflow_item(workflow) if workflow else None,
        released_at=moment_of(release.released_at),
    )


def extras_of(listing: Listing) -> Extras:
    """Present the extra fields of a listing."""
    return {extra.name: extra.value for extra in listing.extras}


def automation_answer(automation: Automation, preview: PreviewLink) -> AutomationAnswer:
    """Present an automation in full, as its seller and admins see it."""
    return _automation_answer(automation, preview(automation.id, automation.preview))


def _automation_answer(automation: Automation, sizes: tuple[PreviewSize, ...]) -> AutomationAnswer:
    listing = automation.listing
    return AutomationAnswer(
        id=automation.id,
        state=automation.state,
        title=listing.title,
        description=listing.description,
        price=amount_of(listing.price),
        category=listing.category,
        platform=listing.platform,
        tags=listing.tags,
        extras=extras_of(listing),
        seller_id=automation.seller_id,
        version=str(automation.latest.version),
        preview_url=sizes[-1].url if sizes else None,
        preview_sizes=sizes,
        releases=tuple(_release_item(release) for release in reversed(automation.releases)),
        created_at=moment_of(automation.created_at),
        updated_at=moment_of(automation.updated_at),
        published_at=moment_or_none(automation.published_at),
        revision=automation.revision,
    )


def listings_answer(page: ListPage[Automation], preview: PreviewLink) -> ListingsAnswer:
    """Present a page of a seller's own automations."""
    return ListingsAnswer(
        items=tuple(automation_answer(automation, preview) for automation in page.items),
        next_cursor=page.next_cursor,
    )


def automation_view_answer(view: AutomationView, preview: PreviewLink) -> AutomationViewAnswer:
    """Present an automation as the caller sees it."""
    return AutomationViewAnswer(
        automation=_automation_answer(view.automation, preview(view.automation.id, view.preview)),
        seller=SellerName(id=view.automation.seller_id, name=word(view.seller_name)),
        own=view.own,
        purchase=view.purchase.state if view.purchase else None,
    )
