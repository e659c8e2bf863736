"""Being a seller: the payout account, and what was sold."""

from koda.domain.model.errors import InvalidValue, NotFound, PaymentRefused
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.schemas.common import LinkAnswer, Nothing, PageQuery, given
from koda.entrypoints.web.api.schemas.seller import (
    OnboardingAnswer,
    OnboardingBody,
    SalesAnswer,
    SellerAnswer,
    onboarding_answer,
    sales_answer,
    seller_answer,
)


def onboard(call: Call[Nothing, OnboardingBody]) -> OnboardingAnswer:
    """Answer a fresh link to the provider's onboarding pages."""
    country = given(call.body.country)
    return onboarding_answer(call.use_cases.onboard_seller(call.principal, country))


def confirm(call: Call[Nothing, Nothing]) -> SellerAnswer:
    """Answer the seller as the provider describes them now."""
    return seller_answer(call.use_cases.confirm_onboarding(call.principal.user_id))


def view_seller(call: Call[Nothing, Nothing]) -> SellerAnswer:
    """Answer the caller's status as a seller."""
    return seller_answer(call.use_cases.view_seller(call.principal))


def open_dashboard(call: Call[Nothing, Nothing]) -> LinkAnswer:
    """Answer a fresh link to the seller's own pages at the provider."""
    return LinkAnswer(url=call.use_cases.open_dashboard(call.principal))


def view_sales(call: Call[PageQuery, Nothing]) -> SalesAnswer:
    """Answer a page of what was sold, with sums."""
    cursor, limit = given(call.query.cursor), given(call.query.limit)
    return sales_answer(call.use_cases.view_sales(call.principal, cursor, limit))


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="onboard_seller",
        method="POST",
        path="/seller/onboarding",
        subject="Seller",
        summary="Become a seller, or go on with it: a link to the payment provider's pages",
        access=Access.REQUIRED,
        query=Nothing,
        body=OnboardingBody,
        body_optional=True,
        answer=OnboardingAnswer,
        handle=onboard,
        errors=(InvalidValue, PaymentRefused),
        limit="onboarding",
    ),
    Operation(
        name="confirm_onboarding",
        method="POST",
        path="/seller/confirm",
        subject="Seller",
        summary="Ask the payment provider what one's account allows now",
        access=Access.REQUIRED,
        query=Nothing,
        body=Nothing,
        answer=SellerAnswer,
        handle=confirm,
        errors=(NotFound,),
        limit="onboarding",
    ),
    Operation(
        name="view_seller",
        method="GET",
        path="/seller",
        subject="Seller",
        summary="See one's status as a seller, with reasons",
        access=Access.REQUIRED,
        query=Nothing,
        body=Nothing,
        answer=SellerAnswer,
        handle=view_seller,
    ),
    Operation(
        name="open_dashboard",
        method="POST",
        path="/seller/dashboard",
        subject="Seller",
        summary="Get a link to one's balance and payouts at the payment provider",
        access=Access.REQUIRED,
        query=Nothing,
        body=Nothing,
        answer=LinkAnswer,
        handle=open_dashboard,
        errors=(NotFound, PaymentRefused),
        limit="onboarding",
    ),
    Operation(
        name="view_sales",
        method="GET",
        path="/sales",
        subject="Seller",
        summary="List what was sold, newest first, with every day and the sums",
        access=Access.REQUIRED,
        query=PageQuery,
        body=Nothing,
        answer=SalesAnswer,
        handle=view_sales,
        errors=(InvalidValue,),
    ),
)
