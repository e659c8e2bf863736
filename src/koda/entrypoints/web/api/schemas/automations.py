"""Automations as clients see them: in the catalogue, alone, and to their sellers."""

from collections.abc import Callable
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.automations import Automation, AutomationState, Release
from koda.domain.model.catalogue import (
    LONGEST_SEARCH,
    MOST_WORDS,
    Catalogue,
    CatalogueEntry,
    Facets,
    Search,
    Sort,
)
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.listings import TAG_LENGTH, Category, Platform
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.paging import ListPage
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.uploads import Preview
from koda.domain.usecases.catalogue.view_automation import AutomationView
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    NextCursor,
    PageCursor,
    PageLimit,
    amount_of,
    given,
    moment_of,
    moment_or_none,
    text_of,
)
from koda.entrypoints.web.language import language
from koda.entrypoints.web.words import word


class PreviewSize(Struct, frozen=True, kw_only=True):
    """A preview picture in one size: where it is, relative to this site, and its pixels."""

    url: str
    width: int
    height: int


_PreviewLink = Callable[[AutomationId, Preview | None], tuple[PreviewSize, ...]]
"""Where the picture of a listing is in its sizes, if it has one."""

_PreviewUrl = Annotated[
    str | None, Meta(description="Where the largest preview picture is, relative to this site.")
]
_PreviewSizes = Annotated[
    tuple[PreviewSize, ...], Meta(description="The preview picture, the smallest first.")
]


def one_of(kind: type[Platform] | type[Category] | type[Sort], what: str) -> Meta:
    """Document text as a choice; the domain itself refuses any other, with every other fault."""
    choices = [choice.value for choice in kind]
    return Meta(min_length=1, description=what, extra_json_schema={"enum": choices})


_PriceBound = Annotated[int, Meta(extra_json_schema={"minimum": 0, "maximum": LARGEST_MINOR})]


class CatalogueQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked for; prices in minor units of the marketplace's currency, both included."""

    q: Annotated[
        str,
        text_of(0, LONGEST_SEARCH),
        Meta(description=f"At most {MOST_WORDS} words; the last may be a beginning."),
    ] = ""
    platform: Annotated[str, one_of(Platform, "What runs the workflow.")] | UnsetType = UNSET
    category: Annotated[str, one_of(Category, "What the workflow is for.")] | UnsetType = UNSET
    tag: (
        Annotated[str, text_of(TAG_LENGTH[0]), Meta(min_length=1, description="One whole tag.")]
        | UnsetType
    ) = UNSET
    min_price: _PriceBound | UnsetType = UNSET
    max_price: _PriceBound | UnsetType = UNSET
    sort: Annotated[str, one_of(Sort, "Newest first by default.")] | UnsetType = UNSET
    limit: PageLimit | UnsetType = UNSET
    cursor: PageCursor | UnsetType = UNSET

    def search(self) -> Search:
        """The same in the domain's words."""
        return Search(
            q=self.q,
            platform=given(self.platform) or "",
            category=given(self.category) or "",
            tag=given(self.tag) or "",
            min_price=given(self.min_price),
            max_price=given(self.max_price),
            sort=given(self.sort) or Sort.NEWEST.value,
            limit=given(self.limit),
            cursor=given(self.cursor) or "",
        )


class SellerName(Struct, frozen=True, kw_only=True):
    """Whose listing it is."""

    id: str
    name: str


class CatalogueItem(Struct, frozen=True, kw_only=True):
    """A published automation in the catalogue; `version` is the newest release's."""

    id: str
    title: str
    description: str
    price: Amount
    category: Category
    platform: Platform
    tags: tuple[str, ...]
    seller: SellerName
    version: str
    preview_url: _PreviewUrl
    preview_sizes: _PreviewSizes
    published_at: Moment | None


class FacetCounts(Struct, frozen=True, kw_only=True):
    """How many listings each choice would leave, the other filters honoured."""

    platforms: dict[Platform, int]
    categories: dict[Category, int]


class CatalogueAnswer(Struct, frozen=True, kw_only=True):
    """A page of the catalogue."""

    items: tuple[CatalogueItem, ...]
    next_cursor: NextCursor
    facets: FacetCounts


class ReleaseItem(Struct, frozen=True, kw_only=True):
    """One immutable version of the file; `size` in bytes.

    `imports` are the packages that a Python file imports; `remarks` say what was noticed about it,
    such as "does not parse as Python 3.11, on which this site runs".
    """

    version: str
    file_name: str
    content_type: str
    size: int
    sha256: str
    notes: str
    imports: tuple[str, ...]
    remarks: tuple[str, ...]
    released_at: Moment


class AutomationAnswer(Struct, frozen=True, kw_only=True):
    """An automation with its releases, the newest first; `revision` counts the changes."""

    id: str
    state: AutomationState
    title: str
    description: str
    price: Amount
    category: Category
    platform: Platform
    tags: tuple[str, ...]
    seller_id: str
    version: str
    preview_url: _PreviewUrl
    preview_sizes: _PreviewSizes
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


def catalogue_answer(catalogue: Catalogue, preview: _PreviewLink) -> CatalogueAnswer:
    """Present a page of the catalogue."""
    return CatalogueAnswer(
        items=tuple(_catalogue_item(entry, preview) for entry in catalogue.entries),
        next_cursor=catalogue.next_cursor,
        facets=_facet_counts(catalogue.facets),
    )


def _catalogue_item(entry: CatalogueEntry, preview: _PreviewLink) -> CatalogueItem:
    automation, listing = entry.automation, entry.automation.listing
    sizes = preview(automation.id, automation.preview)
    return CatalogueItem(
        id=automation.id,
        title=listing.title,
        description=listing.description,
        price=amount_of(listing.price),
        category=listing.category,
        platform=listing.platform,
        tags=listing.tags,
        seller=SellerName(id=automation.seller_id, name=word(entry.seller_name)),
        version=str(automation.latest.version),
        preview_url=sizes[-1].url if sizes else None,
        preview_sizes=sizes,
        published_at=moment_or_none(automation.published_at),
    )


def _facet_counts(facets: Facets) -> FacetCounts:
    return FacetCounts(platforms=dict(facets.platforms), categories=dict(facets.categories))


def _release_item(release: Release) -> ReleaseItem:
    return ReleaseItem(
        version=str(release.version),
        file_name=release.file.name,
        content_type=release.file.content_type,
        size=release.file.size,
        sha256=release.file.sha256,
        notes=release.notes,
        imports=release.report.imports,
        remarks=tuple(map(language().say, release.report.remarks)),
        released_at=moment_of(release.released_at),
    )


def automation_answer(automation: Automation, preview: _PreviewLink) -> AutomationAnswer:
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


def listings_answer(page: ListPage[Automation], preview: _PreviewLink) -> ListingsAnswer:
    """Present a page of a seller's own automations."""
    return ListingsAnswer(
        items=tuple(automation_answer(automation, preview) for automation in page.items),
        next_cursor=page.next_cursor,
    )


def automation_view_answer(view: AutomationView, preview: _PreviewLink) -> AutomationViewAnswer:
    """Present an automation as the caller sees it."""
    return AutomationViewAnswer(
        automation=_automation_answer(view.automation, preview(view.automation.id, view.preview)),
        seller=SellerName(id=view.automation.seller_id, name=word(view.seller_name)),
        own=view.own,
        purchase=view.purchase.state if view.purchase else None,
    )
