"""What a payment makes of the lines of its order."""

from collections.abc import Iterable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.charges import ChargeRefund, part_of
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import CheckoutSessionId, DisputeId, PaymentId, RefundId
from koda.domain.model.money import Money
from koda.domain.model.orders import Order
from koda.domain.model.outcomes import Outcome, outcome_of
from koda.domain.model.payments import Payment, PaymentState
from koda.domain.model.purchases import PurchaseState
from koda.domain.model.refund_matching import match_refunds
from koda.domain.model.refund_parts import spread
from koda.domain.model.refund_states import RefundState
from koda.domain.model.settlements import Settlement
from koda.testing.examples import a_line, an_order

ACTIVE, REFUNDED, DISPUTED = (
    PurchaseState.ACTIVE,
    PurchaseState.REFUNDED,
    PurchaseState.DISPUTED,
)
ORDER = an_order(lines=(a_line(1), a_line(2, "user_cyd")))
"""A line of Ada's and one of Cyd's, for 12.50 EUR each, of which 1.88 are the fee."""


def eur(minor: int) -> Money:
    """So many cents."""
    return Money(minor, "EUR")


def refund(
    minor: int, part: str | None = None, state: RefundState = RefundState.SUCCEEDED
) -> ChargeRefund:
    """A refund of so many cents."""
    return ChargeRefund(RefundId(f"re_{minor}_{part}"), eur(minor), state, part)


def dispute(state: DisputeState, minor: int = 2500) -> Dispute:
    """A dispute of so many cents."""
    return Dispute(DisputeId("dp_1"), eur(minor), state, "fraudulent")


def paid(order: Order = ORDER, **happened: Any) -> Payment:
    """The payment of an order, and what happened to it."""
    session_id, payment_id = CheckoutSessionId("cs_1"), PaymentId("pay_1")
    payment = Payment(session_id, order.id, PaymentState.PAID, order.total, payment_id)
    return evolve(payment, **happened)


def outcome(*refunds: ChargeRefund, disputes: tuple[Dispute, ...] = ()) -> Outcome:
    """What these make of the order."""
    return outcome_of(ORDER, paid(refunds=refunds, disputes=disputes))


def test_second_refund_under_the_name_of_one_belongs_to_no_line() -> None:
    """The buyer has the first one: a person must say what the other is for."""
    first = refund(500, "line-1")
    again = evolve(first, id=RefundId("re_again"))

    matched = match_refunds(ORDER, paid(refunds=(first, again)))

    assert [known.refund_id for known in matched.refunds] == [first.id]
    assert matched.unmatched == (again.id,)


def test_whole_payment_delivers_and_pays_all() -> None:
    """Every line is its buyer's, and every seller is due the net."""
    seen = outcome()

    assert (seen.states, seen.dues) == ({1: ACTIVE, 2: ACTIVE}, {1: eur(1062), 2: eur(1062)})


@pytest.mark.parametrize(
    "refunds",
    [(refund(2500),), (refund(1000), refund(1500)), (refund(1250, "line-1"), refund(1250))],
)
def test_payment_that_went_back_whole_delivers_nothing(refunds: tuple[ChargeRefund, ...]) -> None:
    """Whoever gave it back, in however many parts, and for whatever."""
    seen = outcome(*refunds)

    assert (seen.states, seen.dues) == ({1: REFUNDED, 2: REFUNDED}, {1: eur(0), 2: eur(0)})
    assert seen.hold is None


def test_refunded_line_leaves_the_others() -> None:
    """It was made for that line."""
    seen = outcome(refund(1250, "line-2"))

    assert (seen.states, seen.dues) == ({1: ACTIVE, 2: REFUNDED}, {1: eur(1062), 2: eur(0)})


def test_line_refunded_in_part_stays_with_its_buyer() -> None:
    """Its seller is due the net of the rest, fees rounded half up."""
    seen = outcome(refund(333, "line-1"))

    assert seen.states[1] is ACTIVE
    assert seen.dues[1] == eur(1062 - (333 - 50))
    assert seen.hold is None


@pytest.mark.parametrize(
    "unknown", [refund(83), refund(1251, "line-1"), refund(1, "line-3"), refund(1, "mug")], ids=str
)
def test_refund_that_fits_no_line_holds_all_that_is_due(unknown: ChargeRefund) -> None:
    """Access stays as it is until a person says what it was for."""
    seen = outcome(unknown)

    assert (seen.hold, seen.refunds.unmatched) == (HoldReason.REFUND_UNMATCHED, (unknown.id,))
    assert seen.states == {1: ACTIVE, 2: ACTIVE}


@pytest.mark.parametrize("state", [RefundState.FAILED, RefundState.CANCELLED])
def test_undone_refund_is_none(state: RefundState) -> None:
    """It restores what it undid."""
    assert outcome(refund(1250, None, state)) == outcome()


@pytest.mark.parametrize("state", [RefundState.FAILED, RefundState.CANCELLED])
def test_undone_refund_of_koda_s_that_is_not_known_is_still_to_be_made(state: RefundState) -> None:
    """Somebody decided it, whatever became of the order since; it restores what it undid."""
    seen, untouched = outcome(refund(1250, "line-1", state)), outcome()
    (waiting,) = seen.refunds.refunds

    assert (seen.states, seen.dues) == (untouched.states, untouched.dues)
    assert (waiting.key, waiting.given, waiting.ours) == ((1, 1, False), False, True)
    assert waiting.waits is HoldReason.PENDING


