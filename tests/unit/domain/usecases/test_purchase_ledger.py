"""Whatever buyers, sellers, time and messages do: nobody is paid twice, nothing is lost."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AlreadyOwned,
    Conflict,
    NotForSale,
    OrderInProgress,
    Unavailable,
    WrongState,
)
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.orders import Order
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.usecases.selling.revise_automation import Revision
from koda.testing.marketplace import Marketplace
from tests.ledger.invariants import check_always, check_finally
from tests.ledger.oracle import EXPIRED, FAILED, OPEN, PAID, PROCESSING, Oracle
from tests.ledger.outside import MemoryOutside
from tests.support.sessions import session
from tests.support.windows import Answering

SELLERS = ("ada", "cyd", "dan", "eli")
BUYERS = ("bea", "fay")
AFTER = {"pay": PAID, "pay_later": PROCESSING, "expire": EXPIRED, "decline": OPEN}
TWISTS = ("pay", "pay", "pay", "leave", *AFTER)
LISTED = (*SELLERS, "ada")
"""Whose each listing is: one each, and a second one of Ada's."""
baskets = st.sets(st.integers(0, len(LISTED) - 1), min_size=1, max_size=4)
buyers = st.sampled_from(BUYERS)
numbers = st.integers(0, len(LISTED) - 1)
picks = st.integers(0, 11)


