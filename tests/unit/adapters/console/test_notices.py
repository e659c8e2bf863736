import logging

import pytest

from koda.adapters.console.notices import ConsoleNotices
from koda.testing.contracts.notices import NOTICES

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
    ]
    assert {(record.name, record.levelname) for record in caplog.records} == {
        ("koda.notices", "INFO")
    }
