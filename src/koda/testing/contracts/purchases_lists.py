"""How every adapter of `Purchases` lists what was bought and sold."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from koda.domain.model.identifiers import AutomationId, PurchaseId, UserId
from koda.domain.model.money import Money
from koda.domain.model.paging import Cursor
from koda.domain.model.purchases import Purchase, PurchaseState, SalesDay
from koda.domain.model.refund_parts import RefundPart
from koda.ports.purchases import Purchases
from koda.testing.contracts.running import NOWHERE, assert_same, walk
from koda.testing.examples import NOON, a_purchase, an_order, changed

Make = Callable[[], Purchases]

ADA = UserId("user_ada")
BEA = UserId("user_bea")
EVE = UserId("user_eve")
ONE = AutomationId("aut_1")
_LIVE = (PurchaseState.ACTIVE, PurchaseState.DISPUTED)


def bought(number: int, **changes: object) -> Purchase:
    """Bea's purchase of the automation `aut_1` in the order `ord_{number}`."""
    return changed(a_purchase(an_order(f"ord_{number}")), **changes)


def another(number: int, **changes: object) -> Purchase:
    """Bea's purchase of an automation of its own, in an order of its own."""
    return bought(number, automation_id=AutomationId(f"aut_{number}"), **changes)


def _price(minor: int, fee: int, currency: str = "EUR") -> dict[str, object]:
    """What a purchase cost, and the fee in it; nothing of it went back."""
    return {
        "price": Money(minor, currency),
        "fee": Money(fee, currency),
        "returned": RefundPart.total((), currency),
    }


def _part(minor: int, fee: int) -> RefundPart:
    """What went back of a purchase, and the fee in it."""
    return RefundPart(Money(minor, "EUR"), Money(fee, "EUR"))


