"""How what somebody types is understood."""

import pytest

from koda.domain.usecases.catalogue.read_words import ReadWords
from tests.support.indexes import index_of

TITLES = (
    "Slack alerts",
    "Slack invoices",
    "GPT-4o for Slack",
    "Send mail",
    "C# and more",
    "多语言翻译",
    "Hour of code",
)


def read(text: str, *titles: str) -> str:
    """The words, with a star for beginnings and what was typed where it was corrected."""
    words = ReadWords(index_of(titles or TITLES))(text)
    return " ".join(
        f"{word.sought.text}{'*' * word.sought.beginning}{f'<{word.typed}' * bool(word.typed)}"
        for word in words
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("slack invoices", "slack invoices*"),
        ("inv slack", "inv* slack*"),
        ("slakc invoice", "slack<slakc invoice*"),
        ("slack invoise", "slack invoices*<invoise"),
        ("gpt-4o slack", "gpt4o slack*"),
        ("slack gpt-4", "slack gpt4*"),
        ("slack send-mail", "slack send mail*"),
        ("c# slack", "c# slack*"),
        ('"slakc" "inv"', "slakc inv"),
        ("“slakc” invoice", "slakc invoice*"),
        ('"slack', "slack*"),
        ("语言", "语言"),
        ("语", "语*"),
        ("slack SLACK slack", "slack slack*"),
        ("xyzzy slack", "xyzzy* slack*"),
        ("?!", ""),
        ("yuor slack", "yuor* slack*"),
        ("your slack", "your* slack*"),
        ("gpt5 slack", "gpt5* slack*"),
        ("slack q&a", "slack q* a*"),
    ],
)
def test_words_are_read_by_what_the_index_has(typed: str, expected: str) -> None:
    """Whole, as beginnings, in one of several ways, or as what was meant."""
    assert read(typed) == expected


def test_more_than_ten_words_are_cut() -> None:
    """What comes after them does not count."""
    assert len(read(" ".join(f"word{number}" for number in range(12))).split()) == 10


def test_rarer_words_weigh_more_and_stop_words_need_not_be_there() -> None:
    """Each halving of the listings is one more."""
    read = ReadWords(index_of(("Slack and mail", *["Slack"] * 7)))
    words = {word.sought.text: word.sought for word in read("slack and mail")}

    assert words["mail"].weight == words["slack"].weight + 3
    assert [word.optional for word in words.values()] == [False, True, False]
    assert not read('slack "and"')[1].sought.optional


def test_a_word_that_nobody_has_is_unknown() -> None:
    """As it is, and as a beginning."""
    words = ReadWords(index_of(TITLES))("xyzzy inv slack")
    assert [word.sought.unknown for word in words] == [True, False, False]
