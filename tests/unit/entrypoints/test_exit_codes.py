import json

import pytest

from koda.domain.model.errors import (
    Forbidden,
    InvalidValue,
    KodaError,
    NotAuthenticated,
    NotFound,
    PriceChanged,
    TooMany,
    Unavailable,
    Unverified,
)
from koda.domain.model.sentences import sentence
from koda.entrypoints.cli.exit_codes import code_of, tell


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidValue("price", sentence("is too low")), 2),
        (NotAuthenticated(), 3),
        (Forbidden("do this"), 3),
        (NotFound("order", "ord_1"), 4),
        (PriceChanged(1, 2, "EUR"), 5),
        (TooMany("checkout", 3), 6),
        (Unavailable("store"), 7),
        (Unverified("no signature"), 1),
        (KodaError(), 1),
    ],
)
def test_each_family_of_errors_has_its_exit_code(error: KodaError, code: int) -> None:
    """An error ends a command with the code of its nearest ancestor in the table."""
    assert code_of(error) == code


def test_error_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """On standard error, whatever is in it."""
    tell("invalid_value", "price: is\ntoo low", {}, as_json=False)

    assert capsys.readouterr() == ("", "koda: price: is too low\n")


def test_error_is_one_object_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """With the code, the sentence and the data."""
    error = PriceChanged(1, 2, "EUR")
    tell(error.code, error.message, error.data(), as_json=True)

    told = json.loads(capsys.readouterr().err)
    assert told["code"] == "price_changed"
    assert told["message"] == str(error)
    assert told["data"] == {"expected": 1, "actual": 2, "currency": "EUR"}