class PurchaseListsContract:
    """The part of the suite for `Purchases` that is about lists and sums."""

    def test_lists_are_newest_first_then_by_id_descending(self, make: Make) -> None:
        """The buyer's and the seller's, each without those of others."""
        store = make()
        later = NOON + timedelta(milliseconds=1)
        store.record([another(2), another(3), another(1, bought_at=later)])
        store.record([another(4, buyer_id=EVE), another(5, seller_id=EVE)])

        of_bea = [purchase.automation_id for purchase in store.of_buyer(BEA, 10).items]
        of_ada = [purchase.automation_id for purchase in store.of_seller(ADA, 10).items]
        assert of_bea == ["aut_1", "aut_5", "aut_3", "aut_2"]
        assert of_ada == ["aut_1", "aut_4", "aut_3", "aut_2"]

    def test_what_cannot_be_delivered_is_listed_and_stands_in_nobodys_way(self, make: Make) -> None:
        """It stays as it was recorded, and the same may be bought again."""
        store = make()
        stopped = bought(1).as_undeliverable()

        assert_same((stopped,), store.record([stopped]))
        assert_same((stopped,), store.record([bought(1)]))
        assert store.owned(BEA, [ONE]) == frozenset()
        assert store.record([bought(2)]) == (bought(2),)
        assert {purchase.id for purchase in store.of_buyer(BEA, 10).items} == {"pur_1_1", "pur_2_1"}

    def test_some_are_those_that_exist(self, make: Make) -> None:
        """Each once, doubles among them, whatever else is asked for."""
        store = make()
        live, double = store.record([bought(1), bought(2)])
        asked = (live.id, double.id, live.id, *map(PurchaseId, NOWHERE))

        assert_same({live.id: live, double.id: double}, dict(store.some(iter(asked))))
        assert dict(store.some([])) == {}

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def test_pages_hold_every_item_once(self, make: Make, limit: int) -> None:
        """Equal times do not tear a page, and doubles leave no gap."""
        store = make()
        store.record([another(number) for number in range(7)])
        store.record([bought(10 + number, automation_id=ONE) for number in range(3)])

        expected = [f"aut_{number}" for number in reversed(range(7))]
        for read in (partial(store.of_buyer, BEA, limit), partial(store.of_seller, ADA, limit)):
            assert [purchase.automation_id for purchase in walk(read, limit)] == expected

    def test_pages_stand_still_while_more_is_sold(self, make: Make) -> None:
        """What is newer than a page's last item does not push items to the next page."""
        store = make()
        store.record([another(number) for number in range(4)])
        mine, sold = store.of_buyer(BEA, 2).next_place, store.of_seller(ADA, 2).next_place
        store.record([another(9, bought_at=NOON + timedelta(days=1)), another(8)])

        rest = [purchase.automation_id for purchase in store.of_buyer(BEA, 5, mine).items]
        assert rest == ["aut_1", "aut_0"]
        rest = [purchase.automation_id for purchase in store.of_seller(ADA, 5, sold).items]
        assert rest == ["aut_1", "aut_0"]

    def test_places_are_the_time_and_the_id(self, make: Make) -> None:
        """Of a page's last item; the last page has none."""
        store = make()
        store.record([another(1), another(2)])

        place = Cursor(round(NOON.timestamp() * 1000), another(2).id)
        assert store.of_buyer(BEA, 1).next_place == place == store.of_seller(ADA, 1).next_place
        assert store.of_buyer(BEA, 2).next_place is None is store.of_seller(ADA, 2).next_place

    # --- sales ---------------------------------------------------------------------------

    def test_sales_are_added_up_by_day_and_currency(self, make: Make) -> None:
        """A day begins at midnight UTC; what was refunded, revoked or doubled is no sale."""
        midnight = datetime(2026, 3, 2, tzinfo=UTC)
        store = make()
        store.record([another(1, bought_at=midnight, **_price(1000, 150))])
        store.record([another(2, bought_at=midnight, **_price(7, 1, "JPY"))])
        store.record([another(3, bought_at=midnight - timedelta(milliseconds=1), **_price(99, 15))])
        store.record([another(4, bought_at=midnight, state=_LIVE[1], **_price(500, 75))])
        store.record([another(5, bought_at=midnight, state=PurchaseState.REFUNDED)])
        store.record([another(6, bought_at=midnight, state=PurchaseState.REVOKED)])
        store.record(
            [another(7, bought_at=midnight, seller_id=EVE), bought(8, automation_id="aut_1")]
        )

        first, second = date(2026, 3, 1), date(2026, 3, 2)
        assert store.sales_by_day(ADA) == (
            SalesDay(first, 1, Money(99, "EUR"), Money(15, "EUR")),
            SalesDay(second, 2, Money(1500, "EUR"), Money(225, "EUR")),
            SalesDay(second, 1, Money(7, "JPY"), Money(1, "JPY")),
        )
        assert store.sales_by_day(BEA) == ()

    def test_sales_since_a_day_include_it(self, make: Make) -> None:
        """Earlier days are left out."""
        store = make()
        days = [NOON + timedelta(days=number) for number in range(3)]
        store.record([another(number, bought_at=day) for number, day in enumerate(days)])

        dates = [sales.day for sales in store.sales_by_day(ADA, days[1].date())]
        assert dates == [days[1].date(), days[2].date()]

    def test_sales_follow_a_refund(self, make: Make) -> None:
        """What was given back is taken out again."""
        store = make()
        store.record([another(1), another(2)])
        store.save(another(1, state=PurchaseState.REFUNDED))

        assert [day.count for day in store.sales_by_day(ADA)] == [1]

    def test_sales_are_less_what_went_back(self, make: Make) -> None:
        """Of the price and of the fee; what is left is still a sale."""
        store = make()
        store.record([another(number, **_price(1000, 150)) for number in range(2)])
        store.save(another(1, **_price(1000, 150)).less(_part(400, 60)))

        (day,) = store.sales_by_day(ADA)
        assert (day.count, day.gross.minor, day.fee.minor) == (2, 1600, 240)

    def test_large_sales_are_exact(self, make: Make) -> None:
        """Amounts are whole numbers, whatever their size."""
        store = make()
        most = 10**15 // 4 - 1
        store.record([another(number, **_price(most, most)) for number in range(4)])

        (day,) = store.sales_by_day(ADA)
        assert (day.gross.minor, day.net.minor) == (4 * most, 0)
