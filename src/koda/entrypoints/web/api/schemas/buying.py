"""What buyers send, and what they are told about baskets, orders and their library."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from koda.domain.model.automations import AutomationState
from koda.domain.model.basket import Basket, BasketLine
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import KodaError
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.paging import ListPage
from koda.domain.model.payments import PaymentState
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.uploads import DownloadLink
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.buying.record_purchase import Recorded
from koda.domain.usecases.buying.view_library import LibraryItem as Owned
from koda.entrypoints.web.api.schemas.common import (
    VERSION_FORM,
    Amount,
    Identifier,
    Moment,
    NextCursor,
    amount_of,
    moment_of,
    moment_or_none,
)
from koda.entrypoints.web.api.schemas.refunds import RefundRequestItem, latest_request
from koda.entrypoints.web.language import language


class BasketBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody is thinking of buying."""

    automation_ids: Annotated[
        tuple[Identifier, ...], Meta(extra_json_schema={"minItems": 1, "uniqueItems": True})
    ]

    def ids(self) -> tuple[AutomationId, ...]:
        """The automations in the domain's words."""
        return tuple(AutomationId(automation_id) for automation_id in self.automation_ids)


class CheckoutBody(BasketBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a buyer wants to pay for, and the total that they were shown.

    Prices come from the store; another total than the expected one is refused.
    """

    expected_total: Amount | UnsetType = UNSET

    def request(self, request_key: str | None) -> CheckoutRequest:
        """The same in the domain's words, under the client's own idempotency key."""
        expected = self.expected_total
        return CheckoutRequest(
            automation_ids=self.ids(),
            expected_total=None if isinstance(expected, UnsetType) else expected.money(),
            request_key=request_key,
        )


class DownloadBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which release; the newest one by default."""

    version: Annotated[str, VERSION_FORM] | UnsetType = UNSET


class Obstacle(Struct, frozen=True, kw_only=True):
    """Why a thing cannot be bought: the error that checkout would answer."""

    code: str
    detail: str


class BasketItem(Struct, frozen=True, kw_only=True):
    """One thing in the basket; without title and price where nobody may know of it."""

    automation_id: str
    title: str | None
    price: Amount | None
    problem: Obstacle | None


class BasketAnswer(Struct, frozen=True, kw_only=True):
    """A line for each thing, in order; `total` counts the lines without a problem."""

    lines: tuple[BasketItem, ...]
    total: Amount
    ready: bool


class CheckoutAnswer(Struct, frozen=True, kw_only=True):
    """The order and where it is paid; no `url` where there is nothing left to pay."""

    order_id: str
    state: OrderState
    total: Amount
    url: str | None
    expires_at: Moment | None


class OrderItem(Struct, frozen=True, kw_only=True):
    """A line of an order, frozen as it was sold; a `double` was bought already and is refunded.

    So is what is `undeliverable`: it was suspended before its payment was known. `number` counts
    from 1. `refunded` is what the buyer got back for it, or gets, and `refund_request` what they
    asked for last.
    """

    number: int
    automation_id: str
    title: str
    version: str
    seller_id: str
    price: Amount
    double: bool
    undeliverable: bool
    refunded: Amount
    refund_request: RefundRequestItem | None


class OrderAnswer(Struct, frozen=True, kw_only=True):
    """An order, where its money is, and the page where it is paid while it is open.

    `refunded` is what the buyer got back; null while some of it is under way.
    """

    order_id: str
    state: OrderState
    payment: PaymentState
    lines: tuple[OrderItem, ...]
    total: Amount
    refunded: Amount | None
    url: str | None
    expires_at: Moment | None
    created_at: Moment
    paid_at: Moment | None


class LibraryItem(Struct, frozen=True, kw_only=True):
    """A purchase; `version` is the newest that it gives. Only `active` ones download.

    `refunded` is what of the price the buyer, or their bank, has again.
    """

    purchase_id: str
    order_id: str
    automation_id: str
    automation_state: AutomationState
    title: str
    price: Amount
    refunded: Amount
    version: str
    versions: tuple[str, ...]
    state: PurchaseState
    bought_at: Moment


class LibraryAnswer(Struct, frozen=True, kw_only=True):
    """A page of purchases, newest first."""

    items: tuple[LibraryItem, ...]
    next_cursor: NextCursor


class DownloadAnswer(Struct, frozen=True, kw_only=True):
    """A link that opens the file, as an attachment of this name, for a few minutes."""

    url: str
    file_name: str
    expires_at: Moment


def basket_answer(basket: Basket) -> BasketAnswer:
    """Present a basket."""
    return BasketAnswer(
        lines=tuple(_basket_item(line) for line in basket.lines),
        total=amount_of(basket.total),
        ready=basket.ready,
    )


def _basket_item(line: BasketLine) -> BasketItem:
    known = line.automation if line.automation and line.automation.for_sale else None
    return BasketItem(
        automation_id=line.automation_id,
        title=known.listing.title if known else None,
        price=amount_of(known.listing.price) if known else None,
        problem=_obstacle(line.obstacle) if line.obstacle else None,
    )


def _obstacle(error: KodaError) -> Obstacle:
    return Obstacle(code=error.code, detail=language().of_error(error))


def checkout_answer(order: Order) -> CheckoutAnswer:
    """Present where an order is paid."""
    session = _session(order)
    return CheckoutAnswer(
        order_id=order.id,
        state=order.state,
        total=amount_of(order.total),
        url=session.url if session else None,
        expires_at=moment_of(session.expires_at) if session else None,
    )


def order_answer(recorded: Recorded) -> OrderAnswer:
    """Present an order to its buyer."""
    order = recorded.order
    session = _session(order) if recorded.payment is PaymentState.OPEN else None
    return OrderAnswer(
        order_id=order.id,
        state=order.state,
        payment=recorded.payment,
        lines=tuple(_order_item(line, order) for line in order.lines),
        total=amount_of(order.total),
        refunded=None if order.settlement.due else amount_of(order.refunded),
        url=session.url if session else None,
        expires_at=moment_of(session.expires_at) if session else None,
        created_at=moment_of(order.created_at),
        paid_at=moment_or_none(order.paid_at),
    )


def _session(order: Order) -> CheckoutSession | None:
    return order.checkout if order.state is OrderState.OPEN else None


def _order_item(line: OrderLine, order: Order) -> OrderItem:
    return OrderItem(
        number=line.number,
        automation_id=line.automation_id,
        title=line.title,
        version=str(line.version),
        seller_id=line.seller_id,
        price=amount_of(line.price),
        double=line.number in order.doubles,
        undeliverable=line.number in order.undeliverable,
        refunded=amount_of(order.settlement.refunded(order.currency, line.number)),
        refund_request=latest_request(order, line.number),
    )


def library_answer(page: ListPage[Owned]) -> LibraryAnswer:
    """Present a page of purchases."""
    items = tuple(_library_item(item) for item in page.items)
    return LibraryAnswer(items=items, next_cursor=page.next_cursor)


def _library_item(owned: Owned) -> LibraryItem:
    purchase, automation = owned.purchase, owned.automation
    return LibraryItem(
        purchase_id=purchase.id,
        order_id=purchase.order_id,
        automation_id=purchase.automation_id,
        automation_state=automation.state,
        title=purchase.title,
        price=amount_of(purchase.price),
        refunded=amount_of(purchase.returned.amount),
        version=str(automation.latest.version),
        versions=tuple(str(release.version) for release in reversed(automation.releases)),
        state=purchase.state,
        bought_at=moment_of(purchase.bought_at),
    )


def download_answer(link: DownloadLink) -> DownloadAnswer:
    """Present a download link."""
    return DownloadAnswer(
        url=link.url, file_name=link.file_name, expires_at=moment_of(link.expires_at)
    )
