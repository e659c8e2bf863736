"""What cannot be read of what the provider tells."""

from koda.domain.model.unreadable import Unreadable, UnreadableKind, readable


def test_all_else_is_read() -> None:
    """In its order."""
    odd = Unreadable(UnreadableKind.PAYMENT, "cs_1", "no amount")

    assert list(readable([1, odd, 2])) == [1, 2]
