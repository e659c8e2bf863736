"""A purchase that is about to be recorded, while something dies."""

from collections import Counter
from itertools import count

from koda.domain.model.identifiers import UserId
from koda.domain.model.notices import DoublePaymentNotice, Notice, OrderNotice, Receipt, SaleNotice
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from tests.e2e.schedules.world import World
from tests.ledger.invariants import check_always, check_finally
from tests.ledger.oracle import PAID, Oracle
from tests.support.sandboxes import let_capture
from tests.support.sessions import session
from tests.support.windows import order_in_another_window

MOST_STEPS = 30
NUMBERS = count(1)
"""Of buyers, so that each has nothing yet."""
SCENES = {
    "one seller": ((0,), None),
    "two sellers": ((0, 2), None),
    "one seller, one thing paid twice": ((0, 1), (0,)),
    "two sellers, one thing paid twice": ((0, 2), (0,)),
    "all of it paid twice": ((0,), (0, 2)),
}
"""What is bought, and what was bought before it was paid."""


class Scene:
    """A buyer with an order that was paid, and the provider's message about it."""

    def __init__(self, world: World, name: str) -> None:
        basket, earlier = SCENES[name]
        self.world = world
        self.oracle = Oracle()
        self.buyer: Principal = world.market.person(f"buyer{next(NUMBERS)}")
        world.outside.begin(["platform", *world.accounts])
        self.order = self.checked_out(basket)
        if earlier:
            before = self.checked_out(earlier)
            self.pay(before)
            world.market.record_purchase(session(before))
        self.pay(self.order)
        paid = self.order.checkout
        assert paid
        self.event = next(
            event["id"]
            for event in world.sandbox.events("checkout.session.completed")
            if event["data"]["object"]["id"] == paid.id
        )

    def checked_out(self, basket: tuple[int, ...]) -> Order:
        """An order of some of the things that are for sale."""
        things = [self.world.listed[number] for number in basket]
        order = order_in_another_window(self.world.market, self.buyer, *things)
        self.oracle.opened(order)
        return order

    def pay(self, order: Order) -> None:
        """The buyer pays, and the money arrives, so that a double can go back at once."""
        self.world.outside.pay(order)
        let_capture(self.world.sandbox)
        self.oracle.became(order, PAID)

    def check(self, *, finally_: bool) -> None:
        """Assert what always holds, or what holds in the end."""
        check = check_finally if finally_ else check_always
        check(self.world.market, self.world.outside, self.oracle)
        if finally_:
            self.check_told()

    def check_told(self) -> None:
        """Assert that buyer and sellers are told once each, whatever ended in between."""
        market = self.world.market
        market.deliver_events()
        order = market.orders.get(self.order.id)
        sales = {(SaleNotice, line.seller_id): 1 for line in order.sold}
        expected: Counter[tuple[type[Notice], UserId]] = Counter(sales)
        expected[Receipt, order.buyer_id] = bool(order.sold)
        expected[DoublePaymentNotice, order.buyer_id] = bool(order.doubles)
        told = [notice for notice in market.notices.sent if isinstance(notice, OrderNotice)]
        about = [notice for notice in told if notice.order_id == order.id]
        assert Counter((type(notice), notice.user_id) for notice in about) == +expected
