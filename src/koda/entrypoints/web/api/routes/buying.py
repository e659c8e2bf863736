"""Paying, and what was paid for."""

from koda.domain.model.errors import (
    AlreadyOwned,
    AutomationSuspended,
    DuplicateLine,
    EmptyBasket,
    InvalidValue,
    NotBought,
    NotForSale,
    NotFound,
    OrderInProgress,
    OwnAutomation,
    PaymentMismatch,
    PaymentRefused,
    PriceChanged,
    PurchaseDisputed,
    PurchaseRefunded,
    PurchaseRevoked,
    RequestKeyReused,
    SellerNotReady,
    TooManyLines,
)
from koda.domain.model.identifiers import OrderId
from koda.domain.model.versions import Version
from koda.entrypoints.web.api.operations import Access, AnyOperation, Call, Operation
from koda.entrypoints.web.api.schemas.buying import (
    CheckoutAnswer,
    CheckoutBody,
    DownloadAnswer,
    DownloadBody,
    LibraryAnswer,
    OrderAnswer,
    checkout_answer,
    download_answer,
    library_answer,
    order_answer,
)
from koda.entrypoints.web.api.schemas.common import Nothing, PageQuery, given
from koda.entrypoints.web.api.schemas.orders import OrdersAnswer, orders_answer


def check_out(call: Call[Nothing, CheckoutBody]) -> CheckoutAnswer:
    """Answer where a basket is paid."""
    request = call.body.request(call.request_key)
    return checkout_answer(call.use_cases.checkout(call.principal, request))


def view_order(call: Call[Nothing, Nothing]) -> OrderAnswer:
    """Answer where an order stands."""
    order_id = OrderId(call.path["order_id"])
    return order_answer(call.use_cases.view_order(call.principal, order_id))


def list_orders(call: Call[PageQuery, Nothing]) -> OrdersAnswer:
    """Answer a page of the caller's orders."""
    cursor, limit = given(call.query.cursor), given(call.query.limit)
    return orders_answer(call.use_cases.view_own_orders(call.principal, cursor, limit))


def view_library(call: Call[PageQuery, Nothing]) -> LibraryAnswer:
    """Answer a page of the caller's purchases."""
    cursor, limit = given(call.query.cursor), given(call.query.limit)
    return library_answer(call.use_cases.view_library(call.principal, cursor, limit))


def download(call: Call[Nothing, DownloadBody]) -> DownloadAnswer:
    """Answer a fresh link to the file."""
    asked = given(call.body.version)
    version = None if asked is None else Version.parse(asked)
    link = call.use_cases.authorize_download(call.principal, call.automation_id, version)
    return download_answer(link)


OPERATIONS: tuple[AnyOperation, ...] = (
    Operation(
        name="checkout",
        method="POST",
        path="/checkout",
        subject="Buying",
        summary="Get the page where a basket is paid",
        access=Access.REQUIRED,
        query=Nothing,
        body=CheckoutBody,
        answer=CheckoutAnswer,
        handle=check_out,
        status=201,
        errors=(
            InvalidValue,
            EmptyBasket,
            DuplicateLine,
            TooManyLines,
            NotFound,
            OwnAutomation,
            AlreadyOwned,
            NotForSale,
            SellerNotReady,
            PriceChanged,
            OrderInProgress,
            RequestKeyReused,
            PaymentRefused,
        ),
        limit="checkout",
        keyed=True,
    ),
    Operation(
        name="list_orders",
        method="GET",
        path="/orders",
        subject="Buying",
        summary="List one's own orders, latest first",
        access=Access.REQUIRED,
        query=PageQuery,
        body=Nothing,
        answer=OrdersAnswer,
        handle=list_orders,
        errors=(InvalidValue,),
    ),
    Operation(
        name="view_order",
        method="GET",
        path="/orders/{order_id}",
        subject="Buying",
        summary="See where one's own order stands",
        access=Access.REQUIRED,
        query=Nothing,
        body=Nothing,
        answer=OrderAnswer,
        handle=view_order,
        errors=(NotFound, PaymentMismatch),
    ),
    Operation(
        name="view_library",
        method="GET",
        path="/library",
        subject="Buying",
        summary="List one's own purchases, newest first",
        access=Access.REQUIRED,
        query=PageQuery,
        body=Nothing,
        answer=LibraryAnswer,
        handle=view_library,
        errors=(InvalidValue,),
    ),
    Operation(
        name="download",
        method="POST",
        path="/library/{automation_id}/download",
        subject="Buying",
        summary="Get a link that downloads a bought file, or one's own",
        access=Access.REQUIRED,
        query=Nothing,
        body=DownloadBody,
        answer=DownloadAnswer,
        handle=download,
        errors=(
            InvalidValue,
            NotFound,
            NotBought,
            PurchaseRefunded,
            PurchaseDisputed,
            PurchaseRevoked,
            AutomationSuspended,
        ),
        limit="download",
        body_optional=True,
    ),
)
