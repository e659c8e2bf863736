import logging

import pytest
from attrs import evolve

from koda.adapters.console.notices import ConsoleNotices
from koda.domain.model.disputes import DisputeState
from koda.domain.model.notices import DisputeNotice
from koda.testing.contracts.notices import NOTICES

ID = "(order/ord_1/1"
TITLE = "'Post to every network'"
TITLES = "'Post to every network', 'Post to every network'"


def test_each_notice_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """An operator reads who is told what, for which order; nobody's address is in it."""
    caplog.set_level(logging.INFO, "koda.notices")

    for notice in NOTICES:
        ConsoleNotices().send(notice)

    assert caplog.messages == [
        f"user_bea: you bought {TITLES} for 25.00 EUR (order/ord_1/1/0)",
        f"user_ada: you sold {TITLES}, 21.25 EUR for you (order/ord_1/1/1)",
        f"user_ada: you sold {TITLES}, 21.25 EUR is held, not paid out (account) (order/ord_1/1/2)",
        f"user_bea: you paid twice for {TITLES}, 25.00 EUR goes back (order/ord_1/1/3)",
        f"user_bea: 5.00 EUR of what you paid for {TITLE} went back to you {ID}/5)",
        f"user_ada: 5.00 EUR of {TITLE} went back, 4.25 EUR was yours, you owe 1.25 EUR {ID}/6)",
        (
            f"user_ada: {TITLES}: 25.00 EUR of the payment is in dispute, open, "
            f"answer by 2026-03-01 {ID}/7)"
        ),
        f"user_bea: {TITLES} cannot be delivered any more, 25.00 EUR goes back {ID}/8)",
        f"user_ada: {TITLES}, paid while suspended, 25.00 EUR goes back to the buyer {ID}/9)",
        f"user_ada: a refund of {TITLE} is asked for, answer by 2026-03-01 {ID}/10)",
        f"user_bea: the refund of {TITLE} was granted {ID}/11)",
        f"user_ada: {TITLE} was suspended (automation/aut_1/2/0)",
    ]
    assert {(record.name, record.levelname) for record in caplog.records} == {
        ("koda.notices", "INFO")
    }


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (DisputeState.WON, "won"),
        (DisputeState.LOST, "lost"),
        (DisputeState.PREVENTED, "closed"),
    ],
)
def test_a_decided_dispute_is_over(
    caplog: pytest.LogCaptureFixture, state: DisputeState, told: str
) -> None:
    """It is told how it ended, when and about how much; nobody answers it any more."""
    caplog.set_level(logging.INFO, "koda.notices")
    (notice,) = [notice for notice in NOTICES if isinstance(notice, DisputeNotice)]

    ConsoleNotices().send(evolve(notice, state=state))

    assert f"the dispute of 25.00 EUR was {told} on 2026-03-01 " in caplog.text
    assert "answer by" not in caplog.text
