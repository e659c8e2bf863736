"""Reading JSON that every reader understands in the same way (RFC 8259, I-JSON of RFC 7493)."""

import math
import re
from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

from attrs import frozen

from koda.domain.inspection.json_places import (
    STRING,
    line_and_column,
    lone_escape,
    position_of_depth,
    position_of_token,
    repeated_key,
)
from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.texts import text_in
from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence

DEEPEST = 200
"""How many arrays and objects may be inside one another."""
MOST_DIGITS = 4300
"""How many characters a number may have: what Python itself reads of an integer by default."""
MOST_CONTAINERS = 100_000
"""How many arrays and objects a file may have: each takes up to 200 bytes of memory, however
short it is written, and published workflows of 350 KB have about 20,000."""
LONGEST_SHOWN = 40
"""How many characters of a file's own text a refusal quotes."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""What every text has that cannot be stored; most files have none."""
_SPACE = " \t\n\r"
_HTML = r"\s*<(?:!doctype|html|head|body|!--|\?xml)"

Container = dict[str, object] | list[object]


def read_json(content: bytes) -> Container:
    """Return the object or array that `content` is.

    Raises:
        InvalidValue: not strict JSON in UTF-8. Among what is refused: duplicate keys, `NaN` and
            `Infinity`, numbers too large or too long, more than 200 levels, more than 100,000
            arrays and objects, lone surrogates and NUL in text, and anything but a filled object
            or array at the top.
    """
    text = text_in(content)
    if re.match(_HTML, text, re.IGNORECASE):
        raise refusal(
            sentence("is a web page, not JSON; use the export of your tool, not 'save page'")
        )
    if _openings(text) > MOST_CONTAINERS and _openings(re.sub(STRING, "", text)) > MOST_CONTAINERS:
        raise refusal(
            sentence(
                "has more than {most_containers:,} arrays and objects; split the workflow",
                most_containers=MOST_CONTAINERS,
            )
        )
    value = _parsed(text)
    if not isinstance(value, dict | list) or not value:
        raise refusal(
            sentence("must be a JSON object or array with something in it; export it again")
        )
    _check_parts(value, text)
    return value


def _parsed(text: str) -> Any:
    """The value that the text is, and nothing behind it."""
    start = len(text) - len(text.lstrip(_SPACE))
    hooks = _Hooks(text)
    decoder = JSONDecoder(
        object_pairs_hook=hooks.object_of,
        parse_constant=hooks.constant,
        parse_float=hooks.float_of,
        parse_int=hooks.integer,
    )
    try:
        value, end = decoder.raw_decode(text, start)
    except JSONDecodeError as error:
        raise refusal(
            sentence(
                "is not JSON (line {line}, column {column}); export it again",
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    except RecursionError as error:
        raise _too_deep(text) from error
    behind = text[end:].lstrip(_SPACE)
    if behind:
        line, column = line_and_column(text, len(text) - len(behind))
        raise refusal(
            sentence(
                "has something behind its end (line {line}, column {column}); remove it, or "
                "export it again",
                line=line,
                column=column,
            )
        )
    return value


def _openings(text: str) -> int:
    return text.count("[") + text.count("{")


@frozen
class _Hooks:
    """What the decoder calls; where a fault is, is looked for once there is one."""

    text: str

    def object_of(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            position, twice = repeated_key(self.text)
            line, column = line_and_column(self.text, position)
            raise refusal(
                sentence(
                    "has the key {key} twice in one object (line {line}, column {column}); remove "
                    "one of them",
                    key=_shown(twice),
                    line=line,
                    column=column,
                )
            )
        return made

    def constant(self, name: str) -> NoReturn:
        line, column = line_and_column(self.text, position_of_token(self.text, name))
        raise refusal(
            sentence(
                "has {name} in it, which is not JSON (line {line}, column {column}); use null or "
                "a number",
                name=name,
                line=line,
                column=column,
            )
        )

    def float_of(self, digits: str) -> float:
        self._check_length(digits)
        number = float(digits)
        if math.isinf(number):
            line, column = line_and_column(self.text, position_of_token(self.text, digits))
            raise refusal(
                sentence(
                    "has the number {number} (line {line}, column {column}), which is too large; "
                    "make it smaller",
                    number=_shown(digits),
                    line=line,
                    column=column,
                )
            )
        return number

    def integer(self, digits: str) -> int:
        self._check_length(digits)
        return int(digits)

    def _check_length(self, digits: str) -> None:
        if len(digits.lstrip("-")) > MOST_DIGITS:
            line, column = line_and_column(self.text, position_of_token(self.text, digits))
            raise refusal(
                sentence(
                    "has a number of more than {most_digits} digits (line {line}, column "
                    "{column}); write it as text",
                    most_digits=MOST_DIGITS,
                    line=line,
                    column=column,
                )
            )


def _too_deep(text: str) -> InvalidValue:
    line, column = line_and_column(text, position_of_depth(text, DEEPEST))
    return refusal(
        sentence(
            "is nested more than {deepest} levels deep (line {line}, column {column}); flatten the "
            "workflow",
            deepest=DEEPEST,
            line=line,
            column=column,
        )
    )


def _unstorable(text: str) -> InvalidValue:
    position, escape = lone_escape(text)
    line, column = line_and_column(text, position)
    return refusal(
        sentence(
            "has text that cannot be stored, {text} (line {line}, column {column}); remove it",
            text=escape,
            line=line,
            column=column,
        )
    )


def _check_parts(value: Container, text: str) -> None:
    """Walk level by level, so that no depth of nesting can exhaust the stack."""
    escaped = _ESCAPED.search(text) is not None
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        if escaped:
            _check_texts(level, text)
        level = [
            part
            for container in level
            for part in (container.values() if type(container) is dict else container)
            if type(part) is dict or type(part) is list
        ]
        if not level:
            return
    raise _too_deep(text)


def _check_texts(level: list[Any], text: str) -> None:
    for container in level:
        for part in _parts(container):
            if type(part) is str and not part.isprintable() and _UNSTORABLE.search(part):
                raise _unstorable(text)


def _parts(container: Container) -> Iterator[Any]:
    if isinstance(container, dict):
        yield from container
        yield from container.values()
    else:
        yield from container


def _shown(text: str) -> str:
    """A short, printable form of any text."""
    return ascii(f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text)
