"""What buyers are told of all their orders."""

from msgspec import Struct

from koda.domain.model.orders import OrderState
from koda.domain.model.paging import ListPage
from koda.domain.model.purchases import PurchaseState
from koda.domain.usecases.buying.view_own_orders import OwnOrder
from koda.entrypoints.web.api.schemas.common import (
    Amount,
    Moment,
    NextCursor,
    amount_of,
    moment_of,
    moment_or_none,
)


class OrderedItem(Struct, frozen=True, kw_only=True):
    """A line of an order in a list; `state` is that of its purchase, null while there is none."""

    automation_id: str
    title: str
    price: Amount
    state: PurchaseState | None


class OrderListed(Struct, frozen=True, kw_only=True):
    """An order in a list; `refunded` is what the buyer got back of its lines, or gets."""

    order_id: str
    state: OrderState
    lines: tuple[OrderedItem, ...]
    total: Amount
    refunded: Amount
    created_at: Moment
    paid_at: Moment | None


class OrdersAnswer(Struct, frozen=True, kw_only=True):
    """A page of orders, by when they were paid, or else made; latest first."""

    items: tuple[OrderListed, ...]
    next_cursor: NextCursor


def orders_answer(page: ListPage[OwnOrder]) -> OrdersAnswer:
    """Present a page of the caller's orders."""
    items = tuple(_order_listed(own) for own in page.items)
    return OrdersAnswer(items=items, next_cursor=page.next_cursor)


def _order_listed(own: OwnOrder) -> OrderListed:
    order = own.order
    return OrderListed(
        order_id=order.id,
        state=order.state,
        lines=tuple(
            OrderedItem(
                automation_id=line.automation_id,
                title=line.title,
                price=amount_of(line.price),
                state=own.states.get(line.number),
            )
            for line in order.lines
        ),
        total=amount_of(order.total),
        refunded=amount_of(own.refunded),
        created_at=moment_of(order.created_at),
        paid_at=moment_or_none(order.paid_at),
    )
