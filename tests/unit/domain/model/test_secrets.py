import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.model.errors import InvalidValue
from koda.domain.model.secrets import LONGEST_MASKED, SecretFinding, masked
from koda.domain.model.sentences import sentence

KIND = sentence("is a private key")


def test_a_masked_secret_shows_its_ends() -> None:
    """Enough to know it again, and not enough to use."""
    assert masked("abcd" + "x" * 24 + "wxyz") == "abcd…wxyz"
    assert masked("abcdefgh") == "a…h"
    assert masked("abcdefg") == "…"


@given(st.text(min_size=1))
def test_masking_shows_a_quarter_at_most(secret: str) -> None:
    """Whatever the secret is; and what it shows can be printed."""
    shown = masked(secret)

    assert len(shown) - 1 <= len(secret) / 4
    assert len(shown) <= LONGEST_MASKED
    assert shown.isprintable()


def test_a_finding_has_a_place_and_a_masked_secret() -> None:
    """Neither may be empty."""
    with pytest.raises(InvalidValue, match="path"):
        SecretFinding(KIND, "", "a…h")
    with pytest.raises(InvalidValue, match="masked"):
        SecretFinding(KIND, "line 1", "")
