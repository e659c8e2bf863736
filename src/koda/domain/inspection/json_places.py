"""Where something is in the text of a JSON file, looked for only once it must be told.

Each function goes over the text once, and expects that what it looks for is there.
"""

import json
import re

STRING = r'(?s:"[^"\\]*+(?>(?:\\.?[^"\\]*+)*)(?:"|\Z))'
"""A string, or the rest of the text where one is not closed: nothing of it is looked at twice."""

_TOKEN = re.compile(rf"{STRING}|[\[\]{{}}]|[^\s\"\[\]{{}},:]++")
_KEY = re.compile(rf"(?P<key>{STRING})\s*+:|[{{}}]|{STRING}")
_ESCAPE = re.compile(
    r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>\\u(?:0000|[dD][89a-fA-F]..))|\\.", re.DOTALL
)
"""A surrogate pair, a half of one or a NUL, or any other escape."""


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """The line and the column of a position, both from 1."""
    line = text.count("\n", 0, position) + 1
    return line, position - text.rfind("\n", 0, position)


def position_of_token(text: str, token: str) -> int:
    """Where a number or a word such as `NaN` first is, outside strings."""
    return next(match.start() for match in _TOKEN.finditer(text) if match[0].startswith(token))


def position_of_depth(text: str, deepest: int) -> int:
    """Where the first array or object begins that `deepest` others are around."""
    tokens = _TOKEN.finditer(text)
    depth = position = 0
    while depth <= deepest:
        match = next(tokens)
        depth += (match[0] in {"[", "{"}) - (match[0] in {"]", "}"})
        position = match.start()
    return position


def repeated_key(text: str) -> tuple[int, str]:
    """Where a key stands that its object has already, in the first object to end that has one."""
    tokens = _KEY.finditer(text)
    objects: list[set[str]] = []
    repeated: list[list[tuple[int, str]]] = []
    while True:
        match = next(tokens)
        if match[0] == "{":
            objects.append(set())
            repeated.append([])
        elif match[0] == "}":
            objects.pop()
            if twice := repeated.pop():
                return twice[0]
        elif match["key"]:
            key = json.loads(match["key"])
            if key in objects[-1]:
                repeated[-1].append((match.start(), key))
            objects[-1].add(key)


def lone_escape(text: str) -> tuple[int, str]:
    """Where text is escaped that cannot be stored: a NUL, or a half of a surrogate pair."""
    return next((match.start(), match[0]) for match in _ESCAPE.finditer(text) if match["lone"])
