from typing import Any

import pytest

from paysandbox.errors import ApiError
from paysandbox.forms import Tree
from paysandbox.params import (
    Boolean,
    Choice,
    Either,
    Integer,
    Items,
    Metadata,
    Parameter,
    Shape,
    Text,
    merge_metadata,
)

INNER = Shape({"b": Integer()}, ("b",))


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        (Text(), "x", "x"),
        (Text(optional=True), "", None),
        (Choice(["a", "b"]), "a", "a"),
        (Integer(), "12", 12),
        (Integer(-5), "-5", -5),
        (Boolean(), "true", True),
        (Boolean(), "false", False),
        (Items(Integer()), {"1": "8", "0": "7"}, [7, 8]),
        (Metadata(), {"k": "v"}, {"k": "v"}),
        (Metadata(), "", {}),
        (INNER, {"b": "1"}, {"b": 1}),
        (Either(Integer(), INNER), "3", 3),
        (Either(Integer(), INNER), {"b": "3"}, {"b": 3}),
    ],
)
def test_well_formed_values_are_read(
    parameter: Parameter, value: str | Tree, expected: Any
) -> None:
    """Form texts become Python values."""
    assert parameter.read(value, "p") == expected


@pytest.mark.parametrize(
    ("parameter", "value", "code"),
    [
        (Text(), "", "parameter_invalid_empty"),
        (Text(3), "long", None),
        (Text(), {"a": "1"}, None),
        (Choice(["a"]), "b", None),
        (Choice(["a"]), {"a": "1"}, None),
        (Integer(), "1.5", "parameter_invalid_integer"),
        (Integer(), "", "parameter_invalid_integer"),
        (Integer(), "²", "parameter_invalid_integer"),
        (Integer(), "9" * 20, "parameter_invalid_integer"),
        (Integer(), "-1", "parameter_invalid_integer"),
        (Integer(0, 9), "10", "parameter_invalid_integer"),
        (Integer(), {"a": "1"}, "parameter_invalid_integer"),
        (Boolean(), "True", None),
        (Items(Integer()), "1", None),
        (Items(Integer()), {"a": "1"}, None),
        (Items(Integer(), 1), {}, None),
        (Items(Integer(), 0, 1), {"0": "1", "1": "2"}, None),
        (Metadata(), "x", None),
        (Metadata(), {str(key): "v" for key in range(51)}, None),
        (Metadata(), {"k" * 41: "v"}, None),
        (Metadata(), {"k": "v" * 501}, None),
        (Metadata(), {"k": {"a": "1"}}, None),
        (INNER, "x", None),
        (INNER, {}, "parameter_missing"),
        (INNER, {"b": "1", "c": "2"}, "parameter_unknown"),
    ],
)
def test_ill_formed_values_are_refused(
    parameter: Parameter, value: str | Tree, code: str | None
) -> None:
    """Each refusal names the parameter, and Stripe's code where there is one."""
    with pytest.raises(ApiError) as caught:
        parameter.read(value, "p")

    assert caught.value.code == code
    assert str(caught.value.param).startswith("p")


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        ({"a": "1"}, None, {"a": "1"}),
        ({"a": "1"}, {"b": "2"}, {"a": "1", "b": "2"}),
        ({"a": "1", "b": "2"}, {"a": ""}, {"b": "2"}),
        ({"a": "1"}, {}, {}),
    ],
)
def test_metadata_is_merged(
    before: dict[str, str], change: dict[str, str] | None, after: dict[str, str]
) -> None:
    """Texts are set, empty texts remove, and an empty change removes everything."""
    assert merge_metadata(before, change) == after
