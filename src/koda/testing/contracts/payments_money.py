"""What every adapter of `Payments` does with the money that was paid."""

from datetime import timedelta
from uuid import uuid4

import pytest
from attrs import evolve

from koda.domain.model.errors import AccountRefused, PaymentRefused
from koda.domain.model.identifiers import OrderId, PaymentId, TransferId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal, Transfer, TransferMade
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import readable
from koda.testing.contracts.payments_case import PaymentsCase


class MoneyChecks:
    """Passing money on to sellers, taking it back from them, and giving it back to the buyer."""

    def test_transfers_pay_each_seller_once(self, case: PaymentsCase) -> None:
        """Every seller gets their net, however often it is passed on."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        first = case.payments.pass_on(paid.transfers())
        again = case.payments.pass_on(paid.transfers())

        assert first == again
        assert [transfer.amount for transfer in paid.transfers()] == [
            made.amount for made in first if isinstance(made, TransferMade)
        ]
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

    def test_transfer_of_the_same_name_is_returned_as_it_was_made(self, case: PaymentsCase) -> None:
        """Whatever amount is asked for now; the next one to the same seller has another number."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        first = case.transferred(evolve(paid.transfers()[0], amount=Money(62, "EUR")))
        second = evolve(paid.transfers()[0], amount=Money(1000, "EUR"))

        assert first == case.transferred(second)
        assert case.transferred(evolve(second, number=2)).amount == second.amount
        assert case.world.balance(case.account("ada")) == 1062

    def test_nothing_to_pass_on_is_nothing(self, case: PaymentsCase) -> None:
        """Nobody is asked."""
        with case.world.outage():
            assert case.payments.pass_on([]) == ()

    def test_each_transfer_has_its_own_outcome(self, case: PaymentsCase) -> None:
        """A seller who cannot be paid keeps nobody else from theirs."""
        paid = case.paid(("ada", 1250), ("cid", 333), ("dan", 500))
        ada, cid, dan = paid.transfers()
        newcomer = evolve(cid, account_id=case.world.newcomer())
        outcomes = case.payments.pass_on([ada, newcomer, dan])

        kinds = [TransferMade, AccountRefused, TransferMade]
        assert kinds == [type(outcome) for outcome in outcomes]

    def test_refused_transfer_is_refused_again_under_its_key(self, case: PaymentsCase) -> None:
        """Though its seller can be paid by now; another attempt is made, and once."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        newcomer = case.world.newcomer()
        transfer = evolve(paid.transfers()[0], account_id=newcomer)
        with pytest.raises(AccountRefused):
            case.transferred(transfer)
        case.world.complete_onboarding(newcomer)
        with pytest.raises(AccountRefused):
            case.transferred(transfer)
        made = case.transferred(evolve(transfer, attempt=2))

        assert made == case.transferred(evolve(transfer, attempt=3))
        assert transfer.amount.minor == case.world.balance(newcomer)

    def test_charge_that_was_refunded_is_not_passed_on(self, case: PaymentsCase) -> None:
        """There is nothing left of it."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.world.refund(paid.payment.session_id, 1583)

        with pytest.raises(PaymentRefused):
            case.passed_on(paid)

    def test_transfers_never_exceed_the_payment(self, case: PaymentsCase) -> None:
        """What is left of a payment bounds what can be passed on."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        ada, cid = paid.transfers()
        case.transferred(ada)
        left = paid.order.total - ada.amount

        with pytest.raises(PaymentRefused):
            case.transferred(evolve(cid, amount=left + Money(1, "EUR")))

    def test_transfer_to_an_account_that_cannot_receive_is_refused(
        self, case: PaymentsCase
    ) -> None:
        """The seller's share stays with the marketplace until they can be paid."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer = evolve(paid.transfers()[0], account_id=case.world.newcomer())

        with pytest.raises(AccountRefused):
            case.transferred(transfer)

    def test_transfer_of_what_has_not_arrived_is_refused(self, case: PaymentsCase) -> None:
        """A payment that is on its way cannot be passed on."""
        order = case.order(("ada", 1250), ("cid", 333))
        session = case.open(order)
        case.world.pay_later(session.id)
        payment_id = case.payments.find(session.id).payment_id

        assert payment_id is not None
        with pytest.raises(PaymentRefused):
            case.transferred(Transfer(order.id, payment_id, case.account("ada"), Money(100, "EUR")))

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
            case.transferred(transfer)

    def test_reversal_takes_back_once(self, case: PaymentsCase) -> None:
        """Money of a transfer comes back from the seller, once, however often it is asked for."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        for late in (False, False, True):
            if late:
                case.world.days_pass()
            case.payments.reverse(Reversal(transfer_id, Money(62, "EUR")))

        net = paid.transfers()[0].amount.minor
        assert net - 62 == case.world.balance(case.account("ada"))

    def test_two_reversals_of_the_same_amount_are_two(self, case: PaymentsCase) -> None:
        """Each number comes back once, and is returned as it was made."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        amount = Money(62, "EUR")
        first, second = (
            case.payments.reverse(Reversal(transfer_id, amount, number)) for number in (1, 2)
        )

        net = paid.transfers()[0].amount.minor
        assert net - 124 == case.world.balance(case.account("ada"))
        assert first.id != second.id
        assert first == case.payments.reverse(Reversal(transfer_id, Money(61, "EUR"), 1))
        assert first.amount == amount

    def test_refused_reversal_is_refused_again_under_its_key(self, case: PaymentsCase) -> None:
        """Another attempt has a key of its own, and takes what the seller has by then."""
        transfer_id = case.passed_on(case.paid(("ada", 1250), ("cid", 333)))
        case.world.pay_out(case.account("ada"))
        reversal = Reversal(transfer_id, Money(62, "EUR"))
        with pytest.raises(PaymentRefused):
            case.payments.reverse(reversal)
        case.paid(("ada", 5000))

        with pytest.raises(PaymentRefused):
            case.payments.reverse(reversal)
        assert case.payments.reverse(evolve(reversal, attempt=2)).amount == reversal.amount

    def test_what_came_back_is_passed_on_again_from_the_balance(self, case: PaymentsCase) -> None:
        """All transfers of a payment count against it, those that were reversed, too."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        case.payments.pass_on(paid.transfers()[1:])
        amount = Money(62, "EUR")
        case.payments.reverse(Reversal(transfer_id, amount))
        case.world.days_pass()
        again = evolve(paid.transfers()[0], amount=amount, number=2, from_balance=True)
        made = case.transferred(again)

        assert made.amount == amount
        assert case.world.balance(case.account("ada")) == paid.transfers()[0].amount.minor

    def test_transfers_of_a_period_are_listed(self, case: PaymentsCase) -> None:
        """Also one that was made twice; that by which a charge pays its seller is none of them."""
        since = case.world.now()
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.paid(("ada", 1250))
        first = case.passed_on(paid)
        again = case.world.transfer_again(first)
        case.payments.reverse(Reversal(again, Money(62, "EUR")))
        (wanted, _), until = paid.transfers(), case.world.now() + timedelta(days=1)
        seen = [
            made
            for made in readable(case.payments.transferred(Period(since, until)))
            if made.order_id == paid.order.id
        ]

        assert {made.name for made in seen} == {wanted.name}
        assert {made.id: made.left.minor for made in seen} == {
            first: wanted.amount.minor,
            again: wanted.amount.minor - 62,
        }
        assert {made.amount for made in seen} == {wanted.amount}
        assert list(case.payments.transferred(Period(until, until + timedelta(days=1)))) == []

    def test_what_came_back_of_a_charge_is_passed_on_from_the_balance(
        self, case: PaymentsCase
    ) -> None:
        """To the seller whom the charge had paid, and no more than that."""
        paid = case.paid(("ada", 1250))
        before, transfer_id = case.world.balance(case.account("ada")), case.seen(paid).transfer_id
        assert transfer_id is not None
        amount = Money(62, "EUR")
        case.payments.reverse(Reversal(transfer_id, amount))
        (transfer,) = paid.transfers()
        case.transferred(evolve(transfer, amount=amount, from_balance=True))

        assert case.world.balance(case.account("ada")) == before

    def test_transfer_of_a_charge_is_reversed_below_zero(self, case: PaymentsCase) -> None:
        """What the charge itself paid comes back, whatever the seller has."""
        paid = case.paid(("ada", 1250))
        transfer_id = case.seen(paid).transfer_id
        assert transfer_id is not None
        case.world.pay_out(case.account("ada"))
        made = case.payments.reverse(Reversal(transfer_id, Money(62, "EUR")))

        assert made.amount == Money(62, "EUR")
        assert case.world.balance(case.account("ada")) == -62

    def test_reversal_of_more_than_was_transferred_is_refused(self, case: PaymentsCase) -> None:
        """A seller gives back at most what they got."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        case.paid(("ada", 5000))

        with pytest.raises(PaymentRefused):
            case.payments.reverse(
                Reversal(transfer_id, paid.transfers()[0].amount + Money(1, "EUR"))
            )

    def test_reversal_from_an_empty_account_is_refused(self, case: PaymentsCase) -> None:
        """What went to the seller's bank cannot be taken back."""
        transfer_id = case.passed_on(case.paid(("ada", 1250), ("cid", 333)))
        case.world.pay_out(case.account("ada"))

        with pytest.raises(PaymentRefused):
            case.payments.reverse(Reversal(transfer_id, Money(62, "EUR")))

    @pytest.mark.parametrize("transfer_id", ["tr_nobody", "nothing"])
    def test_reversal_of_no_transfer_is_refused(self, case: PaymentsCase, transfer_id: str) -> None:
        """There is nothing to take back of a transfer that never was."""
        case.paid(("ada", 1250))
        with pytest.raises(PaymentRefused):
            case.payments.reverse(Reversal(TransferId(transfer_id), Money(62, "EUR")))
