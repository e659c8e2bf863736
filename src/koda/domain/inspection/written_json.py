"""Writing JSON with two spaces, as platforms export it, in half the time that `json` takes.

Its own encoder in C writes no indentation.
"""

from json.encoder import encode_basestring
from typing import Any

_WORDS = {None: "null", True: "true", False: "false"}
_MOST_PARTS = 10_000
"""Pieces that are kept before they are put together: each takes more memory than its text."""


def written(value: dict[str, object] | list[object]) -> str:
    """Return `value` as `json.dumps(value, ensure_ascii=False, indent=2)` does; keys are texts."""
    parts: list[str] = []
    whole: list[str] = []
    _write(value, "\n", parts, whole)
    return "".join((*whole, *parts))


def _write(value: Any, line: str, parts: list[str], whole: list[str]) -> None:
    """Write a container; `line` is the line break with the indentation around it."""
    if not value:
        parts.append("{}" if type(value) is dict else "[]")
        return
    is_object = type(value) is dict
    opening, closing = "{}" if is_object else "[]"
    inner = f"{line}  "
    before = f"{opening}{inner}"
    for key, part in value.items() if is_object else enumerate(value):
        if is_object:
            before = f"{before}{encode_basestring(str(key))}: "
        kind = type(part)
        if kind is str:
            parts.append(f"{before}{encode_basestring(part)}")
        elif kind is dict or kind is list:
            parts.append(before)
            _write(part, inner, parts, whole)
        else:
            parts.append(f"{before}{repr(part) if kind is int or kind is float else _WORDS[part]}")
        before = f",{inner}"
    parts.append(f"{line}{closing}")
    if len(parts) > _MOST_PARTS:
        whole.append("".join(parts))
        parts.clear()
