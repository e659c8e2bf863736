"""What every adapter of `Payments` sees of a charge after it was paid."""

from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import NotFound, PaymentRefused
from koda.domain.model.evidence import LONGEST_TEXT, Evidence
from koda.domain.model.identifiers import DisputeId, FraudWarningId, PaymentId
from koda.domain.model.money import Money
from koda.domain.model.payments import PaymentState
from koda.domain.model.periods import Period
from koda.domain.model.refund_states import RefundState
from koda.testing.contracts.payments_case import PaymentsCase
from koda.testing.examples import NOON

EVIDENCE = Evidence("12.50 EUR were paid.", "A workflow.", "Asked for twice: ✓.", NOON)
"""Some."""


class ChargeChecks:
    """Refunds and disputes, whoever made them, and what they leave of a payment."""

    def test_charge_names_its_order(self, case: PaymentsCase) -> None:
        """So that a message about a charge finds it."""
        paid = case.paid(("ada", 1250))

        assert paid.order.id == case.payments.order_of(paid.payment_id)

    @pytest.mark.parametrize("payment_id", ["nothing", "ch_nobody", "../refunds"])
    def test_charge_of_nobody_is_not_found(self, case: PaymentsCase, payment_id: str) -> None:
        """Nor is what looks like none."""
        with pytest.raises(NotFound):
            case.payments.order_of(PaymentId(payment_id))

    def test_fresh_payment_is_whole(self, case: PaymentsCase) -> None:
        """Nothing went back of it, and nobody questions it."""
        payment = case.paid(("ada", 1250)).payment

        assert (payment.refunds, payment.disputes) == ((), ())
        assert (payment.left, payment.disputed) == (payment.amount, False)

    def test_refund_of_koda_s_is_seen_with_its_part(self, case: PaymentsCase) -> None:
        """As it was returned when it was made."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        made = case.payments.refund(paid.refund(2))
        payment = case.seen(paid)

        assert payment.refunds == (made,)
        assert (made.part, made.line, made.state) == ("line-2", 2, RefundState.SUCCEEDED)
        assert payment.left == Money(1250, "EUR")

    def test_refund_by_hand_is_seen_without_a_part(self, case: PaymentsCase) -> None:
        """Oldest first, and the session stays paid."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        made = [case.world.refund(paid.payment.session_id, minor) for minor in (83, 1500)]
        payment = case.seen(paid)

        assert made == [refund.id for refund in payment.refunds]
        assert [refund.part for refund in payment.refunds] == [None, None]
        assert (payment.left.minor, payment.state) == (0, PaymentState.PAID)

    @pytest.mark.parametrize(
        ("state", "left"),
        [
            (RefundState.SUCCEEDED, 1500),
            (RefundState.FAILED, 1583),
            (RefundState.CANCELLED, 1583),
        ],
    )
    def test_refund_under_way_is_gone_until_it_is_undone(
        self, case: PaymentsCase, state: RefundState, left: int
    ) -> None:
        """One that fails or is cancelled leaves the payment as it was."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        begun = RefundState.PENDING
        if state is RefundState.CANCELLED:
            begun = RefundState.REQUIRES_ACTION
        case.world.next_refund(begun)
        refund_id = case.world.refund(paid.payment.session_id, 83)
        underway = case.seen(paid)
        case.world.settle_refund(refund_id, state)
        ended = case.seen(paid)

        assert (underway.refunds[0].state, underway.left.minor) == (begun, 1500)
        assert (ended.refunds[0].state, ended.left.minor) == (state, left)

    def test_open_dispute_takes_its_amount(self, case: PaymentsCase) -> None:
        """Of a part, while what is left stays; with the time by which evidence must be there."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        dispute_id = case.world.dispute(paid.payment.session_id, 583)
        payment = case.seen(paid)
        (dispute,) = payment.disputes

        assert (dispute.id, dispute.state) == (dispute_id, DisputeState.OPEN)
        assert (dispute.amount.minor, payment.left.minor) == (583, 1000)
        assert (dispute.reason, payment.disputed) == ("fraudulent", True)
        assert dispute.due_by is not None
        assert dispute.due_by > case.world.now()

    @pytest.mark.parametrize(("won", "left"), [(True, 1250), (False, 0)])
    def test_dispute_ends_won_or_lost(self, case: PaymentsCase, *, won: bool, left: int) -> None:
        """What was won is there again; what was lost stays with the bank."""
        paid = case.paid(("ada", 1250))
        dispute_id = case.world.dispute(paid.payment.session_id)
        case.world.close_dispute(dispute_id, won=won)
        payment = case.seen(paid)

        assert payment.disputes[0].state is (DisputeState.WON if won else DisputeState.LOST)
        assert (payment.disputed, payment.left.minor) == (not won, left)

    @pytest.mark.parametrize(("won", "left"), [(True, 1250), (False, 0)])
    def test_lost_dispute_that_is_appealed_is_decided_anew(
        self, case: PaymentsCase, *, won: bool, left: int
    ) -> None:
        """Until then the bank keeps the money, and takes no evidence."""
        paid = case.paid(("ada", 1250))
        dispute_id = case.world.dispute(paid.payment.session_id)
        case.payments.submit_evidence(dispute_id, EVIDENCE)
        case.world.close_dispute(dispute_id, won=False)
        case.world.appeal(dispute_id)
        appealed = case.seen(paid)
        with pytest.raises(PaymentRefused):
            case.payments.submit_evidence(dispute_id, EVIDENCE)
        case.world.close_dispute(dispute_id, won=won)

        (dispute,) = appealed.disputes
        assert (dispute.state, dispute.answered) == (DisputeState.APPEALED, False)
        assert (appealed.in_dispute, appealed.left.minor) == (False, 0)
        assert case.seen(paid).disputes[0].state is (DisputeState.WON if won else DisputeState.LOST)
        assert case.seen(paid).left.minor == left

    def test_inquiry_is_no_dispute(self, case: PaymentsCase) -> None:
        """It is seen, and takes nothing."""
        paid = case.paid(("ada", 1250))
        case.world.dispute(paid.payment.session_id, inquiry=True)
        payment = case.seen(paid)

        assert payment.disputes[0].state is DisputeState.INQUIRY
        assert (payment.disputed, payment.left) == (False, payment.amount)

    def test_inquiry_that_was_closed_is_over(self, case: PaymentsCase) -> None:
        """It became no dispute."""
        paid = case.paid(("ada", 1250))
        inquiry_id = case.world.dispute(paid.payment.session_id, inquiry=True)
        case.world.close_dispute(inquiry_id, won=True)

        assert case.seen(paid).disputes[0].state is DisputeState.PREVENTED

    def test_inquiry_that_was_answered_and_becomes_a_dispute_waits_for_evidence(
        self, case: PaymentsCase
    ) -> None:
        """What the bank was told before does not answer what it asks now."""
        paid = case.paid(("ada", 1250))
        dispute_id = case.world.dispute(paid.payment.session_id, inquiry=True)
        case.payments.submit_evidence(dispute_id, EVIDENCE)
        case.world.escalate(dispute_id)
        (asked,) = case.seen(paid).disputes
        case.payments.submit_evidence(dispute_id, evolve(EVIDENCE, access=""))

        assert (asked.state, asked.answered) == (DisputeState.OPEN, False)
        assert asked.due_by is not None
        assert case.seen(paid).disputes[0].answered

    @pytest.mark.parametrize("inquiry", [False, True])
    def test_evidence_reaches_the_bank(self, case: PaymentsCase, *, inquiry: bool) -> None:
        """Of a dispute and of an inquiry; what is sent again replaces it."""
        paid = case.paid(("ada", 1250))
        dispute_id = case.world.dispute(paid.payment.session_id, inquiry=inquiry)
        (asked,) = case.seen(paid).disputes
        for evidence in (EVIDENCE, evolve(EVIDENCE, access="x" * 2 * LONGEST_TEXT)):
            case.payments.submit_evidence(dispute_id, evidence)
            told = (evidence.payment, evidence.product, evidence.access)

            assert case.world.evidence_of(dispute_id) == told
        assert not asked.answered
        assert case.seen(paid).disputes == (evolve(asked, answered=True),)

    @pytest.mark.parametrize("won", [False, True])
    def test_what_is_decided_takes_no_evidence(self, case: PaymentsCase, *, won: bool) -> None:
        """However it was decided."""
        paid = case.paid(("ada", 1250))
        dispute_id = case.world.dispute(paid.payment.session_id)
        case.world.close_dispute(dispute_id, won=won)

        with pytest.raises(PaymentRefused):
            case.payments.submit_evidence(dispute_id, EVIDENCE)

    @pytest.mark.parametrize("dispute_id", ["nothing", "dp_nobody", "../charges"])
    def test_dispute_of_nobody_takes_no_evidence(self, case: PaymentsCase, dispute_id: str) -> None:
        """Nor does what looks like none."""
        with pytest.raises(PaymentRefused):
            case.payments.submit_evidence(DisputeId(dispute_id), EVIDENCE)

    def test_fraud_warnings_name_their_order(self, case: PaymentsCase) -> None:
        """One by one, and those of a period; of nobody's there is none."""
        since = case.world.now()
        paid = case.paid(("ada", 1250))
        warning_id = case.world.warn_of_fraud(paid.payment.session_id)
        warning, until = case.payments.fraud_warning(warning_id), since + timedelta(days=1)

        assert (warning.id, warning.order_id, warning.kind) == (warning_id, paid.order.id, "misc")
        assert warning.warned_at >= since - timedelta(seconds=1)
        assert warning in list(case.payments.fraud_warnings(Period(since, until)))
        later = Period(until, until + timedelta(days=1))
        assert list(case.payments.fraud_warnings(later)) == []
        for nobody in ("issfr_nobody", "../charges"):
            with pytest.raises(NotFound):
                case.payments.fraud_warning(FraudWarningId(nobody))

    def test_recent_payments_are_seen_with_their_charges(self, case: PaymentsCase) -> None:
        """As `find` sees them."""
        since = case.world.now()
        paid = case.paid(("ada", 1250))
        case.world.refund(paid.payment.session_id, 250)
        case.world.dispute(paid.payment.session_id, 500)
        recent = {payment.session_id: payment for payment in case.opened_since(since)}

        assert recent[paid.payment.session_id] == case.seen(paid)

    @pytest.mark.parametrize(
        ("succeed", "state"), [(True, PaymentState.PAID), (False, PaymentState.FAILED)]
    )
    def test_voucher_is_on_its_way_without_a_charge(
        self, case: PaymentsCase, *, succeed: bool, state: PaymentState
    ) -> None:
        """For days, until it is paid or runs out."""
        session = case.open(case.order(("ada", 1250)))
        case.world.pay_by_voucher(session.id)
        underway = case.payments.find(session.id)
        case.world.settle(session.id, succeed=succeed)
        ended = case.payments.find(session.id)

        assert (underway.state, underway.payment_id) == (PaymentState.PROCESSING, None)
        assert (ended.state, ended.payment_id is not None) == (state, succeed)
