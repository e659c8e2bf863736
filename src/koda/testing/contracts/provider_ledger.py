"""What every adapter of `ProviderLedger` does."""

from datetime import timedelta

import pytest
from attrs import evolve, frozen

from koda.domain.model.errors import Unavailable
from koda.domain.model.identifiers import LedgerLineId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.domain.model.periods import Period
from koda.domain.model.provider_ledger import LedgerKind, LedgerLine
from koda.domain.model.refund_states import RefundState
from koda.domain.model.unreadable import readable
from koda.ports.payments import Payments
from koda.ports.provider_ledger import ProviderLedger
from koda.testing.contracts.payments_case import PaidOrder, PaymentsCase, PaymentsWorld

DAY = timedelta(days=1)
CHARGE_FEE, DISPUTE_FEE = 200, 1500
"""What the provider takes: hundredths of a percent of each charge, and cents for each dispute."""


@frozen
class LedgerCase:
    """A ledger, the payments that it tells of, and the lines that there were before the test."""

    ledger: ProviderLedger
    payments: PaymentsCase
    before: frozenset[LedgerLineId] = frozenset()

    def lines(self) -> list[LedgerLine]:
        """What happened in this test, newest first."""
        now = self.payments.world.now()
        return [
            line
            for line in readable(self.ledger.lines(Period(now - DAY, now + DAY)))
            if line.id not in self.before
        ]

    def of_kind(self, kind: LedgerKind) -> LedgerLine:
        """The one line of its kind."""
        (line,) = (line for line in self.lines() if line.kind is kind)
        return line

    def amounts(self) -> dict[LedgerKind, int]:
        """The amounts of the lines, by kind."""
        return {line.kind: line.amount for line in self.lines()}

    def paid(self, *sold: tuple[str, int]) -> PaidOrder:
        """An order that was paid."""
        return self.payments.paid(*sold)


