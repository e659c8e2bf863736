"""What every adapter of `Payments` sees of what was moved, and of what was undone of it."""

from collections.abc import Iterable
from datetime import timedelta

from attrs import evolve

from koda.domain.model.identifiers import ReversalId
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal, ReversalMade, Undone
from koda.domain.model.periods import Period
from koda.testing.contracts.payments_case import PaymentsCase


def facts(undone: Iterable[Undone]) -> list[tuple[str, int, str | None]]:
    """What was undone, without when."""
    return [(made.id, made.amount.minor, made.name) for made in undone]


class UndoingChecks:
    """Transfers, their reversals, and fees that went back, for those that nobody remembers."""

    def test_transfers_of_an_order_are_found(self, case: PaymentsCase) -> None:
        """By the names that they were asked for under; of another order there are none."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        wanted = [*paid.transfers(), evolve(paid.transfers()[0], amount=Money(1, "EUR"), number=2)]
        made = [case.transferred(transfer) for transfer in wanted]
        seen = case.payments.passed_on(paid.order.id)

        assert [transfer.made for transfer in seen] == made
        assert [transfer.name for transfer in seen] == [transfer.name for transfer in wanted]
        assert case.payments.passed_on(case.paid(("ada", 1250)).order.id) == ()

    def test_reversals_of_a_transfer_are_seen_with_it(self, case: PaymentsCase) -> None:
        """Oldest first, those by hand without a name, wherever the transfer is listed."""
        since = case.world.now() - timedelta(seconds=1)
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        reversal = Reversal(transfer_id, Money(62, "EUR"))
        ours, by_hand = case.payments.reverse(reversal), case.world.reverse_by_hand(transfer_id, 7)
        (seen,) = case.payments.passed_on(paid.order.id)
        until = case.world.now() + timedelta(days=1)

        assert facts(seen.reversals) == [(ours.id, 62, reversal.name), (by_hand, 7, None)]
        assert seen.left == seen.amount - Money(69, "EUR")
        assert all(since <= made.made_at < until for made in seen.reversals)
        assert seen in list(case.payments.transferred(Period(since, until)))

    def test_of_two_transfers_of_one_name_the_one_that_is_left_is_found(
        self, case: PaymentsCase
    ) -> None:
        """By whoever asks for it once more."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer, first = paid.transfers()[0], case.passed_on(paid)
        again = case.world.transfer_again(first)
        assert case.transferred(transfer).id == first
        case.payments.reverse(Reversal(first, transfer.amount))

        assert case.transferred(transfer).id == again

    def test_fresh_payment_has_nothing_undone(self, case: PaymentsCase) -> None:
        """Whether the provider has captured its charge or not."""
        session = case.open(case.order(("ada", 1250)))
        case.world.pay(session.id)
        payments = case.payments.find(session.id), case.paid(("ada", 1250), ("cid", 333)).payment

        assert [(payment.reversals, payment.fee_returns) for payment in payments] == [((), ())] * 2

    def test_reversals_of_what_a_charge_paid_are_seen_with_it(self, case: PaymentsCase) -> None:
        """Those that a refund made are told by the refund."""
        since = case.world.now()
        paid = case.paid(("ada", 1250), ("ada", 333))
        transfer_id = case.seen(paid).transfer_id
        assert transfer_id is not None
        reversals = [Reversal(transfer_id, Money(62, "EUR"), number) for number in (1, 2)]
        ours = list(map(case.payments.reverse, reversals))
        by_hand = case.world.reverse_by_hand(transfer_id, 7)
        refund = case.payments.refund(paid.refund(2))
        seen = case.seen(paid)

        assert facts(seen.reversals) == [
            *((made.id, 62, asked.name) for made, asked in zip(ours, reversals, strict=True)),
            (by_hand, 7, None),
        ]
        assert refund.reversal_id not in {made.id for made in seen.reversals}
        assert seen in case.opened_since(since)

    def test_reversal_that_nobody_remembers_is_the_one_that_is_seen(
        self, case: PaymentsCase
    ) -> None:
        """Whoever asks for it once more is told of the same."""
        paid = case.paid(("ada", 1250))
        transfer_id = case.seen(paid).transfer_id
        assert transfer_id is not None
        reversal = Reversal(transfer_id, Money(62, "EUR"))
        case.payments.reverse(reversal)
        (seen,) = case.seen(paid).reversals
        case.world.days_pass()

        again = case.payments.reverse(reversal)
        assert ReversalMade(ReversalId(seen.id), seen.amount) == again

    def test_fees_that_went_back_are_seen(self, case: PaymentsCase) -> None:
        """By the name of their refund; those by hand have none."""
        since = case.world.now()
        paid = case.paid(("ada", 1250), ("ada", 333))
        refund = paid.refund()
        assert refund.fee is not None
        case.payments.refund(refund)
        case.world.days_pass()
        case.payments.refund(refund)
        by_hand = case.world.return_fee_by_hand(paid.payment_id, 7)
        seen = case.seen(paid)

        ours, other = seen.fee_returns
        assert (ours.amount, ours.name) == (refund.fee, refund.fee_name)
        assert facts([other]) == [(by_hand, 7, None)]
        assert seen in case.opened_since(since)

    def test_fee_that_is_asked_for_later_goes_back(self, case: PaymentsCase) -> None:
        """A restore may forget which refund of a line was first, and so how its fee is rounded."""
        paid = case.paid(("ada", 1250), ("ada", 333))
        refund = paid.refund()
        case.payments.refund(evolve(refund, fee=Money(0, "EUR")))
        case.payments.refund(evolve(refund, fee=Money(1, "EUR")))

        (made,) = case.seen(paid).fee_returns
        assert (made.amount.minor, made.name) == (1, refund.fee_name)
