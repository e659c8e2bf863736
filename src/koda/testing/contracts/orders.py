"""What every adapter of `Orders` does."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import AlreadyExists, Conflict, NotFound, StaleWrite
from koda.domain.model.identifiers import OrderId, PaymentId, SessionId, UserId
from koda.domain.model.orders import CheckoutSession, Order, OrderState
from koda.ports.orders import Orders
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    explore,
    only_winner,
)
from koda.testing.examples import NOON, a_line, an_order
from koda.testing.strategies import NASTY, ids, orders

Make = Callable[[], Orders]

BEA = UserId("user_bea")
BASKET = an_order().basket


def a_checkout(session_id: str = "cs_1") -> CheckoutSession:
    """A session that is open for an hour."""
    address = f"https://pay.example/{session_id}"
    return CheckoutSession(SessionId(session_id), address, NOON + timedelta(hours=1))


def filled(store: Orders, *orders: Order) -> Orders:
    """The store with some orders in it."""
    for order in orders:
        store.add(order)
    return store


class OrdersContract:
    """Subclass it and override the fixture `make`: each call gives a new, empty adapter."""

    @EXAMPLES
    @given(order=orders())
    def test_what_is_added_is_read_back(self, make: Make, order: Order) -> None:
        """Every line, amount, text and time comes back as it was."""
        assert_same(order, filled(make(), order).get(order.id))

    @EXAMPLES
    @given(before=orders(), after=orders())
    def test_what_is_saved_is_read_back(self, make: Make, before: Order, after: Order) -> None:
        """A save replaces every value."""
        store = filled(make(), before)
        kept = store.save(evolve(after, id=before.id))

        assert_same(evolve(after, id=before.id, revision=1), kept)
        assert_same(kept, store.get(before.id))

    @EXAMPLES
    @given(order=orders())
    def test_an_order_is_found_by_what_it_has(self, make: Make, order: Order) -> None:
        """By its session and request key in any state, by its basket while it is open."""
        store = filled(make(), order)

        is_open = order.state is OrderState.OPEN
        found = store.find_open(order.buyer_id, order.basket)
        assert found == (order if is_open else None)
        if order.checkout:
            assert store.find_by_checkout(order.checkout.id) == order
        if order.request_key:
            assert store.find_by_request(order.buyer_id, order.request_key) == order

    @pytest.mark.parametrize("identity", NOWHERE)
    def test_unknown_is_not_found(self, make: Make, identity: str) -> None:
        """An order has no session and no request key until it is given one."""
        store = filled(make(), an_order())

        with pytest.raises(NotFound):
            store.get(OrderId(identity))
        assert store.find_by_checkout(SessionId(identity)) is None
        assert store.find_by_request(BEA, identity) is None
        assert store.find_open(BEA, identity) is None

    def test_nothing_is_found_for_another_buyer(self, make: Make) -> None:
        """Baskets and request keys are each buyer's own."""
        store = filled(make(), an_order(request_key="key"))

        assert store.find_open(UserId("user_eve"), BASKET) is None
        assert store.find_by_request(UserId("user_eve"), "key") is None

    def test_an_open_order_is_found_until_it_is_closed(self, make: Make) -> None:
        """Then the same basket may be ordered again."""
        store = filled(make(), an_order())

        assert store.find_open(BEA, BASKET) == an_order()
        store.save(an_order().close(OrderState.EXPIRED))
        assert store.find_open(BEA, BASKET) is None
        store.add(an_order("ord_2"))
        assert store.find_open(BEA, BASKET) == an_order("ord_2")

    def test_open_orders_of_a_buyer_come_newest_first(self, make: Make) -> None:
        """At most so many; none that is paid or closed, and nobody else's."""
        store = make()
        for number in range(1, 5):
            made_at = NOON + timedelta(minutes=number // 2)
            store.add(an_order(f"ord_{number}", created_at=made_at, lines=(a_line(number),)))
        store.add(an_order("ord_eve", buyer_id=UserId("user_eve")))
        store.add(an_order("ord_failed", state=OrderState.FAILED))
        paid = store.get(OrderId("ord_4"))
        store.save(paid.pay(PaymentId("pi_1"), NOON))

        assert [order.id for order in store.open_of(BEA, 9)] == ["ord_3", "ord_2", "ord_1"]
        assert [order.id for order in store.open_of(BEA, 2)] == ["ord_3", "ord_2"]
        assert store.open_of(UserId("user_nobody"), 9) == ()

    def test_a_saved_session_finds_its_order(self, make: Make) -> None:
        """Whatever state the order comes to."""
        store = filled(make(), an_order())
        kept = store.save(an_order().offered(a_checkout()))

        assert store.find_by_checkout(SessionId("cs_1")) == kept
        paid = store.save(kept.settle(PaymentId("pay_1"), NOON))
        assert store.find_by_checkout(SessionId("cs_1")) == paid

    def test_adding_twice_raises_already_exists(self, make: Make) -> None:
        """The first one stays."""
        store = filled(make(), an_order())

        with pytest.raises(AlreadyExists):
            store.add(an_order(buyer_id=UserId("user_eve")))
        assert store.get(OrderId("ord_1")) == an_order()

    def test_a_buyer_has_one_open_order_of_a_basket(self, make: Make) -> None:
        """The order of the lines does not matter, the buyer does."""
        one, two = a_line(1), a_line(2)
        store = filled(make(), an_order(lines=(one, two)))
        turned = (evolve(two, number=1), evolve(one, number=2))

        with pytest.raises(AlreadyExists):
            store.add(an_order("ord_2", lines=turned))
        filled(store, an_order("ord_3", lines=(one,)))
        filled(store, an_order("ord_4", lines=turned, buyer_id=UserId("user_eve")))
        with pytest.raises(NotFound):
            store.get(OrderId("ord_2"))

    def test_a_buyer_uses_a_request_key_once(self, make: Make) -> None:
        """Even when the first order is closed, and whatever the basket."""
        closed = an_order(request_key="key").close(OrderState.FAILED)
        store = filled(make(), closed)
        again = an_order("ord_2", request_key="key", lines=(a_line(2),))

        with pytest.raises(AlreadyExists):
            store.add(again)
        assert store.find_by_request(BEA, "key") == closed
        filled(store, evolve(again, buyer_id=UserId("user_eve")))

    @pytest.mark.parametrize("text", NASTY)
    def test_request_keys_are_compared_as_they_are(self, make: Make, text: str) -> None:
        """Nothing is folded, trimmed or read as a pattern."""
        store = filled(make(), an_order(request_key=text))

        assert store.find_by_request(BEA, text) == an_order(request_key=text)
        for other in (text.swapcase() + " ", text + " ", "%", text[:-1] + "_", text.casefold() * 2):
            assert store.find_by_request(BEA, other) is None

    def test_saving_cannot_open_a_second_order_of_a_basket(self, make: Make) -> None:
        """It is a conflict, and nothing changes."""
        closed = an_order().close(OrderState.EXPIRED)
        store = filled(make(), closed, an_order("ord_2"))

        with pytest.raises(Conflict):
            store.save(evolve(closed, state=OrderState.OPEN))
        assert_same(closed, store.get(OrderId("ord_1")))
        assert store.find_open(BEA, BASKET) == an_order("ord_2")

    def test_stale_save_raises_and_changes_nothing(self, make: Make) -> None:
        """Who read before somebody saved must read again."""
        store = filled(make(), an_order())
        kept = store.save(an_order().close(OrderState.EXPIRED))

        for revision in (0, 2):
            with pytest.raises(StaleWrite):
                store.save(an_order(revision=revision).offered(a_checkout()))
        assert_same(kept, store.get(kept.id))
        assert store.find_by_checkout(SessionId("cs_1")) is None

    def test_saving_the_unknown_raises_and_keeps_nothing(self, make: Make) -> None:
        """A save never adds."""
        store = make()

        with pytest.raises(StaleWrite):
            store.save(an_order())
        assert store.find_open(BEA, BASKET) is None

    @pytest.mark.parametrize("request_key", [None, "key"])
    def test_of_many_ordering_at_once_one_wins(self, make: Make, request_key: str | None) -> None:
        """A buyer who clicks ten times has one order."""
        store = make()
        wanted = [an_order(f"ord_{number}", request_key=request_key) for number in range(10)]
        results = at_once(partial(store.add, one) for one in wanted)

        only_winner(results, AlreadyExists)
        assert store.find_open(BEA, BASKET) == wanted[results.index(None)]

    def test_of_many_using_a_request_key_at_once_one_wins(self, make: Make) -> None:
        """Whatever their baskets are."""
        store = make()
        wanted = [
            an_order(f"ord_{number}", request_key="key", lines=(a_line(number),))
            for number in range(1, 9)
        ]
        results = at_once(partial(store.add, one) for one in wanted)

        only_winner(results, AlreadyExists)
        assert store.find_by_request(BEA, "key") == wanted[results.index(None)]

    def test_of_many_saving_at_once_one_wins(self, make: Make) -> None:
        """The others are told that they are stale."""
        store = filled(make(), an_order())
        for revision in range(5):
            nexts = [
                an_order(revision=revision, checkout=a_checkout(f"cs_{revision}_{number}"))
                for number in range(8)
            ]
            kept = only_winner(at_once(partial(store.save, one) for one in nexts), StaleWrite)
            assert kept == store.get(kept.id)

    def test_unpaid_orders_come_oldest_first_then_by_id(self, make: Make) -> None:
        """In any state but paid; what was made at that very time does not come."""
        store = make()
        hours = {"ord_c": 1, "ord_b": 1, "ord_a": 2, "ord_late": 3}
        for number, (order_id, hour) in enumerate(hours.items(), 1):
            made_at = NOON + timedelta(hours=hour)
            store.add(an_order(order_id, created_at=made_at, lines=(a_line(number),)))
        for state in (OrderState.EXPIRED, OrderState.FAILED, OrderState.PAID):
            store.add(an_order(f"ord_{state}", state=state))

        found = [order.id for order in store.unpaid(NOON + timedelta(hours=3))]

        assert found == ["ord_expired", "ord_failed", "ord_b", "ord_c", "ord_a"]
        assert [order.id for order in store.unpaid(NOON)] == []

    def test_what_is_dropped_or_added_meanwhile_hides_no_other(self, make: Make) -> None:
        """Of more than are read at once, each that stays comes once."""
        store = make()
        times = [NOON + timedelta(seconds=number // 3) for number in range(250)]
        for number, made_at in enumerate(times):
            store.add(an_order(f"ord_{number:03}", created_at=made_at, state=OrderState.FAILED))
        seen = []
        for order in store.unpaid(NOON + timedelta(hours=1)):
            seen.append(order.id)
            if len(seen) % 2:
                store.drop(order)

        assert seen == [f"ord_{number:03}" for number in range(250)]
        assert len(list(store.unpaid(NOON + timedelta(hours=1)))) == 125

    def test_a_dropped_order_is_gone(self, make: Make) -> None:
        """With all by which it was found, so that others may have it."""
        store = make()
        order = an_order(checkout=a_checkout(), request_key="key")
        store.add(order)
        store.drop(order)

        with pytest.raises(NotFound):
            store.get(order.id)
        assert store.find_by_checkout(SessionId("cs_1")) is None
        assert store.find_open(BEA, BASKET) is None
        with pytest.raises(StaleWrite):
            store.drop(order)
        store.add(order)
        assert store.find_by_request(BEA, "key") == order

    def test_a_paid_or_changed_order_is_never_dropped(self, make: Make) -> None:
        """Whoever would drop it is told to look again."""
        store = make()
        order = an_order()
        store.add(order)
        paid = store.save(order.pay(PaymentId("pi_1"), NOON))

        for stale in (order, paid):
            with pytest.raises(StaleWrite):
                store.drop(stale)
        assert store.get(order.id) == paid

    def test_of_dropping_and_paying_at_once_one_wins(self, make: Make) -> None:
        """The other one is told."""
        for number in range(5):
            store, order = make(), an_order(f"ord_{number}")
            store.add(order)
            paid = order.pay(PaymentId("pi_1"), NOON)
            steps: list[Callable[[], object]] = [
                partial(store.drop, order),
                partial(store.save, paid),
            ]
            results = at_once(steps)

            assert sum(isinstance(result, StaleWrite) for result in results) == 1
            left = list(store.unpaid(NOON + timedelta(days=1)))
            assert left == []

    def test_behaves_like_a_dictionary(self, make: Make) -> None:
        """Any history of adding, saving and finding agrees with a plain dictionary."""
        explore(lambda: OrdersMachine(make()))


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
            (one.state is OrderState.OPEN is order.state and one.basket == order.basket)
            or (one.request_key is not None and one.request_key == order.request_key)
            for one in self.kept.values()
            if one.id != order.id and one.buyer_id == order.buyer_id
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
        order = an_order(order_id, buyer_id=UserId(buyer), lines=lines, request_key=key)
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
        kept = self.kept.get(base.id)
        if kept is None or kept.revision != base.revision or self.clashes(wanted):
            with pytest.raises(Conflict):
                self.store.save(wanted)
            return base
        self.kept[base.id] = evolve(wanted, revision=base.revision + 1)
        assert_same(self.kept[base.id], self.store.save(wanted))
        return self.kept[base.id]

    @rule(base=seen)
    def drop(self, base: Order) -> None:
        """Drop one as it was seen, which is refused if it is stale or paid."""
        kept = self.kept.get(base.id)
        if kept is None or kept.revision != base.revision or kept.state is OrderState.PAID:
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
    def every_order_is_found(self) -> None:
        """By id, session and request key; by basket only while it is open."""
        for order in self.kept.values():
            assert self.store.get(order.id) == order
            if order.checkout:
                assert self.store.find_by_checkout(order.checkout.id) == order
            if order.request_key:
                assert self.store.find_by_request(order.buyer_id, order.request_key) == order

    @rule(buyer=ids("user", 2), line=st.integers(1, 2))
    def find_open(self, buyer: str, line: int) -> None:
        """Find the open order of a basket."""
        basket = an_order(lines=(evolve(a_line(line), number=1),)).basket
        fitting = [
            one
            for one in self.kept.values()
            if (one.buyer_id, one.basket, one.state) == (buyer, basket, OrderState.OPEN)
        ]
        assert self.store.find_open(UserId(buyer), basket) == next(iter(fitting), None)
