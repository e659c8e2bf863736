"""What the words of a text are to the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.search.labels import is_word
from koda.domain.search.words import LONGEST_WORD, tokens_of, words_of


def found(typed: str, text: str) -> bool:
    """Whether a text has all words of one of the readings of each token that is typed."""
    words = words_of(text)
    return all(
        any(words.issuperset(reading) for reading in token.readings) for token in tokens_of(typed)
    )


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("kündigung", "Kuendigung"),
        ("Kuendigung", "Kündigung"),
        ("kundigung", "KÜNDIGUNG"),
        ("STRASSE", "Straße"),
        ("istanbul", "İSTANBUL"),
        ("ISPARTA", "\u0131sparta"),
        ("naive cafe", "naïve café"),
        ("lodz", "Łódź"),
        ("oel", "Øl"),
        ("n8n", "\uff4e\uff18\uff4e"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("елка", "Ёлка"),
        ("dont", "don't"),
        ("gpt4o", "GPT-4o"),
        ("GPT-4o", "gpt4o"),
        ("gpt 4o", "GPT-4o"),
        ("node js", "Node.js"),
        ("sales@acme.com", "write to sales@acme.com today"),
        ("acme", "write to sales@acme.com today"),
        ("语言", "多语言翻译"),
        ("多语言翻译", "这是多语言翻译"),
        ("ภาษา", "แปลภาษาอัตโนมัติ"),
        ("हिन्दी", "यह हिन्दी में है"),
        ("العَرَبِيَّة", "اللغة العَرَبِيَّة"),
        ("templates", "100+ templates"),
        ("100", "100+ templates"),
    ],
)
def test_spelling_does_not_part_words(typed: str, text: str) -> None:
    """Case, marks, width, signs and spaces that people write or leave out."""
    assert found(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("c", "C# and C++"),
        ("c#", "C and C++"),
        ("c++", "C# and C"),
        ("语翻", "多语言翻译"),
        ("हिन्द", "यह हिन्दी में है"),
        ("か", "が"),
    ],
)
def test_what_tells_words_apart_is_kept(typed: str, text: str) -> None:
    """Signs of short names, and marks of scripts in which they are letters."""
    assert not found(typed, text)


def test_what_has_no_letter_and_no_digit_holds_no_word() -> None:
    """Only signs, spaces, control characters, or a lone surrogate."""
    assert not list(tokens_of("?! ... -- ' @ # + \x00\x1f \ud800 ￼"))


@given(st.text(max_size=60))
def test_any_text_is_found_by_itself(text: str) -> None:
    """And every word of it can be a label: short, folded, and with no colon."""
    words = words_of(text)
    assert found(text, text)
    assert all(0 < len(word) <= LONGEST_WORD + 2 and is_word(word) for word in words)
    assert all(word in words_of(word) for word in words if word.isascii())
