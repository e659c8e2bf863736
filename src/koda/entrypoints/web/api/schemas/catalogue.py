"""The catalogue as clients ask for it and see it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType, field

from koda.domain.model.extras import PREFIX
from koda.domain.model.money import LARGEST_MINOR
from koda.domain.model.tags import TAG_LENGTH
from koda.domain.model.validation import NAME_LENGTH
from koda.domain.search.answers import Catalogue, CatalogueEntry, Facets
from koda.domain.search.catalogue import LONGEST_SEARCH, MOST_APPS, Search, Sort, as_typed
from koda.domain.search.needs import NEEDS, Need
from koda.domain.search.sought import MOST_WORDS
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
    Identifier,
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


def _one_of(need: Need) -> Meta:
    """The values of a need as the API's document lists them; whatever else is sent is refused."""
    return Meta(min_length=1, extra_json_schema={"enum": list(NEEDS[need])})


class CatalogueQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is looked for; prices in minor units of the marketplace's currency, both included."""

    q: Annotated[
        str,
        text_of(0, LONGEST_SEARCH),
        Meta(
            description=(
                f"The first {MOST_WORDS} words count; the last may be a beginning, "
                "and a quoted one is taken as it is."
            )
        ),
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
    seller: Annotated[Identifier, Meta(description="The id of a seller.")] | UnsetType = UNSET
    apps: (
        Annotated[
            str,
            text_of(1),
            Meta(
                min_length=1,
                description=(
                    f"Apps that the workflow works with, all of them: at most {MOST_APPS} names "
                    "with commas between them."
                ),
            ),
        ]
        | UnsetType
    ) = UNSET
    n8n: (
        Annotated[
            str,
            _one_of(Need.N8N),
            Meta(
                description=(
                    "The major version of n8n on which it runs as it is, or at least with changes."
                )
            ),
        ]
        | UnsetType
    ) = UNSET
    code: (
        Annotated[
            str,
            _one_of(Need.CODE),
            Meta(description="With steps that run code or commands of a shell, or without."),
        ]
        | UnsetType
    ) = UNSET
    ai: (
        Annotated[str, _one_of(Need.AI), Meta(description="With steps of AI, or without.")]
        | UnsetType
    ) = UNSET
    setup: (
        Annotated[
            str, _one_of(Need.SETUP), Meta(description="The most steps that one has to set up.")
        ]
        | UnsetType
    ) = UNSET
    extras: Annotated[
        dict[str, str],
        Meta(
            description=(
                "A value of a field of the marketplace's own, by its name; "
                "several fields narrow down together."
            )
        ),
    ] = field(name=PREFIX, default_factory=dict)
    min_price: _PriceBound | UnsetType = UNSET
    max_price: _PriceBound | UnsetType = UNSET
    sort: (
        Annotated[
            str,
            Meta(
                min_length=1,
                description="By relevance if there are words, else newest first by default.",
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
            seller=given(self.seller) or "",
            apps=given(self.apps) or "",
            needs={
                need.value: typed for need in Need if (typed := given(getattr(self, need.value)))
            },
            extras=self.extras,
            min_price=given(self.min_price),
            max_price=given(self.max_price),
            sort=given(self.sort) or "",
            limit=given(self.limit),
            cursor=given(self.cursor) or "",
        )


class CatalogueItem(Struct, frozen=True, kw_only=True):
    """A published automation in the catalogue; `version` is the newest release's.

    It is `partial` if it has only some of the words that were looked for.
    """

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
    partial: bool


class FacetCounts(Struct, frozen=True, kw_only=True):
    """How many listings each choice would leave, the other filters honoured.

    They are at least so many where not all were counted (`platforms_exact`, `categories_exact`);
    that of what is asked for is as exact as `total`. `apps`, the most frequent ones, and `needs`,
    by the name of the parameter, are those of the newest 200 listings where others are not counted
    (`apps_exact`, `needs_exact`). `extras` are those of the marketplace's own fields whose values
    are listed, by name and by value; they are there where no other filter is in force.
    """

    platforms: dict[str, int]
    platforms_exact: bool
    categories: dict[str, int]
    categories_exact: bool
    apps: dict[str, int]
    apps_exact: bool
    needs: dict[str, dict[str, int]]
    needs_exact: bool
    extras: dict[str, dict[str, int]]


class CorrectedWord(Struct, frozen=True, kw_only=True):
    """A word that was typed, and the one that was looked for instead."""

    typed: str
    meant: str


class Correction(Struct, frozen=True, kw_only=True):
    """What was corrected; `instead` is what to look for to have nothing corrected."""

    words: tuple[CorrectedWord, ...]
    instead: str


class CatalogueAnswer(Struct, frozen=True, kw_only=True):
    """A page of the catalogue.

    At least `total` listings match if that is not exact (`total_exact`): those with all words, or
    if there are none, those with some. If it is `cut`, more match than are shown on all pages. What
    was corrected is told with every page.
    """

    items: tuple[CatalogueItem, ...]
    next_cursor: NextCursor
    facets: FacetCounts
    total: int
    total_exact: bool
    correction: Correction | None
    cut: bool


def catalogue_answer(catalogue: Catalogue, preview: PreviewLink, q: str) -> CatalogueAnswer:
    """Present a page of the catalogue, of what was looked for as `q`."""
    typed = tuple(word.typed for word in catalogue.corrections)
    words = tuple(
        CorrectedWord(typed=word.typed, meant=word.meant) for word in catalogue.corrections
    )
    return CatalogueAnswer(
        items=tuple(_catalogue_item(entry, preview) for entry in catalogue.entries),
        next_cursor=catalogue.next_cursor,
        facets=_facet_counts(catalogue.facets),
        total=catalogue.facets.total,
        total_exact=catalogue.facets.exact,
        correction=Correction(words=words, instead=as_typed(q, typed)) if words else None,
        cut=catalogue.cut,
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
        partial=entry.partial,
    )


def _facet_counts(facets: Facets) -> FacetCounts:
    return FacetCounts(
        platforms=dict(facets.platforms.counts),
        platforms_exact=facets.platforms.exact,
        categories=dict(facets.categories.counts),
        categories_exact=facets.categories.exact,
        apps=dict(facets.apps.counts),
        apps_exact=facets.apps.exact,
        needs={need: dict(facet.counts) for need, facet in facets.needs.items()},
        needs_exact=all(facet.exact for facet in facets.needs.values()),
        extras={name: dict(counts) for name, counts in facets.extras.items()},
    )
