from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from attrs import evolve, field, frozen

from koda.domain.model.errors import InvalidForm, InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import (
    BIDI_CONTROLS,
    Problems,
    check_text,
    identifier,
    integer,
    one_line,
    pattern,
    sha256,
    text,
    utc,
)


@frozen
class Sample:
    """One field of each kind."""

    count: int = field(default=1, validator=integer(1, 3))
    name: str = field(default="abc", validator=text(2, 5))
    code: str = field(default="A1", validator=pattern("[A-Z][0-9]", sentence("must be like A1")))
    id: str = field(default="x_1", validator=identifier)
    sha: str = field(default="0" * 64, validator=sha256)
    at: datetime = field(default=datetime(2026, 3, 1, tzinfo=UTC), validator=utc)


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 0},
        {"count": 4},
        {"count": True},
        {"count": 1.0},
        {"count": "1"},
        {"name": "a"},
        {"name": "abcdef"},
        {"name": "  a  "},
        {"name": b"abc"},
        {"name": "ab\0"},
        {"name": "ab\ud800"},
        {"name": "ab\u202e"},
        {"code": "A1\n"},
        {"code": "a1"},
        {"code": 1},
        {"id": ""},
        {"id": "a b"},
        {"id": "a/b"},
        {"id": "a" * 129},
        {"id": "\u00e9"},
        {"sha": "0" * 63},
        {"sha": "A" * 64},
        {"at": datetime(2026, 3, 1)},  # noqa: DTZ001  # a naive time is what is refused
        {"at": datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=1)))},
        {"at": datetime(2026, 3, 1, microsecond=1, tzinfo=UTC)},
        {"at": "2026-03-01"},
        {"at": None},
    ],
)
def test_wrong_values_are_refused_by_the_name_of_their_field(changes: dict[str, Any]) -> None:
    """Also when a value changes: `evolve` runs the validators again."""
    with pytest.raises(InvalidValue) as refused:
        evolve(Sample(), **changes)

    assert list(changes) == [refused.value.field]


@pytest.mark.parametrize(
    "changes",
    [
        {"count": 3},
        {"name": "ab"},
        {"name": "a\tb\nc"},
        {"name": "\u00e9\U0001f600"},
        {"id": "a:b.c-d_E9"},
        {"at": datetime(2026, 3, 1, microsecond=999_000, tzinfo=UTC)},
    ],
)
def test_right_values_pass(changes: dict[str, Any]) -> None:
    """The bounds belong to what is allowed, and so do tabs, line ends, accents and emoji."""
    assert (
        changes.items()
        <= {name: getattr(evolve(Sample(), **changes), name) for name in changes}.items()
    )


@pytest.mark.parametrize("control", sorted(BIDI_CONTROLS))
def test_no_direction_override_passes(control: str) -> None:
    """Text that would turn its neighbours around is refused."""
    with pytest.raises(InvalidValue, match="cannot be shown"):
        check_text("title", f"abc{control}", 1, 10)


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060", "\U000e0041", "\ufe0f", "\u3164"])
def test_characters_that_show_nothing_do_not_count(nothing: str) -> None:
    """They may join what does."""
    check_text("reason", f"a{nothing}bc", 3, 10)
    with pytest.raises(InvalidValue, match="must have 3 to 10 characters"):
        check_text("reason", f"ab{nothing * 3}", 3, 10)


def test_form_is_told_all_its_faults_at_once() -> None:
    """Invalid values and whole invalid forms add up; the first one leads."""
    problems = Problems()
    problems.collect(Sample, count=0)
    problems.collect(_refuse_form)

    with pytest.raises(InvalidForm) as refused:
        problems.check()
    assert (
        refused.value.field,
        [problem.field for problem in refused.value.problems],
    ) == ("count", ["count", "price", "title"])


def _refuse_form() -> None:
    raise InvalidForm.of(
        [InvalidValue("price", sentence("is low")), InvalidValue("title", sentence("is short"))]
    )


def test_form_without_fault_passes() -> None:
    """What is right is returned, and `check` has nothing to say."""
    problems = Problems()

    assert Sample(2) == problems.collect(Sample, 2)
    problems.check()


def test_text_for_a_header_or_a_terminal_stands_on_one_line() -> None:
    """Line ends, control characters and direction overrides are gone; scripts and emoji stay."""
    text = " Daily\r\nBcc: ada\x00@example.com\u2028\u202eevil\ud800 毎日 👩\u200d💻 "

    assert one_line(text) == "Daily Bcc: ada @example.com evil 毎日 👩\u200d💻"
