"""What became of charges, in Stripe's words and in Koda's."""

from typing import Any, get_args

import pytest
import stripe

from koda.adapters.stripe.charges import DISPUTES, REFUNDS
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import DisputeId
from koda.domain.model.money import Money


def test_every_status_of_a_dispute_is_known() -> None:
    """An unknown one would keep its payment from being recorded at all."""
    named, *_ = get_args(stripe.Dispute.__annotations__["status"])

    assert set(get_args(named)) == {*DISPUTES}


@pytest.mark.parametrize("status", ["appeal_needs_response", "appeal_under_review"])
def test_bank_keeps_the_money_during_an_appeal(status: str) -> None:
    """It was decided for the buyer before."""
    assert DISPUTES[status] is DisputeState.APPEALED


@pytest.mark.parametrize(
    "status", ["pending", "requires_action", "succeeded", "failed", "canceled"]
)
def test_every_status_of_a_refund_is_known(status: str) -> None:
    """The library names them in words alone: https://docs.stripe.com/api/refunds/object."""
    assert status in REFUNDS


def test_reason_that_is_no_word_is_refused() -> None:
    """What cannot be kept is not taken in."""
    reason: Any = 500
    with pytest.raises(InvalidValue):
        Dispute(DisputeId("dp_1"), Money(5, "EUR"), DisputeState.OPEN, reason)
