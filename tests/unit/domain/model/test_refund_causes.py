"""Why money goes back to a buyer."""

import pytest

from koda.domain.model.identifiers import UserId
from koda.domain.model.refund_causes import RefundCause, cause_of
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.settlements import LineRefund, Settlement
from koda.testing.examples import NOON, a_refund, an_order

ORDER = an_order()
BACK = a_refund(ORDER.lines[0])
DECISION = RefundDecision(UserId("user_joe"), "it does not run", NOON)


@pytest.mark.parametrize(
    ("refund", "settlement", "cause"),
    [
        (BACK, Settlement(doubles=(1,)), RefundCause.PAID_TWICE),
        (BACK, Settlement(undeliverable=(1,)), RefundCause.UNDELIVERABLE),
        (a_refund(ORDER.lines[0], decision=DECISION), Settlement(), RefundCause.DECIDED),
        (a_refund(ORDER.lines[0], elsewhere=True), Settlement(), RefundCause.ELSEWHERE),
    ],
)
def test_each_refund_has_a_cause(
    refund: LineRefund, settlement: Settlement, cause: RefundCause
) -> None:
    """A person's decision, the provider's dashboard, or what was no sale."""
    assert cause_of(refund, settlement) is cause
