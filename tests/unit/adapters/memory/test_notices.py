from koda.adapters.memory.notices import MemoryNotices
from koda.testing.contracts.notices import NOTICES


def test_sent_notices_are_kept_in_order() -> None:
    """Whoever looks sees what was sent, and when."""
    notices = MemoryNotices()

    for notice in NOTICES:
        notices.send(notice)

    assert notices.sent == list(NOTICES)
