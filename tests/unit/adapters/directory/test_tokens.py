import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from koda.adapters.directory.tokens import Claims, Purpose, Tokens
from koda.domain.model.errors import InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.timestamps import to_milliseconds
from koda.testing.examples import NOON

TOKENS = Tokens([b"s" * 32])
CLAIMS = Claims(
    FileKey("pending/a"), "a.json", "application/json", 1, "0", to_milliseconds(NOON) + 1
)
TOKEN = TOKENS.sign(Purpose.UPLOAD, CLAIMS)


@given(
    purpose=st.sampled_from(Purpose),
    claims=st.builds(
        Claims,
        st.text().map(FileKey),
        st.text(),
        st.text(),
        st.integers(),
        st.text(),
        st.integers(to_milliseconds(NOON) + 1, to_milliseconds(NOON) * 2),
    ),
)
def test_claims_come_back(purpose: Purpose, claims: Claims) -> None:
    """What was signed is read again, whatever text is in it."""
    assert TOKENS.read(purpose, TOKENS.sign(purpose, claims), NOON) == claims


@given(at=st.integers(0, len(TOKEN) - 1), character=st.characters())
def test_every_character_counts(at: int, character: str) -> None:
    """A token with one character changed is refused, and not told in full."""
    assume(character != TOKEN[at])

    with pytest.raises(NotFound) as refused:
        TOKENS.read(Purpose.UPLOAD, TOKEN[:at] + character + TOKEN[at + 1 :], NOON)

    assert len(refused.value.id) <= 8


@given(st.text())
def test_any_text_is_refused(token: str) -> None:
    """No text that was not signed here is a token."""
    with pytest.raises(NotFound):
        TOKENS.read(Purpose.DOWNLOAD, token, NOON)


def test_purposes_do_not_mix() -> None:
    """A token to upload does not download."""
    with pytest.raises(NotFound):
        TOKENS.read(Purpose.DOWNLOAD, TOKEN, NOON)


def test_secret_is_not_shown() -> None:
    """Neither `repr` nor the refusal of a short secret tells it."""
    with pytest.raises(InvalidValue) as refused:
        Tokens([b"sesame"])

    assert "sss" not in repr(TOKENS)
    assert "sesame" not in f"{refused.value!r} {refused.value}"
