"""What every adapter of `Payments` does with what goes back to the buyer."""

from uuid import uuid4

import pytest
from attrs import evolve

from koda.domain.model.errors import PaymentRefused, StillProcessing
from koda.domain.model.identifiers import OrderId, PaymentId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.refund_states import RefundState
from koda.testing.contracts.payments_case import PaidOrder, PaymentsCase


class RefundChecks:
    """Giving money back to the buyer, at whose cost, and what becomes of it."""

    def test_refund_of_what_several_sellers_sold_comes_from_the_marketplace(
        self, case: PaymentsCase
    ) -> None:
        """Without a direct charge the marketplace gives the whole price back, once."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        before = case.world.balance(None)
        first = case.payments.refund(paid.refund())
        again = case.payments.refund(paid.refund())

        assert first == again
        assert before - 1250 == case.world.balance(None)

    def test_refund_of_what_one_seller_sold_comes_from_both(self, case: PaymentsCase) -> None:
        """The seller gives the net back and the marketplace its fee, exactly and once."""
        paid = case.paid(("ada", 1250), ("ada", 333))
        before = case.world.balance(None)
        first = case.payments.refund(paid.refund())
        case.world.days_pass()
        again = case.payments.refund(paid.refund())

        assert first == again
        assert paid.order.lines[1].net.minor == case.world.balance(case.account("ada"))
        assert before - paid.order.lines[0].fee.minor == case.world.balance(None)

    def test_refunds_line_by_line_leave_nothing(self, case: PaymentsCase) -> None:
        """Fees are given back to the cent, whatever their rounding was."""
        before = case.world.balance(None)
        paid = case.paid(("ada", 103), ("ada", 110), ("ada", 117), ("ada", 1001))
        for line in paid.order.lines:
            case.payments.refund(paid.refund(line.number))

        assert (0, before) == (case.world.balance(case.account("ada")), case.world.balance(None))

    def test_refund_of_a_whole_order_leaves_nothing(self, case: PaymentsCase) -> None:
        """One line or all: everybody is where they were."""
        before = case.world.balance(None)
        case.payments.refund(case.paid(("ada", 1250)).refund())

        assert (0, before) == (case.world.balance(case.account("ada")), case.world.balance(None))

    def test_other_amount_for_the_same_part_is_refused(self, case: PaymentsCase) -> None:
        """A refund is known by order and part; another amount is another wish."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.payments.refund(paid.refund())

        with pytest.raises(PaymentRefused):
            case.payments.refund(evolve(paid.refund(), amount=Money(1, "EUR")))

    @pytest.mark.parametrize("other", ["ada", "cid"])
    def test_refunds_never_exceed_the_payment(self, case: PaymentsCase, other: str) -> None:
        """What is left of a payment bounds what goes back, and a refusal moves nothing."""
        paid = case.paid(("ada", 1250), (other, 333))
        case.payments.refund(paid.refund())
        before = case.world.balance(None), case.world.balance(case.account("ada"))
        too_much = evolve(paid.refund(2), amount=Money(334, "EUR"))

        with pytest.raises(PaymentRefused):
            case.payments.refund(too_much)
        assert before == (case.world.balance(None), case.world.balance(case.account("ada")))

    def test_refund_takes_an_empty_account_below_zero(self, case: PaymentsCase) -> None:
        """What went to the seller's bank is owed to the provider, who takes it from later sales."""
        paid = case.paid(("ada", 1250))
        before = case.world.balance(None)
        case.world.pay_out(case.account("ada"))
        case.payments.refund(paid.refund())

        line = paid.order.lines[0]
        assert before - line.fee.minor == case.world.balance(None)
        assert -line.net.minor == case.world.balance(case.account("ada"))

    def test_marketplace_may_pay_alone(self, case: PaymentsCase) -> None:
        """Then the seller keeps all, and is asked for nothing by a repeat."""
        paid = case.paid(("ada", 1250), ("ada", 333))
        before = case.world.balance(None), case.world.balance(case.account("ada"))
        ours = case.payments.refund(evolve(paid.refund(), seller_pays=False))
        case.world.days_pass()
        again = case.payments.refund(paid.refund())

        assert ours == again
        after = case.world.balance(None) + 1250, case.world.balance(case.account("ada"))
        assert before == after

    def test_what_needs_a_captured_charge_waits(self, case: PaymentsCase) -> None:
        """Nothing has moved by then; a repeat moves all of it."""
        order = case.order(("ada", 1250), ("ada", 333))
        session = case.open(order)
        case.world.pay(session.id)
        refund = PaidOrder(order, case.payments.find(session.id)).refund()
        with pytest.raises(StillProcessing):
            case.payments.refund(refund)
        untouched = case.payments.find(session.id)
        case.world.capture(session.id)
        made = case.payments.refund(refund)

        assert untouched.refunds == ()
        assert case.payments.find(session.id).refunds == (made,)
        assert order.lines[1].net.minor == case.world.balance(case.account("ada"))

    def test_refund_under_way_is_returned_with_its_state(self, case: PaymentsCase) -> None:
        """And made once."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.world.next_refund(RefundState.PENDING)
        made = case.payments.refund(paid.refund())

        assert (made.state, made.part) == (RefundState.PENDING, "line-1")
        assert made == case.payments.refund(paid.refund())
        assert case.seen(paid).refunds == (made,)

    def test_refund_that_waits_for_the_balance_says_so(self, case: PaymentsCase) -> None:
        """Until it is over."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.world.next_refund(RefundState.PENDING, lacks_funds=True)
        made = case.payments.refund(paid.refund())
        case.world.settle_refund(made.id, RefundState.SUCCEEDED)

        assert (made.state, made.lacks_funds) == (RefundState.PENDING, True)
        assert not case.seen(paid).refunds[0].lacks_funds

    def test_undone_refund_is_made_anew_by_another_attempt(self, case: PaymentsCase) -> None:
        """Under a key of its own, since the first one stands for what failed."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.world.next_refund(RefundState.PENDING)
        first = case.payments.refund(paid.refund())
        case.world.settle_refund(first.id, RefundState.FAILED)
        second = case.payments.refund(evolve(paid.refund(), attempt=2))

        assert first.id != second.id
        assert second.state is RefundState.SUCCEEDED
        assert [refund.id for refund in case.seen(paid).refunds] == [first.id, second.id]
        assert case.seen(paid).left.minor == 333

    def test_what_came_back_for_a_refund_that_failed_is_passed_on_again(
        self, case: PaymentsCase
    ) -> None:
        """To the seller who gave it; the failed refund takes nothing from the payment."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        share, transfer_id = paid.transfers()[0], case.passed_on(paid)
        case.world.next_refund(RefundState.PENDING)
        refund = case.payments.refund(paid.refund())
        case.payments.reverse(Reversal(transfer_id, share.amount))
        case.world.settle_refund(refund.id, RefundState.FAILED)
        again = evolve(share, number=2, from_balance=True)

        assert case.transferred(again).amount == share.amount
        assert case.world.balance(case.account("ada")) == share.amount.minor
        assert case.seen(paid).left == paid.order.total

    def test_disputed_payment_is_not_refunded(self, case: PaymentsCase) -> None:
        """The bank has the money already; once the dispute is won, it can be."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        dispute_id = case.world.dispute(paid.payment.session_id)
        with pytest.raises(PaymentRefused):
            case.payments.refund(paid.refund())
        case.world.close_dispute(dispute_id, won=True)
        with pytest.raises(PaymentRefused):
            case.payments.refund(paid.refund())
        made = case.payments.refund(evolve(paid.refund(), attempt=2))

        assert case.seen(paid).refunds == (made,)

    def test_nothing_is_refunded_once_a_part_was_lost(self, case: PaymentsCase) -> None:
        """The bank took a part, and the rest stays with the marketplace."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        dispute_id = case.world.dispute(paid.payment.session_id, 333)
        case.world.close_dispute(dispute_id, won=False)

        with pytest.raises(PaymentRefused):
            case.payments.refund(paid.refund())

    def test_refund_from_a_seller_whom_the_charge_did_not_pay_is_refused(
        self, case: PaymentsCase
    ) -> None:
        """Money comes back only from where the charge sent it."""
        paid = case.paid(("ada", 1250))

        with pytest.raises(PaymentRefused):
            case.payments.refund(evolve(paid.refund(), destination=case.account("cid")))

    def test_refund_of_no_payment_is_refused(self, case: PaymentsCase) -> None:
        """There is nothing to give back of a payment that never was."""
        refund = evolve(case.paid(("ada", 1250)).refund(), order_id=OrderId(uuid4().hex))

        for payment_id in ("nothing", "ch_nobody"):
            with pytest.raises(PaymentRefused):
                case.payments.refund(evolve(refund, payment_id=PaymentId(payment_id)))
