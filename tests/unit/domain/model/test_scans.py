import pytest

from koda.domain.model.errors import InvalidValue
from koda.domain.model.scans import NotScanned, Scan, Scanned, Suspicion
from koda.domain.model.sentences import sentence

KIND = sentence("is a private key")


def test_an_answer_says_how_much_was_looked_through() -> None:
    """All, a part, or nothing."""
    assert Scan().scanned is Scanned.WHOLE
    assert Scan(whole=False).scanned is Scanned.PARTLY
    assert NotScanned(KIND).scanned is Scanned.NOT


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (4, 3)])
def test_what_is_suspected_has_a_length(start: int, end: int) -> None:
    """And begins in its text."""
    with pytest.raises(InvalidValue, match="after the start"):
        Suspicion(0, start, end, KIND)