class PurchaseLedger(RuleBasedStateMachine):
    """Two buyers, four sellers with five automations, and a careless postman."""

    def __init__(self) -> None:
        super().__init__()
        self.market = Marketplace()
        self.unaware = self.market.but(orders=Answering(self.market.orders, open_of=()))
        self.outside = MemoryOutside(self.market)
        self.oracle = Oracle()
        self.sent: list[bytes] = []
        self.lost: set[bytes] = set()
        self.listed: list[Automation] = []
        for number, name in enumerate(LISTED, 1):
            seller = self.market.ready_seller(name)
            price = f"{number}.{number}5"
            self.listed.append(self.market.list_automation(seller, title=name, price=price))
        self.buyers = {f"user_{name}": self.market.person(name) for name in BUYERS}

    # --- buyers -------------------------------------------------------------------------------

    @rule(buyer=buyers, basket=baskets, twist=st.sampled_from(TWISTS))
    def check_out(self, buyer: str, basket: set[int], twist: str) -> None:
        """Somebody wants some things, and goes to the checkout page."""
        order = self.order(buyer, basket)
        if order and self.oracle.states[order.id] == OPEN:
            self.visit(order, twist)

    @rule(buyer=buyers, first=baskets, other=baskets)
    def pay_in_two_windows(self, buyer: str, first: set[int], other: set[int]) -> None:
        """Two baskets that may share things are checked out at the same moment."""
        orders = [self.order(buyer, first), self.order(buyer, other, self.unaware)]
        for order in orders:
            if order and self.oracle.states[order.id] == OPEN:
                self.visit(order, "pay")

    @precondition(lambda self: self.oracle.those(OPEN))
    @rule(pick=picks, twist=st.sampled_from(TWISTS))
    def go_back_to_the_checkout_page(self, pick: int, twist: str) -> None:
        """A buyer who left a page open decides, or does not in time."""
        self.visit(_picked(self.oracle.those(OPEN), pick), twist)

    @precondition(lambda self: self.oracle.those(PROCESSING))
    @rule(pick=picks, succeed=st.booleans())
    def slow_payment_ends(self, pick: int, succeed: bool) -> None:
        """The bank says yes or no after a while."""
        order = _picked(self.oracle.those(PROCESSING), pick)
        self.outside.settle(order, succeed=succeed)
        self.happened(order, PAID if succeed else FAILED)

    @precondition(lambda self: self.oracle.orders)
    @rule(pick=picks)
    def come_back(self, pick: int) -> None:
        """A buyer looks at the order, which asks the provider."""
        self.see(_picked(list(self.oracle.orders.values()), pick))

    # --- sellers and time ---------------------------------------------------------------------

    @rule(number=numbers, price=st.sampled_from(["1.01", "3.33", "9.99", "20"]))
    def change_price(self, number: int, price: str) -> None:
        """A seller changes their mind about the price."""
        listed = self.listed[number]
        try:
            self.market.revise_automation(_owner(listed), listed.id, Revision(price=price))
        except WrongState:
            assert not self.market.automations.get(listed.id).for_sale

    @rule()
    def withdraw(self) -> None:
        """A seller stops selling one of two things."""
        listed = self.market.automations.get(self.listed[-1].id)
        if listed.for_sale:
            self.market.withdraw_automation(_owner(listed), listed.id)

    @rule(minutes=st.sampled_from([1, 4, 30, 61]))
    def pass_time(self, minutes: int) -> None:
        """Sessions that nobody paid expire by themselves."""
        now = self.market.pass_time(minutes=minutes)
        for order in self.oracle.those(OPEN):
            assert order.checkout is not None
            if order.checkout.expires_at <= now:
                self.happened(order, EXPIRED)

    # --- the postman --------------------------------------------------------------------------

    @precondition(lambda self: self.sent)
    @rule(pick=picks, times=st.integers(1, 3), lost=st.integers(0, 3))
    def deliver(self, pick: int, times: int, lost: int) -> None:
        """Any message that was ever sent comes, once or more; the provider may stop answering."""
        payload = _picked(self.sent, pick)
        self.market.provider.lose_answers(lost)
        for _ in range(times):
            try:
                self.market.handle_payment_event(payload, self.outside.sign(payload))
            except Unavailable:
                continue
        self.market.provider.lose_answers(0)

    @precondition(lambda self: self.sent)
    @rule(pick=picks)
    def lose(self, pick: int) -> None:
        """A message never comes."""
        payload = _picked(self.sent, pick)
        self.sent.remove(payload)
        self.lost.add(payload)

    # --- the end ------------------------------------------------------------------------------

    @invariant()
    def always(self) -> None:
        """What no schedule may break."""
        check_always(self.market, self.outside, self.oracle)

    def teardown(self) -> None:
        """All messages that were not lost come; what is left, a comparison or a look completes."""
        self.market.pass_time(seconds=1)
        for payload in reversed(self.sent):
            self.market.handle_payment_event(payload, self.outside.sign(payload))
        for order in self.oracle.those(PAID):
            told = {self.outside.message(order, copy) for copy in (1, 2)}
            stored = self.market.orders.get(order.id)
            assert stored.settled or stored.settlement.due or told <= self.lost
        if len(self.oracle.orders) % 2:
            self.market.reconcile_payments.recent()
        else:
            for order in self.oracle.orders.values():
                self.see(order)
        check_finally(self.market, self.outside, self.oracle)

    # --- helpers ------------------------------------------------------------------------------

    def order(
        self, buyer: str, basket: set[int], market: Marketplace | None = None
    ) -> Order | None:
        """Check out, unless that is refused for a good reason."""
        who = self.buyers[f"user_{buyer}"]
        wanted = [self.listed[number] for number in sorted(basket)]
        try:
            order = (market or self.market).order(who, *wanted)
        except Conflict as refused:
            self.check_refused(who, refused)
            self.see_what_was_closed()
            return None
        self.oracle.opened(order)
        self.see_what_was_closed()
        if market is None and order.payable(self.market.clock()):
            others = (other for other in self.oracle.those(OPEN) if other.id != order.id)
            mine = (other for other in others if other.buyer_id == order.buyer_id)
            assert not any(other.automation_ids & order.automation_ids for other in mine)
        return order

    def see_what_was_closed(self) -> None:
        """Note which checkouts were closed, since another took their place."""
        for order in self.oracle.those(OPEN):
            if self.market.provider.session(session(order)).state is PaymentState.EXPIRED:
                self.happened(order, EXPIRED)

    def visit(self, order: Order, twist: str) -> None:
        """A buyer does something at the checkout page, or nothing."""
        if twist != "leave":
            getattr(self.outside, twist)(order)
            self.happened(order, AFTER[twist])

    def happened(self, order: Order, state: str) -> None:
        """Note what became of an order's money; the provider sends two messages of it."""
        if self.oracle.states[order.id] == state:
            return
        self.oracle.became(order, state)
        self.sent += [self.outside.message(order, copy) for copy in (1, 2)]

    def check_refused(self, buyer: Principal, refused: Conflict) -> None:
        """A buyer is refused for a good reason alone."""
        match refused:
            case AlreadyOwned(automation_id=owned):
                assert (buyer.user_id, owned) in self.oracle.rights
            case OrderInProgress(order_id=order_id):
                assert self.oracle.states[order_id] in {PAID, PROCESSING}
            case NotForSale(automation_id=gone):
                assert not self.market.automations.get(AutomationId(gone)).for_sale
            case _:
                raise refused

    def see(self, order: Order) -> None:
        """The buyer opens the order's page."""
        self.market.view_order(self.buyers[order.buyer_id], order.id)


def _picked(things: list[Any], pick: int) -> Any:
    return things[pick % len(things)]


def _owner(listed: Automation) -> Principal:
    return Principal(listed.seller_id, "sess_1")


TestPurchaseLedger = PurchaseLedger.TestCase
TestPurchaseLedger.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
