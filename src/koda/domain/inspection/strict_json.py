"""Reading JSON that every reader understands in the same way (RFC 8259, I-JSON of RFC 7493)."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from koda.domain.inspection.refusals import refusal
from koda.domain.inspection.texts import text_in
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
_STRING = r'(?s:"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z))'
"""A string, or the rest of the text where one is not closed: nothing of it is looked at twice."""
_TOO_DEEP = sentence(
    "is nested more than {deepest} levels deep; flatten the workflow", deepest=DEEPEST
)
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
    if _openings(text) > MOST_CONTAINERS and _openings(re.sub(_STRING, "", text)) > MOST_CONTAINERS:
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
    _check_parts(value)
    return value


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        raise refusal(
            sentence(
                "is not JSON (line {line}, column {column}); export it again",
                line=error.lineno,
                column=error.colno,
            )
        ) from error
    except RecursionError as error:
        raise refusal(_TOO_DEEP) from error


def _openings(text: str) -> int:
    return text.count("[") + text.count("{")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise refusal(
            sentence("has the key {key} twice in one object; remove one of them", key=_shown(twice))
        )
    return made


def _constant(name: str) -> NoReturn:
    raise refusal(sentence("has {name} in it, which is not JSON; use null or a number", name=name))


def _float(digits: str) -> float:
    _check_length(digits)
    number = float(digits)
    if math.isinf(number):
        raise refusal(
            sentence(
                "has the number {number}, which is too large; make it smaller",
                number=_shown(digits),
            )
        )
    return number


def _integer(digits: str) -> int:
    _check_length(digits)
    return int(digits)


def _check_length(digits: str) -> None:
    if len(digits.lstrip("-")) > MOST_DIGITS:
        raise refusal(
            sentence(
                "has a number of more than {most_digits} digits; write it as text",
                most_digits=MOST_DIGITS,
            )
        )


def _check_parts(value: Container) -> None:
    """Walk level by level, so that no depth of nesting can exhaust the stack."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        parts = [part for container in level for part in _parts(container)]
        for part in parts:
            if type(part) is str and not part.isprintable():
                _check_text(part)
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return
    raise refusal(_TOO_DEEP)


def _parts(container: Container) -> Iterator[Any]:
    if isinstance(container, dict):
        yield from container
        yield from container.values()
    else:
        yield from container


def _check_text(text: str) -> None:
    if _UNSTORABLE.search(text):
        raise refusal(
            sentence(
                "has text that cannot be stored, {text}; remove \\u0000 or \\ud800",
                text=_shown(text),
            )
        )


def _shown(text: str) -> str:
    """A short, printable form of any text."""
    return ascii(f"{text[:LONGEST_SHOWN]}…" if len(text) > LONGEST_SHOWN else text)
