"""What every adapter of `Payments` does with the money that was paid."""

from uuid import uuid4

import pytest
from attrs import evolve

from koda.domain.model.errors import PaymentRefused
from koda.domain.model.identifiers import OrderId, PaymentId, TransferId
from koda.domain.model.money import Money
from koda.domain.model.payments import Reversal, Transfer
from koda.testing.contracts.payments_case import PaymentsCase


class MoneyChecks:
    """Passing money on to sellers, taking it back from them, and giving it back to the buyer."""

    def test_transfers_pay_each_seller_once(self, case: PaymentsCase) -> None:
        """Every seller gets their net, however often it is passed on."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        first = [case.payments.transfer(transfer) for transfer in paid.transfers()]
        again = [case.payments.transfer(transfer) for transfer in paid.transfers()]

        assert first == again
        assert [transfer.amount.minor for transfer in paid.transfers()] == [
            case.world.balance(transfer.account_id) for transfer in paid.transfers()
        ]

    def test_transfer_repeated_after_days_is_not_made_twice(self, case: PaymentsCase) -> None:
        """However late a repeat comes, the money moves once."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        first = case.passed_on(paid)
        case.world.days_pass()

        assert first == case.passed_on(paid)
        assert paid.transfers()[0].amount.minor == case.world.balance(case.account("ada"))

    def test_other_amount_for_the_same_seller_of_an_order_is_refused(
        self, case: PaymentsCase
    ) -> None:
        """A transfer is known by order and account; another amount is another wish."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.passed_on(paid)

        with pytest.raises(PaymentRefused):
            case.payments.transfer(evolve(paid.transfers()[0], amount=Money(1, "EUR")))

    def test_transfers_never_exceed_the_payment(self, case: PaymentsCase) -> None:
        """What is left of a payment bounds what can be passed on."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        ada, cid = paid.transfers()
        case.payments.transfer(ada)
        left = paid.order.total - ada.amount

        with pytest.raises(PaymentRefused):
            case.payments.transfer(evolve(cid, amount=left + Money(1, "EUR")))

    def test_transfer_to_an_account_that_cannot_receive_is_refused(
        self, case: PaymentsCase
    ) -> None:
        """The seller's share stays with the marketplace until they can be paid."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer = evolve(paid.transfers()[0], account_id=case.world.newcomer())

        with pytest.raises(PaymentRefused):
            case.payments.transfer(transfer)

    def test_transfer_of_what_has_not_arrived_is_refused(self, case: PaymentsCase) -> None:
        """A payment that is on its way cannot be passed on."""
        order = case.order(("ada", 1250), ("cid", 333))
        session = case.open(order)
        case.world.pay_later(session.id)
        payment_id = case.payments.find(session.id).payment_id

        assert payment_id is not None
        with pytest.raises(PaymentRefused):
            case.payments.transfer(
                Transfer(order.id, payment_id, case.account("ada"), Money(100, "EUR"))
            )

    @pytest.mark.parametrize("payment_id", ["nothing", "ch_nobody"])
    def test_transfer_of_no_payment_is_refused(self, case: PaymentsCase, payment_id: str) -> None:
        """There is nothing to pass on of a payment that never was."""
        transfer = Transfer(
            OrderId(f"ord_{uuid4().hex}"),
            PaymentId(payment_id),
            case.account("ada"),
            Money(100, "EUR"),
        )

        with pytest.raises(PaymentRefused):
            case.payments.transfer(transfer)

    def test_reversal_takes_back_once(self, case: PaymentsCase) -> None:
        """A part of a transfer comes back from the seller, once, however often it is asked for."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        for late in (False, False, True):
            if late:
                case.world.days_pass()
            case.payments.reverse(Reversal(transfer_id, "line-1", Money(62, "EUR")))

        net = paid.transfers()[0].amount.minor
        assert net - 62 == case.world.balance(case.account("ada"))

    def test_two_parts_of_the_same_amount_are_two_reversals(self, case: PaymentsCase) -> None:
        """Each part comes back once, and a part has one amount."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        for part in ("line-1", "line-2"):
            case.payments.reverse(Reversal(transfer_id, part, Money(62, "EUR")))

        net = paid.transfers()[0].amount.minor
        assert net - 124 == case.world.balance(case.account("ada"))
        with pytest.raises(PaymentRefused):
            case.payments.reverse(Reversal(transfer_id, "line-1", Money(61, "EUR")))

    def test_reversal_of_more_than_was_transferred_is_refused(self, case: PaymentsCase) -> None:
        """A seller gives back at most what they got."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        case.paid(("ada", 5000))

        with pytest.raises(PaymentRefused):
            case.payments.reverse(
                Reversal(transfer_id, "line-1", paid.transfers()[0].amount + Money(1, "EUR"))
            )

    def test_reversal_from_an_empty_account_is_refused(self, case: PaymentsCase) -> None:
        """What went to the seller's bank cannot be taken back."""
        transfer_id = case.passed_on(case.paid(("ada", 1250), ("cid", 333)))
        case.world.pay_out(case.account("ada"))

        with pytest.raises(PaymentRefused):
            case.payments.reverse(Reversal(transfer_id, "line-1", Money(62, "EUR")))

    @pytest.mark.parametrize("transfer_id", ["tr_nobody", "nothing"])
    def test_reversal_of_no_transfer_is_refused(self, case: PaymentsCase, transfer_id: str) -> None:
        """There is nothing to take back of a transfer that never was."""
        with pytest.raises(PaymentRefused):
            case.payments.reverse(Reversal(TransferId(transfer_id), "line-1", Money(62, "EUR")))

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
