from hypothesis import given
from hypothesis import strategies as st

from koda.entrypoints.web.excerpts import EXCERPT, excerpt


@given(st.text(max_size=400))
def test_an_excerpt_is_one_short_line(text: str) -> None:
    """Whatever the text, its beginning fits on a card."""
    shown = excerpt(text)

    assert len(shown) <= EXCERPT
    assert shown == " ".join(shown.split())


def test_a_long_text_is_cut_between_words() -> None:
    """The cut leaves whole words and says that there is more."""
    shown = excerpt("word " * 100)

    assert shown.endswith("word…")