class ProviderLedgerContract:
    """Subclass it, with a fixture `make` that returns two adapters and the world around them.

    They are of one provider, which takes `CHARGE_FEE` and `DISPUTE_FEE`.
    """

    @pytest.fixture
    def case(self, make: tuple[Payments, ProviderLedger, PaymentsWorld]) -> LedgerCase:
        """What the checks use."""
        payments, ledger, world = make
        case = LedgerCase(ledger, PaymentsCase(payments, world))
        return evolve(case, before=frozenset(line.id for line in case.lines()))

    def test_charge_is_a_line_once_it_is_captured(self, case: LedgerCase) -> None:
        """With its order, and what the provider took of it."""
        world = case.payments.world
        order = case.payments.order(("ada", 1250), ("cid", 333))
        session = case.payments.open(order)
        world.pay(session.id)
        before = case.lines()
        world.capture(session.id)
        (line,) = case.lines()

        assert before == []
        assert (line.kind, line.amount, line.fee, line.net) == (LedgerKind.CHARGE, 1583, 31, 1552)
        assert (line.currency, line.order_id) == ("EUR", order.id)
        assert line.references == (case.payments.payments.find(session.id).payment_id,)
        assert abs(line.occurred_at - world.now()) < DAY

    def test_charge_that_pays_its_seller_is_known_in_all_its_lines(self, case: LedgerCase) -> None:
        """What went to the seller, and the fee that came from them, lead to it."""
        paid = case.paid(("ada", 1250))

        assert case.amounts() == {
            LedgerKind.CHARGE: 1250,
            LedgerKind.TRANSFER: -1250,
            LedgerKind.APPLICATION_FEE: paid.order.fee.minor,
        }
        assert {line.references[-1] for line in case.lines()} == {paid.payment_id}

    def test_transfer_is_known_by_its_own_id(self, case: LedgerCase) -> None:
        """And so is what is taken back of it."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        made = case.payments.transferred(paid.transfers()[0])
        case.payments.payments.reverse(Reversal(made.id, Money(62, "EUR")))
        transfer = case.of_kind(LedgerKind.TRANSFER)

        assert (transfer.references[0], transfer.amount) == (made.id, -made.amount.minor)
        assert case.of_kind(LedgerKind.REVERSAL).amount == 62

    def test_refund_of_a_charge_that_paid_its_seller_is_three_lines(self, case: LedgerCase) -> None:
        """What comes back from the seller, what goes to the buyer, and the fee."""
        paid = case.paid(("ada", 1250))
        made = case.payments.payments.refund(paid.refund())
        amounts = case.amounts()

        assert (amounts[LedgerKind.REVERSAL], amounts[LedgerKind.REFUND]) == (1250, -1250)
        assert amounts[LedgerKind.FEE_REFUND] == -paid.order.fee.minor
        for kind in (LedgerKind.REVERSAL, LedgerKind.REFUND):
            assert made.id in case.of_kind(kind).references

    def test_sale_without_a_fee_has_no_line_of_one(self, case: LedgerCase) -> None:
        """Nor has its refund."""
        order = case.payments.order(("ada", 1250))
        order = evolve(order, lines=(evolve(order.lines[0], fee=Money.zero("EUR")),))
        session = case.payments.open(order)
        case.payments.world.pay(session.id)
        case.payments.world.capture(session.id)
        paid = PaidOrder(order, case.payments.payments.find(session.id))
        case.payments.payments.refund(paid.refund())

        assert case.amounts() == {
            LedgerKind.CHARGE: 1250,
            LedgerKind.TRANSFER: -1250,
            LedgerKind.REVERSAL: 1250,
            LedgerKind.REFUND: -1250,
        }

    def test_refund_that_failed_comes_back(self, case: LedgerCase) -> None:
        """Under the same id."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        case.payments.world.next_refund(RefundState.PENDING)
        refund_id = case.payments.world.refund(paid.payment.session_id, 83)
        case.payments.world.settle_refund(refund_id, RefundState.FAILED)

        for kind, amount in ((LedgerKind.REFUND, -83), (LedgerKind.REFUND_FAILED, 83)):
            line = case.of_kind(kind)
            assert (line.amount, line.references) == (amount, (refund_id,))

    def test_dispute_takes_its_amount_and_a_fee_of_its_order(self, case: LedgerCase) -> None:
        """Won, the amount comes back."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        dispute_id = case.payments.world.dispute(paid.payment.session_id)
        line = case.of_kind(LedgerKind.DISPUTE)
        case.payments.world.close_dispute(dispute_id, won=True)
        back = case.of_kind(LedgerKind.DISPUTE_REVERSAL)

        assert (line.amount, line.fee, line.order_id) == (-1583, DISPUTE_FEE, paid.order.id)
        assert (back.amount, back.fee, back.references) == (1583, 0, line.references)
        assert line.references == (dispute_id,)

    def test_what_goes_to_the_bank_is_a_line(self, case: LedgerCase) -> None:
        """All that there is."""
        case.paid(("ada", 1250), ("cid", 333))
        left = case.payments.world.balance(None)
        case.payments.world.pay_out(None)

        assert case.of_kind(LedgerKind.BANK).amount == -left

    def test_lines_are_newest_first_and_of_the_period_alone(self, case: LedgerCase) -> None:
        """From its beginning to before its end."""
        case.payments.transferred(case.paid(("ada", 1250), ("cid", 333)).transfers()[0])
        kinds = [line.kind for line in case.lines()]
        first = case.lines()[-1].occurred_at
        before, after = Period(first - DAY, first), Period(first, first + DAY)

        assert kinds == [LedgerKind.TRANSFER, LedgerKind.CHARGE]
        ids = {line.id for line in case.lines()}
        assert not ids & {line.id for line in readable(case.ledger.lines(before))}
        assert ids <= {line.id for line in readable(case.ledger.lines(after))}

    def test_balance_is_the_sum_of_the_lines(self, case: LedgerCase) -> None:
        """Whatever they were for."""
        before = {balance.currency: balance.minor for balance in case.ledger.balances()}
        paid = case.paid(("ada", 1250))
        case.payments.payments.refund(paid.refund())
        case.payments.world.dispute(case.paid(("cid", 333), ("ada", 5)).payment.session_id)
        (balance,) = case.ledger.balances()

        assert balance.currency == "EUR"
        assert balance.minor - before.get("EUR", 0) == sum(line.net for line in case.lines())

    def test_outage_is_unavailable(self, case: LedgerCase) -> None:
        """And nothing else."""
        with case.payments.world.outage():
            with pytest.raises(Unavailable):
                case.lines()
            with pytest.raises(Unavailable):
                case.ledger.balances()
