"""The catalogue as clients ask for it and see it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.catalogue import (
    LONGEST_SEARCH,
    MOST_WORDS,
    Catalogue,
    CatalogueEntry,
    Facets,
    Search,
    Sort,
)
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.tags import TAG_LENGTH
from koda.domain.model.validation import NAME_LENGTH
from koda.entrypoints.web.api.schemas.automations import (
    Extras,
    PreviewLink,
    PreviewSizes,
    PreviewUrl,
    SellerName,
    extras_of,
)
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    NextCursor,
    PageCursor,
    PageLimit,
    amount_of,
    given,
    moment_or_none,
    text_of,
)
from koda.entrypoints.web.words import word

_Sought = Annotated[str, text_of(NAME_LENGTH[0]), Meta(min_length=1)]
_PriceBound = Annotated[int, Meta(extra_json_schema={"minimum": 0, "maximum": LARGEST_MINOR})]


class CatalogueQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked for; prices in minor units of the marketplace's currency, both included."""

    q: Annotated[
        str,
        text_of(0, LONGEST_SEARCH),
        Meta(description=f"At most {MOST_WORDS} words; the last may be a beginning."),
    ] = ""
    platform: (
        Annotated[_Sought, Meta(description="What runs the workflow; of earlier listings, too.")]
        | UnsetType
    ) = UNSET
    category: (
        Annotated[_Sought, Meta(description="What the workflow is for; of earlier listings, too.")]
        | UnsetType
    ) = UNSET
    tag: (
        Annotated[str, text_of(TAG_LENGTH[0]), Meta(min_length=1, description="One whole tag.")]
        | UnsetType
    ) = UNSET
    min_price: _PriceBound | UnsetType = UNSET
    max_price: _PriceBound | UnsetType = UNSET
    sort: (
        Annotated[
            str,
            Meta(
                min_length=1,
                description="Newest first by default.",
                extra_json_schema={"enum": [sort.value for sort in Sort]},
            ),
        ]
        | UnsetType
    ) = UNSET
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


class CatalogueItem(Struct, frozen=True, kw_only=True):
    """A published automation in the catalogue; `version` is the newest release's."""

    id: str
    title: str
    description: str
    price: Amount
    category: str
    platform: str
    tags: tuple[str, ...]
    extras: Extras
    seller: SellerName
    version: str
    preview_url: PreviewUrl
    preview_sizes: PreviewSizes
    published_at: Moment | None


class FacetCounts(Struct, frozen=True, kw_only=True):
    """How many listings each choice would leave, the other filters honoured."""

    platforms: dict[str, int]
    categories: dict[str, int]


class CatalogueAnswer(Struct, frozen=True, kw_only=True):
    """A page of the catalogue."""

    items: tuple[CatalogueItem, ...]
    next_cursor: NextCursor
    facets: FacetCounts


def catalogue_answer(catalogue: Catalogue, preview: PreviewLink) -> CatalogueAnswer:
    """Present a page of the catalogue."""
    return CatalogueAnswer(
        items=tuple(_catalogue_item(entry, preview) for entry in catalogue.entries),
        next_cursor=catalogue.next_cursor,
        facets=_facet_counts(catalogue.facets),
    )


def _catalogue_item(entry: CatalogueEntry, preview: PreviewLink) -> CatalogueItem:
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
        extras=extras_of(listing),
        seller=SellerName(id=automation.seller_id, name=word(entry.seller_name)),
        version=str(automation.latest.version),
        preview_url=sizes[-1].url if sizes else None,
        preview_sizes=sizes,
        published_at=moment_or_none(automation.published_at),
    )


def _facet_counts(facets: Facets) -> FacetCounts:
    return FacetCounts(platforms=dict(facets.platforms), categories=dict(facets.categories))
