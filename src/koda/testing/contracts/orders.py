"""What every adapter of `Orders` does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.errors import AlreadyExists, Conflict, NotFound, StaleWrite
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, PaymentId, UserId
from koda.domain.model.orders import Order, OrderState
from koda.ports.orders import Orders
from koda.testing.contracts.orders_lists import (
    BASKET,
    BEA,
    Make,
    OrderListsContract,
    a_checkout,
    filled,
)
from koda.testing.contracts.orders_machine import OrdersMachine
from koda.testing.contracts.orders_pages import OrderPagesContract
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    only_winner,
)
from koda.testing.examples import NOON, a_line, an_order, asked
from koda.testing.order_strategies import orders
from koda.testing.strategies import NASTY

Again = Callable[[Orders], Orders]


class OrdersContract(OrderListsContract, OrderPagesContract, DocumentContract[Orders]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Orders

    def machine(self, store: Orders) -> RuleBasedStateMachine:
        """Orders beside plain dictionaries."""
        return OrdersMachine(store)

    def write_two(self, store: Orders) -> Mapping[str, object]:
        """Of different ids."""
        entities = an_order().offered(a_checkout()), an_order("ord_2", lines=(a_line(2),))
        filled(store, *entities)
        return {entity.id: entity for entity in entities}

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
        saved = store.save(evolve(after, id=before.id))

        assert_same(evolve(after, id=before.id, revision=1), saved)
        assert_same(saved, store.get(before.id))

    @EXAMPLES
    @given(order=orders())
    def test_an_order_is_found_by_what_it_has(self, make: Make, order: Order) -> None:
        """By its session and request key in any state, by its basket while it is open."""
        store = filled(make(), order)

        is_open = order.state is OrderState.OPEN
        opened = store.find_open(order.buyer_id, order.basket)
        assert opened == (order if is_open else None)
        if order.checkout:
            assert store.find_by_checkout(order.checkout.id) == order
        for request in order.requests:
            assert store.find_by_request(order.buyer_id, request.key) == order

    @pytest.mark.parametrize("identity", NOWHERE)
    def test_unknown_is_not_found(self, make: Make, identity: str) -> None:
        """An order has no session and no request key until it is given one."""
        store = filled(make(), an_order())

        with pytest.raises(NotFound):
            store.get(OrderId(identity))
        assert store.find_by_checkout(CheckoutSessionId(identity)) is None
        assert store.find_by_request(BEA, identity) is None
        assert store.find_open(BEA, identity) is None

    def test_some_are_those_that_exist(self, make: Make) -> None:
        """Each once, in whatever state, whatever else is asked for."""
        store = make()
        kept = self.write_two(store)
        asked_for = map(OrderId, (*kept, *kept, *NOWHERE))

        assert_same(kept, dict(store.some(asked_for)))
        assert dict(store.some([])) == {}

    def test_nothing_is_found_for_another_buyer(self, make: Make) -> None:
        """Baskets and request keys are each buyer's own."""
        store = filled(make(), an_order(requests=asked("key")))

        assert store.find_open(UserId("user_eve"), BASKET) is None
        assert store.find_by_request(UserId("user_eve"), "key") is None

    def test_an_open_order_is_found_until_it_is_closed(self, make: Make) -> None:
        """Then the same basket may be ordered again."""
        store = filled(make(), an_order())

        assert store.find_open(BEA, BASKET) == an_order()
        store.save(*an_order().close(OrderState.EXPIRED, NOON))
        assert store.find_open(BEA, BASKET) is None
        store.add(an_order("ord_2"))
        assert store.find_open(BEA, BASKET) == an_order("ord_2")

    def test_a_saved_session_finds_its_order(self, make: Make) -> None:
        """Whatever state the order comes to."""
        store = filled(make(), an_order())
        offered = store.save(an_order().offered(a_checkout()))

        assert store.find_by_checkout(CheckoutSessionId("cs_1")) == offered
        paid = store.save(*offered.pay(PaymentId("pay_1"), NOON))
        assert store.find_by_checkout(CheckoutSessionId("cs_1")) == paid

    def test_adding_twice_raises_already_exists(self, make: Make) -> None:
        """The first one stays."""
        store = filled(make(), an_order())

        with pytest.raises(AlreadyExists):
            store.add(an_order(buyer_id=UserId("user_eve")))
        assert store.get(OrderId("ord_1")) == an_order()

    def test_a_buyer_has_one_open_order_of_a_basket(self, make: Make) -> None:
        """The order of the lines does not matter, the buyer does."""
        first, second = a_line(1), a_line(2)
        store = filled(make(), an_order(lines=(first, second)))
        turned = (evolve(second, number=1), evolve(first, number=2))

        with pytest.raises(AlreadyExists):
            store.add(an_order("ord_2", lines=turned))
        filled(store, an_order("ord_3", lines=(first,)))
        filled(store, an_order("ord_4", lines=turned, buyer_id=UserId("user_eve")))
        with pytest.raises(NotFound):
            store.get(OrderId("ord_2"))

    def test_a_buyer_uses_a_request_key_once(self, make: Make) -> None:
        """Even when the first order is closed, and whatever the basket."""
        closed = an_order(requests=asked("key")).close(OrderState.FAILED, NOON).state
        store = filled(make(), closed)
        again = an_order("ord_2", requests=asked("key"), lines=(a_line(2),))

        with pytest.raises(AlreadyExists):
            store.add(again)
        assert store.find_by_request(BEA, "key") == closed
        filled(store, evolve(again, buyer_id=UserId("user_eve")))

    def test_an_order_answers_several_request_keys(self, make: Make) -> None:
        """Those that were added by a save as well, and each is the buyer's once."""
        store = filled(
            make(), an_order(requests=asked("one")), an_order("ord_2", lines=(a_line(2),))
        )
        first = store.save(evolve(store.get(OrderId("ord_1")), requests=asked("one", "two")))
        second = store.get(OrderId("ord_2"))

        assert store.find_by_request(BEA, "one") == first == store.find_by_request(BEA, "two")
        with pytest.raises(AlreadyExists):
            store.save(evolve(second, requests=asked("three", "two")))
        assert store.get(OrderId("ord_2")) == second
        assert store.find_by_request(BEA, "three") is None
        assert store.find_by_request(BEA, "two") == first

    @pytest.mark.parametrize("text", NASTY)
    def test_request_keys_are_compared_as_they_are(self, make: Make, text: str) -> None:
        """Nothing is folded, trimmed or read as a pattern."""
        store = filled(make(), an_order(requests=asked(text)))

        assert store.find_by_request(BEA, text) == an_order(requests=asked(text))
        for other in (text.swapcase() + " ", text + " ", "%", text[:-1] + "_", text.casefold() * 2):
            assert store.find_by_request(BEA, other) is None

    def test_saving_cannot_open_a_second_order_of_a_basket(self, make: Make) -> None:
        """It is a conflict, and nothing changes."""
        closed = an_order().close(OrderState.EXPIRED, NOON).state
        store = filled(make(), closed, an_order("ord_2"))

        with pytest.raises(Conflict):
            store.save(evolve(closed, state=OrderState.OPEN))
        assert_same(closed, store.get(OrderId("ord_1")))
        assert store.find_open(BEA, BASKET) == an_order("ord_2")

    def test_stale_save_raises_and_changes_nothing(self, make: Make) -> None:
        """Who read before somebody saved must read again."""
        store = filled(make(), an_order())
        closed = store.save(*an_order().close(OrderState.EXPIRED, NOON))

        for revision in (0, 2):
            with pytest.raises(StaleWrite):
                store.save(an_order(revision=revision).offered(a_checkout()))
        assert_same(closed, store.get(closed.id))
        assert store.find_by_checkout(CheckoutSessionId("cs_1")) is None

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
        wanted = [
            an_order(f"ord_{number}", requests=asked(*filter(None, [request_key])))
            for number in range(10)
        ]
        results = at_once(partial(store.add, order) for order in wanted)

        only_winner(results, AlreadyExists)
        assert store.find_open(BEA, BASKET) == wanted[results.index(None)]

    def test_of_many_using_a_request_key_at_once_one_wins(self, make: Make) -> None:
        """Whatever their baskets are."""
        store = make()
        wanted = [
            an_order(f"ord_{number}", requests=asked("key"), lines=(a_line(number),))
            for number in range(1, 9)
        ]
        results = at_once(partial(store.add, order) for order in wanted)

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
            winner = only_winner(at_once(partial(store.save, order) for order in nexts), StaleWrite)
            assert winner == store.get(winner.id)

    def test_another_handle_sees_and_refuses_what_this_one_does(
        self, make: Make, again: Again
    ) -> None:
        """It reads what was written, is stale after a save, and cannot order a basket again."""
        store = filled(make(), an_order())
        other = again(store)
        offered = store.save(an_order().offered(a_checkout()))

        assert_same(offered, other.find_open(BEA, BASKET))
        with pytest.raises(StaleWrite):
            other.save(an_order())
        with pytest.raises(AlreadyExists):
            other.add(an_order("ord_2"))
        other.drop(offered)
        assert store.find_open(BEA, BASKET) is None

    def test_of_many_ordering_by_two_handles_at_once_one_wins(
        self, make: Make, again: Again
    ) -> None:
        """Whichever process a buyer's clicks come to."""
        store = make()
        handles = (store, again(store)) * 4
        wanted = [an_order(f"ord_{number}") for number in range(len(handles))]
        pairs = zip(handles, wanted, strict=True)

        only_winner(at_once(partial(handle.add, order) for handle, order in pairs), AlreadyExists)
        assert handles[1].open_of(BEA, 9) == store.open_of(BEA, 9)
        assert len(store.open_of(BEA, 9)) == 1
