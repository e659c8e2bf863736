"""Looking around: the catalogue, one automation, a basket."""

from koda import __version__
from koda.domain.model.basket import check_basket
from koda.domain.model.errors import (
    DuplicateLine,
    EmptyBasket,
    InvalidForm,
    InvalidValue,
    NotFound,
    TooManyLines,
)
from koda.domain.search.answers import Catalogue
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.problems import with_cursor, written
from koda.entrypoints.web.api.schemas.automations import (
    AutomationViewAnswer,
    automation_view_answer,
)
from koda.entrypoints.web.api.schemas.buying import BasketAnswer, BasketBody, basket_answer
from koda.entrypoints.web.api.schemas.catalogue import (
    CatalogueAnswer,
    CatalogueQuery,
    catalogue_answer,
)
from koda.entrypoints.web.api.schemas.common import Nothing
from koda.entrypoints.web.api.schemas.suggestions import (
    SuggestionQuery,
    SuggestionsAnswer,
    suggestions_answer,
)
from koda.entrypoints.web.language import language


def browse(call: Call[CatalogueQuery, Nothing]) -> bytes:
    """Answer a page of the catalogue, as it was written when somebody asked for it first."""

    def write(catalogue: Catalogue) -> bytes:
        answer = catalogue_answer(catalogue, call.preview, call.query.q)
        return written(with_cursor(answer, call.cursors))

    form = f"api {__version__} {language().tag} {call.preview.pattern}"
    return call.use_cases.present_catalogue(call.query.search(), form, write, call.admit)


def suggest(call: Call[SuggestionQuery, Nothing]) -> SuggestionsAnswer:
    """Answer what somebody may look for who typed so much."""
    return suggestions_answer(call.use_cases.suggest_searches(call.query.q))


def view(call: Call[Nothing, Nothing]) -> AutomationViewAnswer:
    """Answer one automation."""
    seen = call.use_cases.view_automation(call.visitor, call.automation_id)
    return automation_view_answer(seen, call.preview)


def check(call: Call[Nothing, BasketBody]) -> BasketAnswer:
    """Answer what a basket holds, if an order could be made of it at all."""
    ids = call.body.ids()
    check_basket(ids, call.policy.order_lines)
    return basket_answer(call.use_cases.view_basket(call.visitor, ids))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="browse_catalogue",
        method="GET",
        path="/automations",
        subject="Catalogue",
        summary="Look for automations",
        access=Access.PUBLIC,
        query=CatalogueQuery,
        body=Nothing,
        answer=CatalogueAnswer,
        handle=browse,
        errors=(InvalidForm,),
        limit="search",
        counts_itself=True,
    ),
    Operation(
        name="suggest_searches",
        method="GET",
        path="/suggestions",
        subject="Catalogue",
        summary="Suggest what to look for while somebody types",
        access=Access.PUBLIC,
        query=SuggestionQuery,
        body=Nothing,
        answer=SuggestionsAnswer,
        handle=suggest,
        errors=(InvalidForm,),
        limit="suggest",
        max_age=60,
    ),
    Operation(
        name="view_automation",
        method="GET",
        path="/automations/{automation_id}",
        subject="Catalogue",
        summary="Look at one automation with its releases",
        access=Access.OPTIONAL,
        query=Nothing,
        body=Nothing,
        answer=AutomationViewAnswer,
        handle=view,
        errors=(NotFound,),
    ),
    Operation(
        name="check_basket",
        method="POST",
        path="/basket",
        subject="Buying",
        summary="See what a basket costs and what stands in the way of buying it",
        access=Access.OPTIONAL,
        query=Nothing,
        body=BasketBody,
        answer=BasketAnswer,
        handle=check,
        errors=(InvalidValue, EmptyBasket, DuplicateLine, TooManyLines),
    ),
)
