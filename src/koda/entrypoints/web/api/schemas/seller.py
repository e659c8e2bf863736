"""What sellers are told about themselves and their sales."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.purchases import Purchase, PurchaseState, SalesDay
from koda.domain.model.sellers import Ready, Restricted, Seller, name_of
from koda.domain.usecases.selling.onboard_seller import Onboarding
from koda.domain.usecases.selling.view_sales import Sales
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    NextCursor,
    amount_of,
    moment_of,
    moment_or_none,
)
from koda.entrypoints.web.language import language


class SellerState(StrEnum):
    """Where a user stands as a seller."""

    NONE = "none"
    PENDING = "pending"
    READY = "ready"
    RESTRICTED = "restricted"


class SellerAnswer(Struct, frozen=True, kw_only=True):
    """A user's status as a seller.

    `none` before onboarding; `pending` waits for `requirements`, or for the payment provider if
    there are none; `ready` lists and sells, as long as `requirements` are met by the deadline;
    `restricted` says why, what is wanted and until when.
    """

    state: SellerState
    requirements: tuple[str, ...]
    reason: str | None
    deadline: Moment | None


class OnboardingBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the seller lives, or their company is: said at the first call, and kept."""

    country: Annotated[str, Meta(description="ISO 3166-1 alpha-2, such as DE.")] | UnsetType = UNSET


class OnboardingAnswer(Struct, frozen=True, kw_only=True):
    """A single-use link to the payment provider's onboarding, and the seller as known before."""

    url: str
    seller: SellerAnswer


class SaleItem(Struct, frozen=True, kw_only=True):
    """A sold line: refunded + fee + net = price.

    `refunded` is what the buyer, or their bank, has again. Only `active` and `disputed` ones count
    in the sums. What `goes_back` is no sale and being refunded: its fee and net are nobody's.
    """

    purchase_id: str
    order_id: str
    automation_id: str
    title: str
    version: str
    price: Amount
    refunded: Amount
    fee: Amount
    net: Amount
    state: PurchaseState
    goes_back: bool
    sold_at: Moment


class SalesDayItem(Struct, frozen=True, kw_only=True):
    """What was sold on one day (UTC), less what went back of it since."""

    day: date
    count: int
    gross: Amount
    fee: Amount
    net: Amount


class SalesTotals(Struct, frozen=True, kw_only=True):
    """The sums of all days."""

    count: int
    gross: Amount
    fee: Amount
    net: Amount


class SalesAnswer(Struct, frozen=True, kw_only=True):
    """A page of what was sold, newest first, with every day that had sales and their sums."""

    items: tuple[SaleItem, ...]
    next_cursor: NextCursor
    days: tuple[SalesDayItem, ...]
    totals: SalesTotals


def seller_answer(seller: Seller | None) -> SellerAnswer:
    """Present a seller, or somebody who is none yet."""
    status = seller.status if seller else None
    dated = status if isinstance(status, Ready | Restricted) else None
    return SellerAnswer(
        state=SellerState(name_of(status)) if status else SellerState.NONE,
        requirements=tuple(map(language().say, status.requirements)) if status else (),
        reason=language().say(status.reason) if isinstance(status, Restricted) else None,
        deadline=moment_or_none(dated.deadline) if dated else None,
    )


def onboarding_answer(onboarding: Onboarding) -> OnboardingAnswer:
    """Present the way to onboarding."""
    return OnboardingAnswer(url=onboarding.url, seller=seller_answer(onboarding.seller))


def sales_answer(sales: Sales) -> SalesAnswer:
    """Present what was sold."""
    return SalesAnswer(
        items=tuple(_sale_item(sale) for sale in sales.page.items),
        next_cursor=sales.page.next_cursor,
        days=tuple(_sales_day(day) for day in sales.days),
        totals=SalesTotals(
            count=sales.count,
            gross=amount_of(sales.gross),
            fee=amount_of(sales.fee),
            net=amount_of(sales.net),
        ),
    )


def _sale_item(purchase: Purchase) -> SaleItem:
    return SaleItem(
        purchase_id=purchase.id,
        order_id=purchase.order_id,
        automation_id=purchase.automation_id,
        title=purchase.title,
        version=str(purchase.version),
        price=amount_of(purchase.price),
        refunded=amount_of(purchase.returned.amount),
        fee=amount_of(purchase.remaining.fee),
        net=amount_of(purchase.remaining.net),
        state=purchase.state,
        goes_back=purchase.goes_back,
        sold_at=moment_of(purchase.bought_at),
    )


def _sales_day(day: SalesDay) -> SalesDayItem:
    return SalesDayItem(
        day=day.day,
        count=day.count,
        gross=amount_of(day.gross),
        fee=amount_of(day.fee),
        net=amount_of(day.net),
    )
