"""A history: what buyers, sellers, banks, time and a careless postman do, step by step.

The rules are written once. Each takes three numbers, which choose what they are about, so that a
history is a list of steps: Hypothesis makes and shrinks them, and a seeded driver makes many. What
is refused for a good reason does not happen.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from attrs import define, frozen

from koda.domain.model.errors import (
    Conflict,
    InvalidValue,
    NotAuthenticated,
    NotFound,
    PaymentRefused,
    Unavailable,
)
from koda.domain.model.money import Money, step_of
from koda.domain.model.refund_states import RefundState
from koda.domain.usecases.money.assign_refund import RefundAssignment
from koda.domain.usecases.money.refund_purchase import RefundRequest
from koda.domain.usecases.selling.revise_automation import Revision
from tests.e2e.histories.circumstances import Circumstances
from tests.e2e.histories.scene import SELLERS, picked
from tests.support.sessions import session
from tests.support.windows import Answering

WHY = "A history wants it"
REFUSES = (Conflict, InvalidValue, NotAuthenticated, NotFound, PaymentRefused, Unavailable)
"""What Koda and the provider say to what they do not let happen, or cannot do now."""
STATES = (RefundState.SUCCEEDED,) * 5 + (
    RefundState.PENDING,
    RefundState.REQUIRES_ACTION,
    RefundState.FAILED,
)
"""How the next refund may go."""
_T = TypeVar("_T")


@frozen
class Step:
    """One step: the rule, and what chooses what it is about."""

    rule: str
    a: int = 0
    b: int = 0
    c: int = 0


@define
class History(Circumstances):
    """What happened so far on a stage. A rule tells what came of it."""

    def take(self, step: Step) -> str:
        """Take a step; say what came of it."""
        rule: Callable[[int, int, int], object] = getattr(self, step.rule)
        try:
            return str(rule(step.a, step.b, step.c))
        except REFUSES as refusal:
            return type(refusal).__name__

    # --- buyers -----------------------------------------------------------------------------------

    def check_out(self, buyer: int, basket: int, window: int) -> str:
        """Somebody wants some things, perhaps in another window than the one before."""
        wanted = [thing for bit, thing in enumerate(self.listed) if (basket % 15 + 1) >> bit & 1]
        market = self.next_market()
        if window % 3 == 0:
            market = market.but(orders=Answering(market.orders, open_of=()))
        who = picked(self.customers, buyer)
        try:
            order = market.order(who, *wanted)
        except Conflict as refused:
            self.check_refused(who, refused)
            raise
        if order.id not in {known.id for known in self.orders}:
            self.orders.append(order)
            if market is self.market:
                self.check_superseded(order)
        return order.id

    def pay(self, pick: int, _: int, __: int) -> str:
        """A buyer pays by card, or tries to."""
        order = picked(self.unpaid, pick)
        self.stage.world.pay(session(order))
        self.paid.add(order.id)
        return order.id

    def pay_slowly(self, pick: int, way: int, _: int) -> str:
        """A buyer pays by a debit or a voucher, is declined, or gives up."""
        order = picked(self.unpaid, pick)
        world = self.stage.world
        ways = world.pay_later, world.pay_by_voucher, world.decline, world.expire
        picked(ways, way)(session(order))
        if way % len(ways) < 2:
            self.slow.add(order.id)
        return order.id

    def settle(self, pick: int, way: int, _: int) -> str:
        """A slow payment arrives, or does not."""
        order = picked([order for order in self.orders if order.id in self.slow], pick)
        succeed = way % 3 != 0
        self.stage.world.settle(session(order), succeed=succeed)
        self.slow.remove(order.id)
        if succeed:
            self.paid.add(order.id)
        return order.id

    def look(self, pick: int, _: int, __: int) -> str:
        """A buyer opens an order's page."""
        order = picked(self.orders, pick)
        buyer = self.signed_in(order.buyer_id)
        return self.next_market().view_order(buyer, order.id).order.state

    # --- refunds ----------------------------------------------------------------------------------

    def refund(self, pick: int, amount: int, way: int) -> str:
        """An admin gives a line back, whole or in part."""
        order = picked(self.paid_orders, pick)
        line = picked(order.lines, amount)
        self.stage.world.next_refund(picked(STATES, way))
        wanted = self.part(line.price, amount // 3)
        request = RefundRequest(order.id, line.number, WHY, wanted)
        return str(self.next_market().refund_purchase(self.admin, request).revision)

    def refund_by_hand(self, pick: int, amount: int, _: int) -> str:
        """Somebody gives a part back at the provider, or all of it."""
        order = picked(self.paid_orders, pick)
        line = picked(order.lines, amount)
        part = self.part(line.price, amount // 3)
        minor = order.total.minor if part is None else part.minor
        return str(self.stage.world.refund(session(order), minor))

    def settle_a_refund(self, pick: int, way: int, _: int) -> str:
        """A refund that was under way ends, or one fails that had succeeded."""
        order = picked(self.paid_orders, pick)
        payment = self.market.payments.find(session(order))
        made = picked([refund for refund in payment.refunds if not refund.undone], way // 3)
        ends = RefundState.SUCCEEDED, RefundState.FAILED, RefundState.CANCELLED
        state = RefundState.FAILED if made.state is RefundState.SUCCEEDED else picked(ends, way)
        self.stage.world.settle_refund(made.id, state)
        return f"{made.id} {state}"

    def assign(self, pick: int, first: int, _: int) -> str:
        """An admin says of which lines a refund is that belonged to none."""
        waiting = [order for order in self.stored() if order.settlement.unmatched]
        order = picked(waiting, pick)
        refund_id = order.settlement.unmatched[0]
        payment = self.market.payments.find(session(order))
        left = next(made.amount for made in payment.refunds if made.id == refund_id)
        amounts: dict[int, Money | str] = {}
        for line in _turned(order.lines, first):
            part = min(left, line.price)
            if part.minor:
                amounts[line.number], left = part, left - part
        assignment = RefundAssignment(order.id, refund_id, amounts, WHY)
        return str(self.next_market().assign_refund(self.admin, assignment).revision)

    def ask_for_a_refund(self, pick: int, which: int, way: int) -> str:
        """A buyer asks for a line's refund, or thinks better of it; or its seller refuses."""
        order = picked(self.paid_orders, pick)
        line, market = picked(order.lines, which), self.next_market()
        if way % 3 == 2:
            seller = self.signed_in(line.seller_id)
            return str(market.refuse_refund(seller, order.id, line.number, WHY).revision)
        buyer = self.signed_in(order.buyer_id)
        if way % 3 == 0:
            return str(market.ask_for_refund(buyer, order.id, line.number, WHY).revision)
        return str(market.withdraw_refund_request(buyer, order.id, line.number).revision)

    # --- disputes ---------------------------------------------------------------------------------

    def dispute(self, pick: int, amount: int, way: int) -> str:
        """A bank asks, or takes."""
        order = picked(self.paid_orders, pick)
        part = self.part(picked(order.lines, amount).price, amount // 3)
        inquiry = way % 3 == 0
        minor = None if part is None else part.minor
        dispute_id = self.stage.world.dispute(session(order), minor, inquiry=inquiry)
        self.disputes[dispute_id] = "inquiry" if inquiry else "open"
        return str(dispute_id)

    def move_a_dispute(self, pick: int, way: int, _: int) -> str:
        """An inquiry becomes a dispute, or the bank decides."""
        waiting = [dispute for dispute, state in self.disputes.items() if state != "over"]
        dispute_id = picked(waiting, pick)
        if self.disputes[dispute_id] == "inquiry" and way % 2:
            self.stage.escalate(dispute_id)
            self.disputes[dispute_id] = "open"
        else:
            self.stage.world.close_dispute(dispute_id, won=way % 3 == 0)
            self.disputes[dispute_id] = "over"
        return str(dispute_id)

    # --- sellers ----------------------------------------------------------------------------------

    def change_a_listing(self, pick: int, price: int, way: int) -> str:
        """A seller wants another price, or sells no more."""
        listed = picked(self.listed, pick)
        seller = self.signed_in(self.sellers[SELLERS[pick % len(SELLERS)]].user_id)
        if way % 8 == 0:
            return self.market.withdraw_automation(seller, listed.id).state
        step = step_of(self.market.policy.currency).minor
        told = self.market.policy.money((price % 40 * 37 + 1) * step).amount
        self.market.revise_automation(seller, listed.id, Revision(price=told))
        return told

    # --- the postman ------------------------------------------------------------------------------

    def deliver(self, pick: int, times: int, lost: int) -> str:
        """Messages come, in any order, some twice; the provider may stop answering."""
        messages = self.stage.messages()
        market, told = self.next_market(), []
        if lost % 8 == 7:
            self.stage.lose_answers(1)
        for turn in range(times % 4 + 1):
            message = self.stage.message(picked(messages, len(messages) - 1 - pick * turn))
            try:
                told.append(market.handle_payment_event(*message).name)
            except (Unavailable, Conflict) as trouble:
                told.append(type(trouble).__name__)
        self.stage.lose_answers(0)
        return " ".join(told)

    def reconcile(self, _: int, __: int, ___: int) -> str:
        """What came meanwhile is captured, and everything is compared."""
        self.trouble = None
        self.stage.pass_time(timedelta(seconds=1))
        done = self.market.reconcile_payments(self.everything)
        return f"{done.compared} {done.recorded} {len(done.findings)}"


RULES: tuple[str, ...] = (
    *("check_out",) * 5,
    *("pay",) * 6,
    *("pay_slowly",) * 2,
    *("settle",) * 2,
    *("deliver",) * 8,
    *("look",) * 2,
    *("refund",) * 5,
    *("refund_by_hand",) * 3,
    "ask_for_a_refund",
    *("settle_a_refund",) * 3,
    *("assign",) * 2,
    *("dispute",) * 3,
    *("move_a_dispute",) * 3,
    "change_a_listing",
    *("suspend_a_listing",) * 2,
    *("change_an_account",) * 3,
    "delete_somebody",
    *("back_up",) * 2,
    *("restore",) * 2,
    *("pass_time",) * 3,
    *("stumble",) * 4,
    *("reconcile",) * 3,
)
"""The rules, each as often as it is to be chosen."""


def _turned(things: Sequence[_T], first: int) -> Sequence[_T]:
    """All of them, from another one on."""
    place = first % len(things)
    return (*things[place:], *things[:place])
