"""Orders beside a dictionary of what they should hold."""

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import AlreadyExists, Conflict, StaleWrite
from koda.domain.model.identifiers import UserId
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order, OrderState
from koda.ports.orders import Orders
from koda.testing.contracts.orders_lists import a_checkout
from koda.testing.contracts.running import (
    assert_same,
)
from koda.testing.examples import NOON, a_line, an_order, asked
from koda.testing.strategies import ids


class OrdersMachine(RuleBasedStateMachine):
    """Orders beside a dictionary of what they should hold."""

    seen: Bundle[Order] = Bundle("seen")

    def __init__(self, store: Orders) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Order] = {}

    def clashes(self, order: Order) -> bool:
        """Whether another order has what must be one order's own."""
        return any(
            (other.state is OrderState.OPEN is order.state and other.basket == order.basket)
            or {request.key for request in other.requests}
            & {request.key for request in order.requests}
            for other in self.kept.values()
            if other.id != order.id and other.buyer_id == order.buyer_id
        )

    @rule(
        target=seen,
        order_id=ids("ord", 5),
        buyer=ids("user", 2),
        line=st.integers(1, 2),
        key=st.none() | ids("key", 2),
    )
    def add(self, order_id: str, buyer: str, line: int, key: str | None) -> Order:
        """Add one, which is refused if the id, the open basket or the request key is taken."""
        lines = (evolve(a_line(line), number=1),)
        order = an_order(
            order_id, buyer_id=UserId(buyer), lines=lines, requests=asked(*filter(None, [key]))
        )
        if order_id in self.kept or self.clashes(order):
            with pytest.raises(AlreadyExists):
                self.store.add(order)
        else:
            self.store.add(order)
            self.kept[order_id] = order
        return order

    @rule(target=seen, base=seen, state=st.sampled_from(OrderState), offered=st.booleans())
    def save(self, base: Order, state: OrderState, *, offered: bool) -> Order:
        """Save a next state, which is refused if it is stale or opens a basket twice."""
        checkout = a_checkout(f"cs_{base.id}") if offered else base.checkout
        wanted = evolve(base, state=state, checkout=checkout)
        current = self.kept.get(base.id)
        if current is None or current.revision != base.revision or self.clashes(wanted):
            with pytest.raises(Conflict):
                self.store.save(wanted)
            return base
        self.kept[base.id] = evolve(wanted, revision=base.revision + 1)
        assert_same(self.kept[base.id], self.store.save(wanted))
        return self.kept[base.id]

    @rule(base=seen)
    def drop(self, base: Order) -> None:
        """Drop one as it was seen, which is refused if it is stale or paid."""
        current = self.kept.get(base.id)
        if current is None or current.revision != base.revision or current.state is OrderState.PAID:
            with pytest.raises(StaleWrite):
                self.store.drop(base)
        else:
            self.store.drop(base)
            del self.kept[base.id]

    @invariant()
    def what_is_not_paid_is_listed(self) -> None:
        """Those that exist, and no others."""
        unpaid = [order for order in self.kept.values() if order.state is not OrderState.PAID]
        unpaid.sort(key=lambda order: (order.created_at, order.id))
        assert list(self.store.unpaid(NOON + timedelta(days=1))) == unpaid

    @invariant()
    def what_is_under_way_is_listed(self) -> None:
        """Those that are open, and those paid and not settled."""
        states = {OrderState.OPEN, OrderState.PAID}
        under_way = [
            order
            for order in self.kept.values()
            if order.state in states and order.settled_at is None
        ]
        under_way.sort(key=lambda order: (order.created_at, order.id))
        assert list(self.store.under_way(NOON + timedelta(days=1))) == under_way

    @invariant()
    def every_order_is_listed_in_its_state(self) -> None:
        """With those of its buyer, and with all."""
        listed = {state: self.listed(OrderQuery.of(OrderList(state))) for state in OrderState}
        for state, orders in listed.items():
            assert orders == {order for order in self.kept.values() if order.state is state}
        assert self.listed(OrderQuery.of(OrderList.ALL)) == set(self.kept.values())
        for buyer in {order.buyer_id for order in self.kept.values()}:
            own = {order for order in self.kept.values() if order.buyer_id == buyer}
            assert self.listed(OrderQuery.of(OrderList.ALL, buyer)) == own

    @invariant()
    def what_is_open_is_found_by_what_it_is_about(self) -> None:
        """Those that are open, and no others."""
        for subject in {subject for order in self.kept.values() for subject in order.subjects}:
            about = [
                order.id
                for order in self.kept.values()
                if order.state is OrderState.OPEN and subject in order.subjects
            ]
            assert sorted(order.id for order in self.store.open_about(subject)) == sorted(about)

    @invariant()
    def every_order_is_found(self) -> None:
        """By id, session and request key; by basket only while it is open."""
        for order in self.kept.values():
            assert self.store.get(order.id) == order
            if order.checkout:
                assert self.store.find_by_checkout(order.checkout.id) == order
            for request in order.requests:
                assert self.store.find_by_request(order.buyer_id, request.key) == order

    def listed(self, query: OrderQuery) -> set[Order]:
        """Everything in a list; there are few."""
        return set(self.store.listed(query, 50).items)

    @rule(buyer=ids("user", 2), line=st.integers(1, 2))
    def find_open(self, buyer: str, line: int) -> None:
        """Find the open order of a basket."""
        basket = an_order(lines=(evolve(a_line(line), number=1),)).basket
        fitting = [
            order
            for order in self.kept.values()
            if (order.buyer_id, order.basket, order.state) == (buyer, basket, OrderState.OPEN)
        ]
        assert self.store.find_open(UserId(buyer), basket) == next(iter(fitting), None)
