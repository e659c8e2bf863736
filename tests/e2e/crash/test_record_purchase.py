"""A process is killed between any two steps of recording a purchase, and another takes over."""

import pytest

from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from tests.e2e.crash.conftest import Mortal
from tests.ledger.invariants import check_always, check_finally
from tests.ledger.oracle import PAID, Oracle
from tests.sessions import session

MOST_STEPS = 30
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

    def __init__(self, mortal: Mortal, name: str) -> None:
        basket, earlier = SCENES[name]
        self.mortal = mortal
        self.oracle = Oracle()
        mortal.buyers += 1
        self.buyer: Principal = mortal.world.market.person(f"buyer{mortal.buyers}")
        mortal.world.outside.begin(["platform", *mortal.world.accounts])
        self.order = self.checked_out(basket)
        if earlier:
            before = self.checked_out(earlier)
            self.pay(before)
            mortal.world.market.record_purchase(session(before))
        self.pay(self.order)
        paid = self.order.checkout
        assert paid
        self.event = next(
            event["id"]
            for event in mortal.world.sandbox.events("checkout.session.completed")
            if event["data"]["object"]["id"] == paid.id
        )

    def checked_out(self, basket: tuple[int, ...]) -> Order:
        """An order of some of the things that are for sale."""
        things = [self.mortal.listed[number] for number in basket]
        order = self.mortal.world.market.order(self.buyer, *things)
        self.oracle.opened(order)
        return order

    def pay(self, order: Order) -> None:
        """The buyer pays."""
        self.mortal.world.outside.pay(order)
        self.oracle.became(order, PAID)

    def check(self, *, finally_: bool) -> None:
        """Assert what always holds, or what holds in the end."""
        check = check_finally if finally_ else check_always
        check(self.mortal.world.market, self.mortal.world.outside, self.oracle)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("name", "recovery"),
    [
        *((name, "message") for name in SCENES),
        ("two sellers, one thing paid twice", "success page"),
    ],
)
def test_purchase_survives_the_death_of_its_process_at_every_step(
    mortal: Mortal, name: str, after: bool, recovery: str
) -> None:
    """Nothing is lost, nobody is paid twice, each line is one purchase."""
    for step in range(1, MOST_STEPS):
        scene = Scene(mortal, name)
        lived = mortal.handle(scene.event, step, after=after)
        if lived:
            assert step > 6
            return
        scene.check(finally_=False)
        if recovery == "message":
            assert mortal.handle(scene.event)
            assert scene.event not in {
                one.event_id for one in mortal.world.market.events.pending(50)
            }
        else:
            mortal.world.market.view_order(scene.buyer, scene.order.id)
        scene.check(finally_=True)
    pytest.fail(f"still alive or dying after {MOST_STEPS} steps")


@pytest.mark.slow
def test_purchase_survives_one_death_after_another(mortal: Mortal) -> None:
    """Each process comes one step further than the one before it."""
    scene = Scene(mortal, "two sellers")
    for step in range(1, MOST_STEPS):
        if mortal.handle(scene.event, step, after=True):
            break
        scene.check(finally_=False)

    scene.check(finally_=True)
