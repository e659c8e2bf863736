"""Random schedules of payments and messages, each from its seed alone."""

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from attrs import define, field

from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from tests.e2e.schedules.world import World, world_of
from tests.ledger.invariants import check_always, check_finally
from tests.ledger.oracle import EXPIRED, FAILED, OPEN, PAID, PROCESSING, Oracle
from tests.servers.families import Embedded
from tests.support.windows import order_in_another_window

BASKETS = (
    ((0,),),
    ((0,),),
    ((0, 1),),
    ((0, 1, 2),),
    ((0,), (0, 3)),
    ((0,), (0, 1)),
    ((1, 2), (1,)),
)
"""What is checked out before anything is paid; what two baskets share may be paid twice."""
COURSES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("pay", PAID),),
    (("pay", PAID),),
    (("pay", PAID),),
    (("decline", OPEN), ("pay", PAID)),
    (("pay_later", PROCESSING), ("arrive", PAID)),
    (("pay_later", PROCESSING), ("bounce", FAILED)),
    (("expire", EXPIRED),),
    (),
)
"""What a buyer may do at the checkout page, with what becomes of the money."""
FATES = {
    "checkout.session.": ("now", "now", "twice", "crowd", "twin", "late", "late", "lost"),
    "charge.updated": ("now", "twice", "late", "lost", "lost", "lost"),
    "refund.updated": ("now", "twice", "late", "lost", "lost", "lost"),
}
"""What may happen to a message of a checkout, a capture or the end of a refund."""
REPEATS = 10
"""How often a message that was not taken for now is sent again."""
FATES_OF_OTHERS = ("lost", "lost", "lost", "lost", "lost", "now")
"""What may happen to any other, of which nothing is to be learnt."""


@define
class Schedule:
    """A buyer, some orders, and what the postman makes of the messages about them."""

    world: World
    seed: int
    random: Random
    buyer: Principal
    oracle: Oracle = field(factory=Oracle)
    late: list[str] = field(factory=list)
    lost: set[str] = field(factory=set)

    @classmethod
    def of(cls, world: World, seed: int) -> "Schedule":
        """The schedule that follows from `seed`."""
        random = Random(seed)  # noqa: S311  # a schedule that can be played again, not a secret
        return cls(world, seed, random, world.market.person(f"buyer{seed}"))

    def play(self) -> None:
        """Let it all happen, and check at every step and at the end."""
        world = self.world
        world.market.notices.sent.clear()
        world.outside.begin(["platform", *world.accounts])
        orders = self.check_out(self.random.choice(BASKETS))
        for order, twist, state in self.mixed(orders):
            self.visit(order, twist, state)
            self.capture_some(0.5)
            self.deliver_some()
            check_always(world.market, world.outside, self.oracle)
        self.end()
        check_finally(world.market, world.outside, self.oracle)

    def check_out(self, baskets: tuple[tuple[int, ...], ...]) -> list[Order]:
        """Open every order before anything is paid."""
        for basket in baskets:
            things = [self.world.listed[number] for number in basket]
            self.oracle.opened(order_in_another_window(self.world.market, self.buyer, *things))
        return self.oracle.those(OPEN)

    def mixed(self, orders: list[Order]) -> list[tuple[Order, str, str]]:
        """The steps of all orders, those of each in their order, the orders among one another."""
        courses = [[(order, *step) for step in self.random.choice(COURSES)] for order in orders]
        turns = [number for number, course in enumerate(courses) for _ in course]
        self.random.shuffle(turns)
        return [courses[number].pop(0) for number in turns]

    def visit(self, order: Order, twist: str, state: str) -> None:
        """Something happens to an order's money."""
        if twist in {"arrive", "bounce"}:
            self.world.outside.settle(order, succeed=twist == "arrive")
        else:
            getattr(self.world.outside, twist)(order)
        self.oracle.became(order, state)

    def capture_some(self, share: float) -> None:
        """Let the money of some charges arrive, which at the provider takes a while."""
        for charge in self.world.outside.uncaptured():
            if self.random.random() < share:
                self.world.outside.capture(charge)

    # --- the postman --------------------------------------------------------------------------

    def deliver_some(self) -> None:
        """Take what the provider sent meanwhile, and let each message have its fate."""
        fresh = [event for event in self.pending() if event["id"] not in self.late]
        self.random.shuffle(fresh)
        for event in fresh:
            self.meet(event, self.random.choice(fates_of(event) or FATES_OF_OTHERS))
        for event_id in [event for event in self.late if self.random.random() < 0.3]:
            self.late.remove(event_id)
            self.deliver(event_id)

    def meet(self, event: dict[str, Any], fate: str) -> None:
        """Let a message come now, several times, at once, under another id, later or never."""
        if fate == "late":
            self.late.append(event["id"])
        elif fate == "lost":
            if fates_of(event):
                self.lost.add(order_of(event))
            self.world.sandbox.webhooks.drop(event["id"])
        else:
            if fate == "twin":
                self.late.append(self.world.sandbox.webhooks.echo(event["id"])["id"])
            self.deliver(event["id"], times={"twice": 2, "crowd": 4}.get(fate, 1), fate=fate)

    def deliver(self, event_id: str, times: int = 1, fate: str = "now") -> None:
        """Send a message over HTTP, and again if it was not taken yet, as the provider does."""
        crowd = fate == "crowd"
        answers = self.world.sandbox.webhooks.deliver(event_id, times, concurrently=crowd)
        for _ in range(REPEATS):
            if set(answers) == {200}:
                return
            assert set(answers) <= {200, 503}
            answers = self.world.sandbox.webhooks.deliver(event_id)
        assert set(answers) == {200}

    def pending(self) -> list[dict[str, Any]]:
        """What the provider has for us."""
        return self.world.sandbox.webhooks.pending()

    def end(self) -> None:
        """All money arrives, what was late comes; the buyer looks where a message was lost."""
        self.capture_some(1.0)
        self.deliver_some()
        self.random.shuffle(self.late)
        for event_id in self.late:
            self.deliver(event_id)
        for order in self.oracle.orders.values():
            if order.id in self.lost:
                self.world.market.view_order(self.buyer, order.id)
        for event in self.pending():
            self.world.sandbox.webhooks.drop(event["id"])


def fates_of(event: dict[str, Any]) -> tuple[str, ...]:
    """What may happen to the messages of an event from which there is something to learn."""
    return next((fates for kind, fates in FATES.items() if event["type"].startswith(kind)), ())


def order_of(event: dict[str, Any]) -> str:
    """The order that an event is about, by what Koda noted on its session, charge or refund."""
    notes = event["data"]["object"]["metadata"]
    return str(notes["koda_order"] if "koda_order" in notes else notes["koda_key"].split(":")[2])


def play_all(seeds: Iterable[int], folder: Path) -> None:
    """Play the schedules of some seeds in one embedded marketplace, which stands in `folder`."""
    with world_of(Embedded(), folder) as world:
        world.seller("ada", "12.50")
        world.seller("cyd", "20")
        world.seller("dan", "5.55")
        world.seller("ada", "3.33")
        world.sandbox.webhooks.drain()
        world.sandbox.webhooks.hold()
        for seed in seeds:
            try:
                Schedule.of(world, seed).play()
            except BaseException as error:
                error.add_note(f"schedule {seed}")
                raise
        world.sandbox.assert_balanced()
