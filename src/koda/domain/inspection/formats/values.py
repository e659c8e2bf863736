"""Values of any JSON, taken for what they should be: a wrong one is as good as none."""

import math
from collections.abc import Mapping
from types import MappingProxyType


def mapping(value: object) -> Mapping[str, object]:
    """A read-only view of an object, or nothing where the value is none."""
    if isinstance(value, dict):
        return MappingProxyType(value)
    return value if isinstance(value, MappingProxyType) else _NOTHING


_NOTHING: Mapping[str, object] = MappingProxyType({})


def items(value: object) -> list[object]:
    """The items of an array, or none where the value is none."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A text, or nothing where the value is none."""
    return value if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A number, or `None`; a whole one beyond what a drawing can have is none, either."""
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _FARTHEST:
        return None
    return float(value) if math.isfinite(value) else None


_FARTHEST = 1_000_000_000


def pair(x: object, y: object) -> tuple[float, float] | None:
    """Two numbers, or `None` where either is none."""
    first, second = number(x), number(y)
    return None if first is None or second is None else (first, second)


def written(value: object) -> str | None:
    """A version or an id as text: 2 and 2.0 are "2"; `None` of what is neither number nor text."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _LARGEST_ID:
        return None
    return str(int(value)) if value == int(value) else repr(value)


_LARGEST_ID = 2**53
"""Beyond it, JavaScript does not tell whole numbers apart."""
