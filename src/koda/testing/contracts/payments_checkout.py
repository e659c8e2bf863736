"""What every adapter of `Payments` does for the buyer."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from koda.domain.model.errors import NotFound, PaymentRefused
from koda.domain.model.identifiers import CheckoutSessionId
from koda.domain.model.orders import OrderState
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.periods import Period
from koda.domain.model.unreadable import readable
from koda.testing.contracts.payments_case import PaymentsCase


class CheckoutChecks:
    """Opening a checkout, and what became of it."""

    def test_same_order_gives_the_same_session(self, case: PaymentsCase) -> None:
        """Opening the checkout of an order again gives the session that there is."""
        order = case.order(("ada", 1250))

        assert case.open(order) == case.open(order)

    def test_same_order_with_another_end_gives_the_same_session(self, case: PaymentsCase) -> None:
        """The first end holds, whatever is asked for later."""
        order = case.order(("ada", 1250))
        session = case.open(order)

        assert session == case.payments.open_checkout(order, order.created_at + timedelta(hours=2))

    def test_session_closes_when_asked(self, case: PaymentsCase) -> None:
        """The buyer is told when the checkout closes, to the second."""
        order = case.order(("ada", 1250))
        session = case.open(order)
        closes = order.created_at + timedelta(hours=1)

        assert abs(session.expires_at - closes) < timedelta(seconds=1)
        assert session.url.startswith("http")

    def test_buyers_pay_on_pages_of_the_origins_that_are_named(self, case: PaymentsCase) -> None:
        """A browser follows a form there only where it was let before."""
        parts = urlsplit(case.open(case.order(("ada", 1250))).url)

        assert f"{parts.scheme}://{parts.netloc}" in case.payments.page_origins

    def test_checkout_for_an_account_that_cannot_receive_is_refused(
        self, case: PaymentsCase
    ) -> None:
        """Nobody pays a seller who cannot be paid."""
        order = case.order(("ada", 1250))
        line = evolve(order.lines[0], account_id=case.world.newcomer())

        with pytest.raises(PaymentRefused):
            case.open(evolve(order, lines=(line,)))

    def test_checkout_that_closes_at_once_is_refused(self, case: PaymentsCase) -> None:
        """A session lives long enough to be paid."""
        order = case.order(("ada", 1250))

        with pytest.raises(PaymentRefused):
            case.payments.open_checkout(order, order.created_at + timedelta(minutes=1))

    def test_fresh_session_is_open_and_charges_nobody(self, case: PaymentsCase) -> None:
        """A session that nobody has paid shows the order's amount and no payment."""
        order = case.order(("ada", 1250))
        session = case.open(order)

        expected = Payment(session.id, order.id, PaymentState.OPEN, order.total)
        assert expected == case.payments.find(session.id)

    @pytest.mark.parametrize("session_id", ["", "cs_nobody", "../accounts", "cs_1/expire", "é"])
    def test_unknown_session_is_not_found(self, case: PaymentsCase, session_id: str) -> None:
        """An id that stands for no session is not found, however it looks."""
        with pytest.raises(NotFound):
            case.payments.find(CheckoutSessionId(session_id))

    def test_session_of_a_stranger_is_not_found(self, case: PaymentsCase) -> None:
        """What something else charges at the same provider is none of Koda's business."""
        with pytest.raises(NotFound):
            case.payments.find(case.world.stranger())

    def test_one_seller_is_paid_by_the_charge(self, case: PaymentsCase) -> None:
        """A charge for one seller pays the net at once and keeps the fee."""
        paid = case.paid(("ada", 1250), ("ada", 333))

        assert paid.order.destination == paid.payment.destination
        assert paid.order.fee == paid.payment.fee
        assert (paid.order.total - paid.order.fee).minor == case.world.balance(case.account("ada"))

    def test_several_sellers_are_not_paid_by_the_charge(self, case: PaymentsCase) -> None:
        """A charge for several sellers goes to the marketplace whole."""
        before = case.world.balance(None)
        paid = case.paid(("ada", 1250), ("cid", 333))

        assert paid.payment_id
        assert paid.payment.destination is None
        assert paid.payment.fee is None
        assert paid.order.total.minor == case.world.balance(None) - before

    def test_declined_session_can_still_be_paid(self, case: PaymentsCase) -> None:
        """After a refused card the buyer tries another."""
        order = case.order(("ada", 1250))
        session = case.open(order)
        case.world.decline(session.id)
        declined = case.payments.find(session.id)
        case.world.pay(session.id)

        assert (declined.state, declined.payment_id) == (PaymentState.OPEN, None)
        assert case.payments.find(session.id).state is PaymentState.PAID

    @pytest.mark.parametrize(
        ("succeed", "state"), [(True, PaymentState.PAID), (False, PaymentState.FAILED)]
    )
    def test_slow_payment_is_on_its_way_until_it_settles(
        self, case: PaymentsCase, *, succeed: bool, state: PaymentState
    ) -> None:
        """A slow payment counts only once it has arrived."""
        session = case.open(case.order(("ada", 1250)))
        case.world.pay_later(session.id)
        underway = case.payments.find(session.id)
        case.world.settle(session.id, succeed=succeed)

        assert underway.state is PaymentState.PROCESSING
        assert case.payments.find(session.id).state is state

    def test_expired_session_is_expired(self, case: PaymentsCase) -> None:
        """A session that nobody paid in time says so."""
        session = case.open(case.order(("ada", 1250)))
        case.world.expire(session.id)

        assert case.payments.find(session.id).state is PaymentState.EXPIRED

    def test_closed_session_can_be_paid_no_more(self, case: PaymentsCase) -> None:
        """Closing it again changes nothing."""
        order = case.order(("ada", 1250))
        session = case.open(order)
        expired = Payment(session.id, order.id, PaymentState.EXPIRED, order.total)

        for _ in range(2):
            assert case.payments.close_checkout(session.id) == expired
        assert case.payments.find(session.id) == expired

    def test_declined_session_is_closed_like_any_other(self, case: PaymentsCase) -> None:
        """Nobody tries another card."""
        session = case.open(case.order(("ada", 1250)))
        case.world.decline(session.id)

        assert case.payments.close_checkout(session.id).state is PaymentState.EXPIRED

    def test_paid_session_stays_as_it_is(self, case: PaymentsCase) -> None:
        """Who closes it is told that the buyer was quicker, in every state of the money."""
        paid = case.paid(("ada", 1250))
        session = case.open(case.order(("ada", 1250)))
        case.world.pay_later(session.id)

        assert case.payments.close_checkout(paid.payment.session_id) == paid.payment
        assert case.payments.close_checkout(session.id).state is PaymentState.PROCESSING
        case.world.settle(session.id, succeed=False)
        assert case.payments.close_checkout(session.id).state is PaymentState.FAILED

    @pytest.mark.parametrize("session_id", ["", "cs_nobody", "../accounts", "cs_1/expire", "é"])
    def test_unknown_session_cannot_be_closed(self, case: PaymentsCase, session_id: str) -> None:
        """Nor can one of a stranger's."""
        for unknown in (CheckoutSessionId(session_id), case.world.stranger()):
            with pytest.raises(NotFound):
                case.payments.close_checkout(unknown)

    @pytest.mark.parametrize("sellers", [("ada",) * 2, ("ada", "cid"), ("ada", "cid") * 6])
    def test_order_is_read_back_from_its_session(
        self, case: PaymentsCase, sellers: tuple[str, ...]
    ) -> None:
        """However many lines it has, before it is paid and after."""
        order = case.order(*((seller, 1250 + place) for place, seller in enumerate(sellers)))
        session = case.open(order)
        opened = case.payments.order_sold(session.id)
        case.world.pay(session.id)
        paid = case.payments.order_sold(session.id)

        for told in (opened, paid):
            assert (told.id, told.buyer_id, told.lines) == (order.id, order.buyer_id, order.lines)
            assert told.checkout is not None
            assert told.checkout.id == session.id
            assert abs(told.created_at - order.created_at) < timedelta(minutes=1)
            assert told.state is OrderState.OPEN

    def test_session_of_nobody_sold_nothing(self, case: PaymentsCase) -> None:
        """Nor did a stranger's."""
        for session_id in (CheckoutSessionId("cs_nobody"), case.world.stranger(), "../accounts"):
            with pytest.raises(NotFound):
                case.payments.order_sold(CheckoutSessionId(session_id))

    def test_payments_of_a_period_are_newest_first(self, case: PaymentsCase) -> None:
        """All sessions since a moment are there, the last opened first, whatever their state."""
        since = case.world.now()
        orders = [case.order(("ada", 1250)) for _ in range(3)]
        sessions = [case.open(order) for order in orders]
        case.world.pay(sessions[0].id)
        case.world.stranger()
        wanted = {session.id for session in sessions}
        found = [payment for payment in case.opened_since(since) if payment.session_id in wanted]

        assert [order.id for order in reversed(orders)] == [payment.order_id for payment in found]
        assert [case.payments.find(payment.session_id) for payment in found] == found

    def test_payments_of_a_period_leave_out_what_is_older_and_younger(
        self, case: PaymentsCase
    ) -> None:
        """What was opened before it began, or when it had ended."""
        earlier, hour = case.world.now() - timedelta(seconds=2), timedelta(hours=1)
        session = case.open(case.order(("ada", 1250)))
        later = case.world.now() + timedelta(seconds=2)

        for period in (Period(earlier - hour, earlier), Period(later, later + hour)):
            opened = readable(case.payments.opened(period))
            assert session.id not in {look.session_id for look in opened}