@pytest.mark.parametrize("state", [RefundState.PENDING, RefundState.REQUIRES_ACTION])
def test_refund_under_way_counts(state: RefundState) -> None:
    """Until it is undone."""
    assert outcome(refund(1250, "line-1", state)).states[1] is REFUNDED


def test_dispute_suspends_every_line() -> None:
    """Even one of a part; a line that was refunded stays so, and what is due is held."""
    seen = outcome(refund(1250, "line-1"), disputes=(dispute(DisputeState.OPEN, 10),))

    assert seen.states == {1: REFUNDED, 2: DISPUTED}
    assert (seen.hold, seen.dues[2]) == (HoldReason.DISPUTED, eur(1062))


def test_lost_dispute_takes_its_amount_from_the_lines() -> None:
    """In proportion to their prices; a line of which something is left stays with its buyer."""
    part = outcome(disputes=(dispute(DisputeState.LOST, 1001),))
    whole = outcome(disputes=(dispute(DisputeState.LOST, 2500),))

    assert part.states == {1: ACTIVE, 2: ACTIVE}
    assert [loss.amount.minor for loss in part.refunds.losses] == [501, 500]
    assert part.dues == {1: eur(1062 - 501 + 75), 2: eur(1062 - 500 + 75)}
    assert (whole.states, whole.dues) == ({1: DISPUTED, 2: DISPUTED}, {1: eur(0), 2: eur(0)})
    assert whole.hold is None


def test_lost_dispute_takes_what_refunds_left() -> None:
    """A line that was refunded has nothing left for it."""
    seen = outcome(refund(1250, "line-1"), disputes=(dispute(DisputeState.LOST, 1250),))

    assert seen.states == {1: REFUNDED, 2: DISPUTED}
    assert [(loss.line, loss.amount) for loss in seen.refunds.losses] == [(2, eur(1250))]


def test_several_lost_disputes_take_one_after_the_other() -> None:
    """Together never more than the line."""
    second = evolve(dispute(DisputeState.LOST, 1500), id=DisputeId("dp_2"))
    seen = outcome(disputes=(dispute(DisputeState.LOST, 1000), second))

    assert [loss.amount.minor for loss in seen.refunds.losses] == [500, 500, 750, 750]
    assert seen.states == {1: DISPUTED, 2: DISPUTED}


def test_what_a_dispute_took_is_kept_as_it_was_first_seen() -> None:
    """Whatever is refunded later."""
    lost = (dispute(DisputeState.LOST, 1000),)
    first = outcome(disputes=lost)
    kept = evolve(ORDER, settlement=Settlement(disputes=lost, losses=first.refunds.losses))
    later = paid(kept, refunds=(refund(600, "line-1"),), disputes=lost)

    assert outcome_of(kept, later).refunds.losses == first.refunds.losses


@given(
    st.integers(0, 5000),
    st.lists(st.tuples(st.integers(1, 1000), st.integers(0, 1000)), min_size=1, max_size=6),
)
def test_what_is_spread_is_all_there_is_room_for(amount: int, lines: list[tuple[int, int]]) -> None:
    """Nobody gets more than their room, and without a limit nobody is a unit off their share."""
    weights = {number: weight for number, (weight, _) in enumerate(lines)}
    room = {number: left for number, (_, left) in enumerate(lines)}
    given_out = spread(amount, weights, room)
    free = spread(amount, weights, dict.fromkeys(weights, amount))

    assert sum(given_out.values()) == min(amount, sum(room.values()))
    assert all(0 <= given_out[number] <= room[number] for number in room)
    total = sum(weights.values())
    assert all(abs(free[key] * total - amount * weights[key]) < total for key in weights)


@pytest.mark.parametrize("state", [DisputeState.INQUIRY, DisputeState.WON, DisputeState.PREVENTED])
def test_what_takes_no_money_changes_nothing(state: DisputeState) -> None:
    """A question is no dispute, and neither is one that was won."""
    assert outcome(disputes=(dispute(state),)) == outcome()


def test_free_line_is_never_taken_for_refunded() -> None:
    """Nothing went back of nothing."""
    free = evolve(a_line(2, "user_cyd"), price=eur(0), fee=eur(0))
    order = evolve(ORDER, lines=(ORDER.lines[0], free))

    assert outcome_of(order, paid(order)).states == {1: ACTIVE, 2: ACTIVE}


parts = st.none() | st.integers(1, 3).map(part_of)
refunds_ = st.builds(refund, st.integers(1, 2600), parts, st.sampled_from(RefundState))
disputes_ = st.builds(dispute, st.sampled_from(DisputeState), st.integers(1, 2500))


def numbered(things: Iterable[Any]) -> tuple[Any, ...]:
    """These with ids of their own."""
    return tuple(evolve(thing, id=f"id_{number}") for number, thing in enumerate(things))


@given(st.lists(refunds_, max_size=5), st.lists(disputes_, max_size=3))
def test_what_may_be_passed_on_is_never_above_what_is_left(
    refunds: list[ChargeRefund], disputes: list[Dispute]
) -> None:
    """Whatever went back and whoever questions it."""
    payment = paid(refunds=numbered(refunds), disputes=numbered(disputes))
    seen = outcome_of(ORDER, payment)
    due = seen.due(ORDER.lines, "EUR")

    assert due <= payment.left or seen.hold is not None
    assert payment.left <= payment.kept <= payment.amount
    assert (seen.hold is HoldReason.DISPUTED) == payment.in_dispute
