"""How every adapter of `Orders` lists and drops what is not paid."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from attrs import evolve

from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.errors import NotFound, StaleWrite
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, PaymentId, UserId
from koda.domain.model.orders import Order, OrderState
from koda.ports.orders import Orders
from koda.testing.contracts.running import (
    at_once,
)
from koda.testing.examples import NOON, a_line, an_order, asked
from koda.testing.strategies import NASTY

Make = Callable[[], Orders]

BEA = UserId("user_bea")
BASKET = an_order().basket


def a_checkout(session_id: str = "cs_1") -> CheckoutSession:
    """A session that is open for an hour."""
    address = f"https://pay.example/{session_id}"
    return CheckoutSession(CheckoutSessionId(session_id), address, NOON + timedelta(hours=1))


def filled(store: Orders, *orders: Order) -> Orders:
    """The store with some orders in it."""
    for order in orders:
        store.add(order)
    return store


def ids_about(store: Orders, subject: str) -> list[str]:
    """The ids of the open orders that are about it."""
    return [order.id for order in store.open_about(subject)]


class OrderListsContract:
    """The part of the suite for `Orders` that is about those that are not over."""

    def test_open_orders_of_a_buyer_come_newest_first(self, make: Make) -> None:
        """At most so many; none that is paid or closed, and nobody else's."""
        store = make()
        for number in range(1, 5):
            made_at = NOON + timedelta(minutes=number // 2)
            store.add(an_order(f"ord_{number}", created_at=made_at, lines=(a_line(number),)))
        store.add(an_order("ord_eve", buyer_id=UserId("user_eve")))
        store.add(an_order("ord_failed", state=OrderState.FAILED))
        paid = store.get(OrderId("ord_4"))
        store.save(*paid.pay(PaymentId("pi_1"), NOON))

        assert [order.id for order in store.open_of(BEA, 9)] == ["ord_3", "ord_2", "ord_1"]
        assert [order.id for order in store.open_of(BEA, 2)] == ["ord_3", "ord_2"]
        assert store.open_of(UserId("user_nobody"), 9) == ()

    def test_open_orders_come_by_what_they_are_about(self, make: Make) -> None:
        """By an automation or a seller, whoever the buyer is; oldest first, then by id."""
        store = make()
        later = NOON + timedelta(minutes=1)
        store.add(an_order("ord_late", created_at=later))
        store.add(an_order("ord_c", buyer_id=UserId("user_cyd"), lines=(a_line(1), a_line(2))))
        store.add(an_order("ord_a", buyer_id=UserId("user_ada")))
        store.add(an_order("ord_other", lines=(a_line(2),)))
        line = a_line(1)

        for subject in (f"automation/{line.automation_id}", f"seller/{line.seller_id}"):
            assert {"ord_a", "ord_c", "ord_late"} <= set(ids_about(store, subject))
        assert ids_about(store, f"automation/{line.automation_id}") == [
            "ord_a",
            "ord_c",
            "ord_late",
        ]
        assert ids_about(store, line.automation_id) == []
        assert ids_about(store, f"seller/{line.automation_id}") == []

    @pytest.mark.parametrize("text", NASTY)
    def test_subjects_are_compared_as_they_are(self, make: Make, text: str) -> None:
        """Nothing is folded, trimmed or read as a pattern."""
        store = make()
        store.add(an_order())

        assert ids_about(store, text) == []
        assert ids_about(store, f"automation/{text}") == []

    def test_orders_that_are_closed_or_dropped_are_open_no_more(self, make: Make) -> None:
        """However they ended, nobody finds them by what they were about."""
        store = make()
        for number, buyer in enumerate(("ada", "bea", "cyd", "dan"), 1):
            store.add(an_order(f"ord_{number}", buyer_id=UserId(f"user_{buyer}")))
        first, second, third, _ = (store.get(OrderId(f"ord_{number}")) for number in range(1, 5))
        store.save(*first.close(OrderState.EXPIRED, NOON))
        store.save(*second.pay(PaymentId("pi_1"), NOON))
        store.drop(third)

        assert ids_about(store, f"automation/{a_line(1).automation_id}") == ["ord_4"]

    def test_closing_what_is_listed_hides_no_other(self, make: Make) -> None:
        """Of more than are read at once, each comes once."""
        store = make()
        for number in range(230):
            made_at, buyer = NOON + timedelta(seconds=number // 3), UserId(f"user_{number}")
            store.add(an_order(f"ord_{number:03}", buyer_id=buyer, created_at=made_at))
        subject = f"seller/{a_line(1).seller_id}"
        seen = []
        for order in store.open_about(subject):
            seen.append(order.id)
            store.save(*order.close(OrderState.EXPIRED, NOON))

        assert seen == [f"ord_{number:03}" for number in range(230)]
        assert ids_about(store, subject) == []

    def test_unpaid_orders_come_oldest_first_then_by_id(self, make: Make) -> None:
        """In any state but paid; what was made at that very time does not come."""
        store = make()
        hours = {"ord_c": 1, "ord_b": 1, "ord_a": 2, "ord_late": 3}
        for number, (order_id, hour) in enumerate(hours.items(), 1):
            made_at = NOON + timedelta(hours=hour)
            store.add(an_order(order_id, created_at=made_at, lines=(a_line(number),)))
        for state in (OrderState.EXPIRED, OrderState.FAILED, OrderState.PAID):
            store.add(an_order(f"ord_{state}", state=state))

        ids = [order.id for order in store.unpaid(NOON + timedelta(hours=3))]

        assert ids == ["ord_expired", "ord_failed", "ord_b", "ord_c", "ord_a"]
        assert [order.id for order in store.unpaid(NOON)] == []

    def test_orders_under_way_come_oldest_first_then_by_id(self, make: Make) -> None:
        """Those that are open, and those that are paid and not settled."""
        store = make()
        hours = {"ord_c": 1, "ord_b": 1, "ord_late": 3}
        for number, (order_id, hour) in enumerate(hours.items(), 1):
            made_at = NOON + timedelta(hours=hour)
            store.add(an_order(order_id, created_at=made_at, lines=(a_line(number),)))
        for state in (OrderState.EXPIRED, OrderState.FAILED, OrderState.PAID):
            store.add(an_order(f"ord_{state}", state=state))
        store.add(an_order("ord_settled", state=OrderState.PAID, settled_at=NOON))

        ids = [order.id for order in store.under_way(NOON + timedelta(hours=3))]

        assert ids == ["ord_paid", "ord_b", "ord_c"]
        assert [order.id for order in store.under_way(NOON)] == []

    def test_settling_what_is_under_way_hides_no_other(self, make: Make) -> None:
        """Of more than are read at once, each comes once, and none once it is over."""
        store = make()
        for number in range(230):
            made_at = NOON + timedelta(seconds=number // 3)
            store.add(an_order(f"ord_{number:03}", created_at=made_at, state=OrderState.PAID))
        seen = []
        for order in store.under_way(NOON + timedelta(hours=1)):
            seen.append(order.id)
            store.save(evolve(order, settled_at=NOON))

        assert seen == [f"ord_{number:03}" for number in range(230)]
        assert list(store.under_way(NOON + timedelta(hours=1))) == []

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
        order = an_order(checkout=a_checkout(), requests=asked("key"))
        store.add(order)
        store.drop(order)

        with pytest.raises(NotFound):
            store.get(order.id)
        assert store.find_by_checkout(CheckoutSessionId("cs_1")) is None
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
        paid = store.save(*order.pay(PaymentId("pi_1"), NOON))

        for stale in (order, paid):
            with pytest.raises(StaleWrite):
                store.drop(stale)
        assert store.get(order.id) == paid

    def test_of_dropping_and_paying_at_once_one_wins(self, make: Make) -> None:
        """The other one is told."""
        for number in range(5):
            store, order = make(), an_order(f"ord_{number}")
            store.add(order)
            paid = order.pay(PaymentId("pi_1"), NOON).state
            steps: list[Callable[[], object]] = [
                partial(store.drop, order),
                partial(store.save, paid),
            ]
            results = at_once(steps)

            assert sum(isinstance(result, StaleWrite) for result in results) == 1
            left = list(store.unpaid(NOON + timedelta(days=1)))
            assert left == []
