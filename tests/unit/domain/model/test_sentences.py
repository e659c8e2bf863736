import pickle
from datetime import UTC, datetime
from typing import Any

import pytest

from koda.domain.model.money import Money
from koda.domain.model.sentences import (
    Sentence,
    counted,
    plain_of,
    sentence,
    sentence_from,
    verbatim,
)
from koda.domain.model.sizes import ByteSize

MOMENT = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
CLAUSE = sentence("line {line} is too long", line=3)


@pytest.mark.parametrize(
    ("said", "english"),
    [
        (sentence("must be text"), "must be text"),
        (sentence("has {count} words", count=1200), "has 1200 words"),
        (sentence("has {count:,} words", count=1200), "has 1,200 words"),
        (sentence("costs {price}", price=Money(1250, "EUR")), "costs 12.50 EUR"),
        (sentence("ended at {at}", at=MOMENT), "ended at 2026-03-01 12:05:00 UTC"),
        (sentence("on {day}", day=MOMENT.date()), "on 1 March 2026"),
        (sentence("takes {most}", most=ByteSize(5 << 20)), "takes 5 MiB"),
        (sentence("is one of {choices}", choices=("a", "b")), "is one of a, b"),
        (sentence("no file {name!r}", name="a'b"), 'no file "a\'b"'),
        (sentence("is wrong ({why})", why=CLAUSE), "is wrong (line 3 is too long)"),
        (sentence("{{}} is empty"), "{} is empty"),
        (counted("a day", "{count} days", 1), "a day"),
        (counted("a {kind} day", "{count} {kind} days", 2, kind="warm"), "2 warm days"),
        (counted("{count} day", "{count} days", 0), "0 days"),
    ],
)
def test_a_sentence_is_english_by_itself(said: Sentence, english: str) -> None:
    """The template is filled with its data, each written as its kind is in English."""
    assert str(said) == english


@pytest.mark.parametrize("text", ["", "as it is", "{braces} and {}", "100 %"])
def test_verbatim_text_is_never_taken_for_a_template(text: str) -> None:
    """Whatever is in it."""
    assert str(verbatim(text)) == text


def test_sentences_with_the_same_words_are_equal() -> None:
    """They can be compared, kept in sets and sent to another process."""
    again = pickle.loads(pickle.dumps(CLAUSE))  # noqa: S301  # written a moment ago

    assert again == CLAUSE
    assert len({again, CLAUSE, sentence("line {line} is too long", line=4)}) == 2


@pytest.mark.parametrize(
    ("said", "again"),
    [
        (CLAUSE, CLAUSE),
        (counted("a day", "{count} days", 3), counted("a day", "{count} days", 3)),
        (sentence("is wrong ({why})", why=CLAUSE), sentence("is wrong ({why})", why=CLAUSE)),
        (
            sentence("costs {price} until {at}", price=Money(1250, "EUR"), at="noon"),
            sentence("costs {price} until {at}", price="12.50 EUR", at="noon"),
        ),
    ],
)
def test_stores_keep_sentences_as_plain_values(said: Sentence, again: Sentence) -> None:
    """Texts, numbers and clauses come back as they were, other data as their English text."""
    assert sentence_from(plain_of(said)) == again


@pytest.mark.parametrize(
    "plain",
    [
        None,
        "must be text",
        {},
        {"template": "x", "data": {}},
        {"template": 1, "data": {}, "plural": ""},
        {"template": "x", "data": [], "plural": ""},
        {"template": "x", "data": {}, "plural": None},
        {"template": "x", "data": {}, "plural": "", "more": 1},
        {"template": "{x}", "data": {"x": [1]}, "plural": ""},
        {"template": "{x}", "data": {"x": {"template": "y"}}, "plural": ""},
    ],
)
def test_what_is_no_sentence_is_not_read_as_one(plain: Any) -> None:
    """A store may have been changed by somebody else."""
    with pytest.raises(TypeError, match="must be"):
        sentence_from(plain)
