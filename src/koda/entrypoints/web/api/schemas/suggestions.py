"""Suggestions as clients ask for them and see them."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from koda.domain.search.catalogue import LONGEST_SEARCH
from koda.domain.search.suggestions import MOST_SUGGESTIONS, Suggestion, SuggestionKind
from koda.entrypoints.web.api.schemas.common import text_of
from koda.entrypoints.web.words import word


class SuggestionQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was typed so far."""

    q: Annotated[
        str,
        text_of(0, LONGEST_SEARCH),
        Meta(description="The last word may be the beginning of one."),
    ] = ""


class SuggestedItem(Struct, frozen=True, kw_only=True):
    """The title of a listing, or a tag, app, platform or category to filter the catalogue by.

    `label` is what people read, in the language of the answer.
    """

    kind: SuggestionKind
    text: str
    label: str
    count: Annotated[
        int | None, Meta(description="How many listings the filter leaves, if that is known.")
    ]
    automation_id: Annotated[str | None, Meta(description="The listing that has the title.")]


class SuggestionsAnswer(Struct, frozen=True, kw_only=True):
    """What is suggested: titles first, then tags, apps, platforms and categories."""

    items: Annotated[tuple[SuggestedItem, ...], Meta(max_length=MOST_SUGGESTIONS)]


def suggestions_answer(suggestions: Iterable[Suggestion]) -> SuggestionsAnswer:
    """Present suggestions."""
    return SuggestionsAnswer(
        items=tuple(
            SuggestedItem(
                kind=suggestion.kind,
                text=suggestion.text,
                label=_label(suggestion),
                count=suggestion.count,
                automation_id=suggestion.automation_id,
            )
            for suggestion in suggestions
        )
    )


def _label(suggestion: Suggestion) -> str:
    """Platforms and categories are words of the site, titles, tags and apps are others'."""
    own = suggestion.kind in {SuggestionKind.PLATFORM, SuggestionKind.CATEGORY}
    return word(suggestion.text) if own else suggestion.text
