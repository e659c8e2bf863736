import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.adapters.redis.answers import read_answer, write_answer


@given(st.binary())
def test_whatever_is_written_is_read(answer: bytes) -> None:
    """Every answer comes back as it was."""
    assert read_answer("key", write_answer("key", answer)) == answer


def test_answer_to_another_question_is_none() -> None:
    """However it came to be under this key."""
    assert read_answer("other", write_answer("key", b"answer")) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "text",
        b"",
        b"\xff",
        b"answer",
        write_answer("key", b"answer")[:-1],
        write_answer("key", b"answer") + b"!",
        write_answer("key", b"answer").replace(b"answer", b"ANSWER"),
    ],
)
def test_malformed_value_is_no_answer(value: object) -> None:
    """It is loaded again instead."""
    assert read_answer("key", value) is None
