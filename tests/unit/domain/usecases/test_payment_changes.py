"""Whatever becomes of a payment, before it is recorded, meanwhile and after: it ends the same."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import PaymentRefused, WrongState
from koda.domain.model.identifiers import PaymentId, UserId
from koda.domain.model.money import Money
from koda.domain.model.movements import Refund
from koda.domain.model.notices import Receipt
from koda.domain.model.orders import Order
from koda.domain.model.payments import Payment
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.refund_states import RefundState
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

BUYER = UserId("user_bea")
SELLERS = ("ada", "cyd", "ada")
"""Whose each line is."""
lines = st.integers(1, len(SELLERS))
picks = st.integers(0, 9)
Happening = Callable[[Marketplace, Order], object]


class Shop:
    """A marketplace with one order of three lines, which is paid."""

    def __init__(self) -> None:
        self.market = Marketplace()
        sellers = {name: self.market.ready_seller(name) for name in set(SELLERS)}
        listed = [
            self.market.list_automation(sellers[name], title=f"Line {number}", price=f"{number}.05")
            for number, name in enumerate(SELLERS, 1)
        ]
        self.order = self.market.order(self.market.person("bea"), *listed)
        self.market.provider.pay(session(self.order))

    @property
    def payment(self) -> Payment:
        """The payment as it is now."""
        return self.market.payments.find(session(self.order))

    def record(self) -> Order:
        """Bring the order in step."""
        return self.market.record_purchase(session(self.order)).order

    def states(self) -> list[PurchaseState]:
        """What each line is to its buyer."""
        bought = [
            self.market.purchases.find(BUYER, line.automation_id) for line in self.order.lines
        ]
        return [purchase.state for purchase in bought if purchase]

    def passed_on(self) -> int:
        """What sellers have of transfers so far, in cents."""
        provider = self.market.provider
        back = (made for reversals in provider.reversals.values() for made in reversals)
        passed = sum(made.amount.minor for made in provider.transfers.values())
        return passed - sum(made.amount.minor for made in back)


UNDER_WAY = (RefundState.PENDING, RefundState.SUCCEEDED)


class PaymentChanges(RuleBasedStateMachine):
    """Two marketplaces to whose payment the same happens: the second looks at the end only."""

    def __init__(self) -> None:
        super().__init__()
        self.watched, self.late = Shop(), Shop()

    def both(self, happen: Happening) -> None:
        """Let the same happen at both; what the provider refuses does not happen."""
        for shop in (self.watched, self.late):
            try:
                happen(shop.market, shop.order)
            except (PaymentRefused, WrongState):
                continue

    # --- outside ----------------------------------------------------------------------------------

    @rule(line=lines, state=st.sampled_from(UNDER_WAY))
    def refund_a_line(self, line: int, state: RefundState) -> None:
        """Koda gives a line back, and nobody remembers: it is known by the provider alone.

        Had it failed, who had seen it would make it anew, and who had not would not.
        """

        def happen(market: Marketplace, order: Order) -> None:
            market.provider.next_refund = state
            attempt = len(market.provider.refunds) + 1
            price = order.lines[line - 1].price
            payment_id = PaymentId(f"pay_{order.id}")
            part = f"line-{line}"
            market.payments.refund(Refund(order.id, payment_id, part, price, attempt=attempt))

        self.both(happen)

    @rule(minor=st.sampled_from([1, 105, 205, None]))
    def refund_by_hand(self, minor: int | None) -> None:
        """Somebody gives a part back, or all that is left."""
        amount = None if minor is None else Money(minor, "EUR")
        self.both(lambda market, order: market.provider.refund(session(order), amount))

    @precondition(lambda self: self.watched.market.provider.refunds)
    @rule(pick=picks, state=st.sampled_from(RefundState))
    def settle_a_refund(self, pick: int, state: RefundState) -> None:
        """It ends otherwise than it began; one that was undone stays so.

        Of several that somebody made by hand and that together gave all back, none fails: which
        lines they were of is decided once, by who sees them before.
        """

        def happen(market: Marketplace, order: Order) -> None:
            refunds = list(market.provider.refunds.values())
            refund = refunds[pick % len(refunds)]
            together = sum(made.by_hand for made in refunds) > 1
            all_back = together and not market.payments.find(session(order)).left.minor
            may_fail = refund.by_hand and not all_back
            if not refund.seen.undone and (may_fail or state in UNDER_WAY):
                market.provider.settle_refund(refund.id, state)

        self.both(happen)

    @rule(minor=st.sampled_from([10, 315, None]), inquiry=st.booleans())
    def dispute(self, minor: int | None, inquiry: bool) -> None:
        """The bank asks, or takes."""
        state = DisputeState.INQUIRY if inquiry else DisputeState.OPEN
        amount = None if minor is None else Money(minor, "EUR")
        self.both(lambda market, order: market.provider.dispute(session(order), amount, state))

    @precondition(lambda self: self.watched.market.provider.disputes)
    @rule(pick=picks, state=st.sampled_from(DisputeState))
    def move_a_dispute(self, pick: int, state: DisputeState) -> None:
        """It goes on, or ends."""

        def happen(market: Marketplace, _: Order) -> None:
            disputes = list(market.provider.disputes)
            market.provider.move_dispute(disputes[pick % len(disputes)], state)

        self.both(happen)

    # --- messages ---------------------------------------------------------------------------------

    @rule(seed=st.integers(0, 99))
    def messages_come(self, seed: int) -> None:
        """Those so far, in any order, some twice and some not at all; before, a transfer fits."""
        before, left = self.watched.passed_on(), self.watched.payment.left.minor
        self.watched.market.replay(seed)

        passed = self.watched.passed_on() - before
        assert passed <= left

    @invariant()
    def nothing_is_passed_on_twice(self) -> None:
        """No seller gets more than the net of their lines."""
        nets = sum(line.net.minor for line in self.watched.order.lines)
        assert self.watched.passed_on() <= nets

    def teardown(self) -> None:
        """Both look: the buyer has the same, and nobody was told twice that it is theirs."""
        watched, late = self.watched.record(), self.late.record()

        assert self.watched.states() == self.late.states()
        assert watched.settlement.unmatched == late.settlement.unmatched
        assert self.watched.record() == watched
        assert self.late.passed_on() <= max(self.late.payment.left.minor, 0)
        told = [
            notice for notice in self.watched.market.notices.sent if isinstance(notice, Receipt)
        ]
        numbers = [line.number for receipt in told for line in receipt.lines]
        assert len(numbers) == len(set(numbers))


TestPaymentChanges = PaymentChanges.TestCase
TestPaymentChanges.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)
