"""What a call takes: parameters declared once, checked and turned into Python values."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from attrs import field, frozen

from paysandbox.errors import ApiError, Json, missing_parameter, unknown_parameter
from paysandbox.forms import Tree

_MAX_INTEGER = 2**53
_MAX_PAIRS = 50
_MAX_KEY = 40
_MAX_VALUE = 500


class Parameter(Protocol):
    """One kind of value that a parameter may have."""

    def read(self, value: "str | Tree", name: str) -> Any:
        """The Python value of a form value; `name` is the bracketed name for refusals.

        Raises:
            ApiError: the value is not of this kind.
        """


@frozen
class Text:
    """A text of at most `maximum` characters; an empty one means `None` where `optional`."""

    maximum: int = 5_000
    optional: bool = False

    def read(self, value: str | Tree, name: str) -> str | None:
        """The text itself."""
        if not isinstance(value, str):
            raise ApiError(f"Invalid string: {name}", param=name)
        if not value and self.optional:
            return None
        if not value:
            message = f"You passed an empty string for '{name}'."
            raise ApiError(message, code="parameter_invalid_empty", param=name)
        if len(value) > self.maximum:
            message = f"Invalid string: {name} must be at most {self.maximum} characters"
            raise ApiError(message, param=name)
        return value


def _distinct(options: Iterable[str]) -> frozenset[str]:
    return frozenset(options)


@frozen
class Choice:
    """One of a closed set of texts."""

    options: frozenset[str] = field(converter=_distinct)

    def read(self, value: str | Tree, name: str) -> str:
        """The text, if it is one of the options."""
        if isinstance(value, str) and value in self.options:
            return value
        options = ", ".join(sorted(self.options))
        raise ApiError(f"Invalid {name}: must be one of {options}", param=name)


@frozen
class Integer:
    """A whole number in decimal digits, within bounds."""

    minimum: int = 0
    maximum: int = _MAX_INTEGER

    def read(self, value: str | Tree, name: str) -> int:
        """The number."""
        digits = value.removeprefix("-") if isinstance(value, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) < len(str(_MAX_INTEGER))):
            raise self._refusal(f"Invalid integer: {value}", name)
        number = int(str(value))
        if number < self.minimum:
            bound = f"This value must be greater than or equal to {self.minimum}."
            raise self._refusal(f"Invalid {name}. {bound}", name)
        if number > self.maximum:
            bound = f"This value must be less than or equal to {self.maximum}."
            raise self._refusal(f"Invalid {name}. {bound}", name)
        return number

    @staticmethod
    def _refusal(message: str, name: str) -> ApiError:
        return ApiError(message, code="parameter_invalid_integer", param=name)


@frozen
class Boolean:
    """`true` or `false`."""

    def read(self, value: str | Tree, name: str) -> bool:
        """The truth value."""
        if value not in {"true", "false"}:
            raise ApiError(f"Invalid boolean: {value}", param=name)
        return value == "true"


@frozen
class Items:
    """A list of `item`, of `minimum` to `maximum` entries."""

    item: Parameter
    minimum: int = 0
    maximum: int = 100

    def read(self, value: str | Tree, name: str) -> list[Any]:
        """The entries in the order of their indexes."""
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise ApiError(f"Invalid array: {name}", param=name)
        if not self.minimum <= len(value) <= self.maximum:
            message = f"Invalid array: {name} takes {self.minimum} to {self.maximum} entries."
            raise ApiError(message, param=name)
        ordered = sorted(value, key=int)
        return [self.item.read(value[key], f"{name}[{key}]") for key in ordered]


@frozen
class Metadata:
    """Up to 50 texts by name; an empty text removes the name: https://docs.stripe.com/metadata."""

    def read(self, value: str | Tree, name: str) -> dict[str, str]:
        """The texts by name."""
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise ApiError(f"Invalid object: {name}", param=name)
        if len(value) > _MAX_PAIRS:
            raise ApiError(f"Metadata can have up to {_MAX_PAIRS} keys.", param=name)
        return {key: self._read_pair(key, text, f"{name}[{key}]") for key, text in value.items()}

    @staticmethod
    def _read_pair(key: str, value: str | Tree, name: str) -> str:
        if len(key) > _MAX_KEY:
            message = f"Metadata keys must be at most {_MAX_KEY} characters long."
            raise ApiError(message, param=name)
        if not isinstance(value, str):
            raise ApiError(f"Invalid string: {name}", param=name)
        if len(value) > _MAX_VALUE:
            message = f"Metadata values must be at most {_MAX_VALUE} characters long."
            raise ApiError(message, param=name)
        return value


@frozen
class Shape:
    """An object with known parameters and nothing else."""

    fields: Mapping[str, Parameter]
    required: tuple[str, ...] = ()

    def read(self, value: str | Tree, name: str = "") -> Json:
        """The values of the parameters that were given."""
        if not isinstance(value, dict):
            raise ApiError(f"Invalid object: {name}", param=name)
        for key in value:
            if key not in self.fields:
                raise unknown_parameter(_within(name, key))
        for key in self.required:
            if key not in value:
                raise missing_parameter(_within(name, key))
        return {key: self.fields[key].read(value[key], _within(name, key)) for key in value}


@frozen
class Either:
    """A value of the first kind if it is a text, of the second if it is a tree."""

    text: Parameter
    tree: Parameter

    def read(self, value: str | Tree, name: str) -> Any:
        """The value of whichever kind it is."""
        return (self.text if isinstance(value, str) else self.tree).read(value, name)


def _within(outer: str, key: str) -> str:
    return f"{outer}[{key}]" if outer else key


EXPAND = Items(Text(500), maximum=20)
_RANGE = Either(Integer(), Shape({name: Integer() for name in ("gt", "gte", "lt", "lte")}))
PAGING: dict[str, Parameter] = {
    "limit": Integer(1, 100),
    "starting_after": Text(255),
    "ending_before": Text(255),
    "expand": EXPAND,
}
"""What every list takes: https://docs.stripe.com/api/pagination."""


def body(required: tuple[str, ...] = (), **fields: Parameter) -> Shape:
    """The parameters of a call that creates or changes something."""
    return Shape({**fields, "expand": EXPAND}, required)


def filters(**fields: Parameter) -> Shape:
    """The parameters of a call that lists something, which can be chosen by when it was created."""
    return paging(created=_RANGE, **fields)


def paging(**fields: Parameter) -> Shape:
    """The parameters of a call that lists what belongs to something else."""
    return Shape({**PAGING, **fields})


def with_notes(body: Json, params: Json) -> Json:
    """The object with the notes that a call changes: metadata and, if given, its description."""
    described = {"description": params["description"]} if "description" in params else {}
    notes = merge_metadata(body["metadata"], params.get("metadata"))
    return body | described | {"metadata": notes}


def merge_metadata(before: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    """The metadata after a change: texts are set, empty texts remove, `{}` removes everything."""
    if change is None:
        return before
    if not change:
        return {}
    return {name: text for name, text in (before | change).items() if text}
