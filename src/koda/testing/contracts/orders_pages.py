"""How every adapter of `Orders` lists them for people, page by page."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import OrderId, PaymentId, UserId
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.order_requests import asking, closing
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.requested_refunds import RequestedRefund, RequestState
from koda.domain.model.settlements import NOT_BEGUN, HeldShare, Settlement
from koda.ports.orders import Orders
from koda.testing.contracts.running import NOWHERE, walk
from koda.testing.examples import NOON, a_line, a_refund, an_order

_Make = Callable[[], Orders]

_ADA = UserId("user_ada")
_BUYERS = UserId("user_bea"), UserId("user_cyd")
_HELD = Settlement(held=(HeldShare(_ADA, (1,), a_line(1).net, HoldReason.ACCOUNT, 1),))
_TWICE = Settlement(doubles=(1,))
_SETTLEMENTS = {OrderList.ALL: NOT_BEGUN, OrderList.HOLDING: _HELD, OrderList.DOUBLED: _TWICE}
_LATER = NOON + timedelta(hours=2)


def _paid(number: int, settlement: Settlement) -> Order:
    """Made at noon, and paid some hours later."""
    order = an_order(f"ord_paid_{number}", buyer_id=_BUYERS[number % 2])
    at = NOON + timedelta(hours=number // 3)
    return order.pay(PaymentId(f"pi_{number}"), at, settlement).state


def _many() -> list[Order]:
    """Of two buyers, in every state; of those paid some hold money, some were paid twice."""
    unpaid = [
        an_order(
            f"ord_{state}",
            state=state,
            buyer_id=_BUYERS[0],
            created_at=NOON + timedelta(hours=number),
        )
        for number, state in enumerate(OrderState)
        if state is not OrderState.PAID
    ]
    settlements = [*_SETTLEMENTS.values()] * 3
    return unpaid + [_paid(number, made) for number, made in enumerate(settlements)]


def _is_in(order: Order, which: OrderList) -> bool:
    """Whether it belongs there, told by the order alone."""
    match which:
        case OrderList.ALL:
            return True
        case OrderList.UNSETTLED:
            return order.state is OrderState.PAID and order.settled_at is None
        case OrderList.HOLDING:
            return order.settlement == _HELD
        case OrderList.DOUBLED:
            return order.settlement == _TWICE
        case state:
            return order.state.value == state.value


def _latest_first(orders: list[Order]) -> list[str]:
    placed = sorted(((order.paid_at or order.created_at), order.id) for order in orders)
    return [order_id for _, order_id in reversed(placed)]


def _ids(store: Orders, query: OrderQuery, limit: int = 50) -> list[str]:
    return [order.id for order in walk(partial(store.listed, query, limit), limit)]


class OrderPagesContract:
    """The part of the suite for `Orders` that is about lists for people."""

    @pytest.mark.parametrize("limit", [1, 5, 20])
    @pytest.mark.parametrize("which", OrderList)
    def test_orders_are_listed_latest_first_page_by_page(
        self, make: _Make, which: OrderList, limit: int
    ) -> None:
        """All of them, and those in a state; of anybody, of a buyer, and of a time."""
        store, orders = make(), _many()
        for order in orders:
            store.add(order)
        fitting = [order for order in orders if _is_in(order, which)]
        own = [order for order in fitting if order.buyer_id == _BUYERS[0]]
        since, until = NOON + timedelta(hours=1), _LATER
        dated = [order for order in fitting if since <= (order.paid_at or order.created_at) < until]

        assert _ids(store, OrderQuery.of(which), limit) == _latest_first(fitting)
        assert _ids(store, OrderQuery.of(which, _BUYERS[0]), limit) == _latest_first(own)
        within = OrderQuery.of(which).between(since, until)
        assert _ids(store, within, limit) == _latest_first(dated)

    def test_an_order_is_found_by_its_payment(self, make: _Make) -> None:
        """And by the seller from whom it holds money, while it does."""
        store = make()
        for order in _many():
            store.add(order)
        holding = OrderQuery.holding_from(_ADA)

        assert _ids(store, OrderQuery.paid_by(PaymentId("pi_4"))) == ["ord_paid_4"]
        assert _ids(store, holding) == ["ord_paid_7", "ord_paid_4", "ord_paid_1"]
        assert _ids(store, OrderQuery.holding_from(_BUYERS[0])) == []
        held = store.get(OrderId("ord_paid_4"))
        store.save(held.pay(PaymentId("pi_4"), _LATER).state)
        assert _ids(store, holding) == ["ord_paid_7", "ord_paid_1"]

    def test_an_order_moves_to_the_lists_of_its_new_state(self, make: _Make) -> None:
        """And is in none once it is dropped."""
        store = make()
        for number in (1, 2):
            store.add(an_order(f"ord_{number}", lines=(a_line(number),)))
        first, second = (store.get(OrderId(f"ord_{number}")) for number in (1, 2))
        store.save(first.pay(PaymentId("pi_1"), _LATER).state)

        assert _ids(store, OrderQuery.of(OrderList.OPEN)) == ["ord_2"]
        assert _ids(store, OrderQuery.of(OrderList.ALL)) == ["ord_1", "ord_2"]
        store.drop(second)
        assert _ids(store, OrderQuery.of(OrderList.ALL)) == ["ord_1"]
        settled = store.get(OrderId("ord_1"))
        store.save(evolve(settled, settled_at=None))
        assert _ids(store, OrderQuery.of(OrderList.UNSETTLED)) == ["ord_1"]

    def test_an_order_is_listed_while_a_request_of_its_buyer_waits(self, make: _Make) -> None:
        """For its line's seller, until it is answered or nothing is left to refund."""
        store = make()
        store.add(_paid(0, NOT_BEGUN))
        asked = RequestedRefund(1, "It does not run.", NOON, _LATER)
        order = store.save(*asking(store.get(OrderId("ord_paid_0")), asked))
        mine, everybodys = OrderQuery.requested_from(_ADA), OrderQuery.of(OrderList.REQUESTED)

        assert _ids(store, mine) == _ids(store, everybodys) == [order.id]
        assert _ids(store, OrderQuery.requested_from(_BUYERS[0])) == []
        order = store.save(*order.with_refunds((a_refund(order.lines[0]),), NOON))
        assert _ids(store, mine) == _ids(store, everybodys) == []
        order = store.save(*order.with_refunds((), NOON))
        assert _ids(store, mine) == [order.id]
        store.save(*closing(order, asked, RequestState.WITHDRAWN, NOON))
        assert _ids(store, mine) == _ids(store, everybodys) == []

    @pytest.mark.parametrize("text", NOWHERE)
    def test_nothing_is_listed_of_the_unknown(self, make: _Make, text: str) -> None:
        """Whatever it looks like."""
        store = make()
        store.add(_paid(1, _HELD))

        for query in (
            OrderQuery.of(OrderList.ALL, UserId(text)),
            OrderQuery.holding_from(UserId(text)),
            OrderQuery.requested_from(UserId(text)),
            OrderQuery.paid_by(PaymentId(text)),
        ):
            assert store.listed(query, 5).items == ()
