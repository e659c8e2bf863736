"""What every adapter of `Payments` does."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from koda.domain.model.errors import KodaError, Unavailable
from koda.domain.model.money import Money
from koda.domain.model.movements import Reversal
from koda.ports.payments import Payments
from koda.testing.contracts.payments_case import PaymentsCase, PaymentsWorld
from koda.testing.contracts.payments_charge import ChargeChecks
from koda.testing.contracts.payments_checkout import CheckoutChecks
from koda.testing.contracts.payments_money import MoneyChecks
from koda.testing.contracts.payments_refunds import RefundChecks
from koda.testing.contracts.payments_undoing import UndoingChecks
from koda.testing.contracts.running import at_once


class PaymentsContract(CheckoutChecks, MoneyChecks, ChargeChecks, RefundChecks, UndoingChecks):
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def case(self, make: tuple[Payments, PaymentsWorld]) -> PaymentsCase:
        """What the checks use."""
        return PaymentsCase(*make)

    def test_outage_is_unavailable(self, case: PaymentsCase) -> None:
        """While the provider is down, every call says so, and afterwards goes on."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        transfer_id = case.passed_on(paid)
        order = case.order(("ada", 1250))
        calls: list[Callable[[], object]] = [
            lambda: case.open(order),
            lambda: case.payments.find(paid.payment.session_id),
            lambda: case.payments.order_of(paid.payment_id),
            lambda: case.payments.order_sold(paid.payment.session_id),
            lambda: case.payments.pass_on(paid.transfers()[1:]),
            lambda: case.payments.passed_on(paid.order.id),
            lambda: case.payments.reverse(Reversal(transfer_id, Money(62, "EUR"))),
            lambda: case.payments.refund(paid.refund(2)),
            lambda: case.opened_since(order.created_at),
        ]
        with case.world.outage():
            for call in calls:
                with pytest.raises(Unavailable):
                    call()

        for call in calls:
            call()

    def test_repeat_after_a_lost_answer_has_one_effect(self, case: PaymentsCase) -> None:
        """An answer that is lost leaves the effect, and a repeat finds it."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        before = case.world.balance(None)
        order = case.order(("ada", 1250))

        calls: list[Callable[[], object]] = [
            lambda: case.open(order),
            lambda: case.passed_on(paid),
            lambda: case.payments.refund(paid.refund()),
        ]
        for call in calls:
            case.world.lose_answer()
            with suppress(Unavailable):
                call()
            call()

        net = paid.transfers()[0].amount.minor
        assert (before - net - 1250, net) == (
            case.world.balance(None),
            case.world.balance(case.account("ada")),
        )

    def test_two_at_once_have_one_effect(self, case: PaymentsCase) -> None:
        """Callers that meet may be told to come again, and the money moves once."""
        paid = case.paid(("ada", 1250), ("cid", 333))
        results = at_once([lambda: case.passed_on(paid)] * 8)
        made = {result for result in results if not isinstance(result, KodaError)}

        assert made <= {case.passed_on(paid)}
        assert {type(result) for result in results if isinstance(result, KodaError)} <= {
            Unavailable
        }
        assert paid.transfers()[0].amount.minor == case.world.balance(case.account("ada"))
