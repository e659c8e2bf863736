"""Disputes, as the provider tells of them."""

import pytest
from attrs import evolve

from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.identifiers import DisputeId
from koda.domain.model.money import Money
from koda.testing.examples import NOON


@pytest.mark.parametrize("state", [DisputeState.WON, DisputeState.LOST, DisputeState.PREVENTED])
def test_a_decided_dispute_has_no_deadline(state: DisputeState) -> None:
    """Whatever the provider keeps of the time in which it could be answered."""
    amount = Money(500, "EUR")
    undecided = Dispute(DisputeId("dp_1"), amount, DisputeState.APPEALED, "fraudulent", NOON)

    assert undecided.deadline == NOON
    assert evolve(undecided, state=state).deadline is None
