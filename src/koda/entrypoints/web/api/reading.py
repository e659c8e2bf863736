"""Reading requests: what is no JSON is refused with 400, what does not fit with 422."""

import json
import re
from typing import Any, NoReturn, TypeVar

import msgspec
from attrs import define
from flask import Request

from koda.domain.model.errors import InvalidValue
from koda.domain.model.extras import PREFIX
from koda.domain.model.sentences import Sentence, sentence, translatable
from koda.domain.model.validation import REQUEST_KEY_FORM, REQUEST_KEY_HINT
from koda.entrypoints.web.bodies import read_bytes, too_large
from koda.entrypoints.web.http_errors import UnreadableBody, UnsupportedBody

T = TypeVar("T")

BODY_LIMIT = 1024 * 1024
"""The most bytes that a body may have."""
_LONGEST_SHOWN = 100
"""How many characters of a client's own text are said back."""
_LARGEST_EXACT = 2**53
"""Above it, neighbouring whole numbers are one to a reader of floats (RFC 8259, 6)."""
REQUEST_KEY = "Idempotency-Key"

_FAULT = re.compile(r"(?P<problem>.*?)(?: - at `\$\.?(?P<path>.*)`)?", re.DOTALL)
_NAMED = re.compile(r"Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`")
_ADVICE = {
    "missing required": sentence("is missing"),
    "contains unknown": sentence("is not known; leave it out"),
}
_TYPES = {
    "int": sentence("must be a whole number"),
    "str": sentence("must be text"),
}
"""What is said of a value of another type, as the domain says it of what it takes itself."""
_MISFITS = (
    (
        re.compile("Expected `(?P<expected>.+?)`, got `(?P<got>.+?)`"),
        translatable("expected {expected}, got {got}"),
    ),
    (
        re.compile("Expected `(?P<expected>.+?)` of length (?P<length>.+)"),
        translatable("expected {expected} of length {length}"),
    ),
    (
        re.compile("Expected `(?P<expected>.+?)` matching regex (?P<form>.+)", re.DOTALL),
        translatable("expected {expected} matching regex {form}"),
    ),
    (
        re.compile("Expected `(?P<expected>.+?)` (?P<bound>[<>]=? .+)"),
        translatable("expected {expected} {bound}"),
    ),
)
"""The reports whose data are said, by msgspec's form; it has no errors with fields of their own."""


def read_query(request: Request, kind: type[T]) -> T:
    """Read the query parameters; those that begin with `extras.` are read as one, by their rest.

    Raises:
        InvalidValue: one that is unknown, given twice or not of its type.
    """
    values: dict[str, Any] = {}
    for name, texts in request.args.lists():
        if len(texts) > 1:
            raise InvalidValue(name[:_LONGEST_SHOWN], sentence("must be given once"))
        before, prefix, extra = name.partition(PREFIX)
        if prefix and not before and _takes_extras(kind):
            values.setdefault(PREFIX, {})[extra] = texts[0]
        else:
            values[name] = texts[0]
    return _fitted(values, kind, strict=False)


def _takes_extras(kind: type) -> bool:
    return PREFIX in {field.encode_name for field in msgspec.structs.fields(kind)}


def read_request_key(request: Request) -> str | None:
    """Read the client's own idempotency key.

    Raises:
        InvalidValue: it is not 1 to 255 visible ASCII characters.
    """
    key = request.headers.get(REQUEST_KEY)
    if key is not None and not re.fullmatch(REQUEST_KEY_FORM, key):
        raise InvalidValue(REQUEST_KEY, REQUEST_KEY_HINT)
    return key


def check_size(request: Request) -> None:
    """Refuse a body that says it has more than `BODY_LIMIT` bytes, whether or not it is read."""
    if (request.content_length or 0) > BODY_LIMIT:
        raise too_large(BODY_LIMIT)


def read_body(request: Request, kind: type[T], *, optional: bool) -> T:
    """Read a JSON body; where it is `optional`, none is as good as `{}`.

    Raises:
        UnsupportedMediaType: not `application/json`, or encoded in transfer.
        RequestEntityTooLarge: more than `BODY_LIMIT` bytes.
        BadRequest: no JSON.
        InvalidValue: a field that is unknown, missing or not of its type.
    """
    content = read_bytes(BODY_LIMIT)
    if not content and optional:
        return _fitted({}, kind, strict=True)
    _check_type(request)
    return _fitted(_parse(content), kind, strict=True)


def _check_type(request: Request) -> None:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset != "utf-8":
        raise UnsupportedBody(
            sentence("Send the body as Content-Type: application/json, in UTF-8.")
        )
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedBody(sentence("Send the body without Content-Encoding."))


def _parse(content: bytes) -> Any:
    """Read JSON as RFC 8259 has it, in UTF-8, with no key twice and no half of a character.

    Raises:
        BadRequest: anything else, whatever its size or depth.
    """
    if not content:
        raise UnreadableBody(sentence("There is no body; send a JSON object."))
    try:
        text = content.decode()
        value = json.loads(
            text, object_pairs_hook=_distinct, parse_float=_number, parse_constant=_refuse
        )
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(sentence("The body is not JSON: {why}.", why=_reason(error))) from None
    return value


def _number(text: str) -> int | float:
    """Read a whole number as one, however it is written: `1.0` is `1` (JSON Schema, 6.1.1)."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= _LARGEST_EXACT else value


@define(slots=False)
class _NoJson(ValueError):
    """What Python's reader lets through, and why it is none."""

    why: Sentence


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _NoJson(sentence("a key stands twice in one object"))
    return made


def _refuse(name: str) -> NoReturn:
    raise _NoJson(sentence("{name} is no number", name=name))


def _reason(error: Exception) -> Sentence:
    match error:
        case json.JSONDecodeError():
            return sentence(
                "it breaks at line {line}, column {column}", line=error.lineno, column=error.colno
            )
        case UnicodeDecodeError():
            return sentence("it is not UTF-8")
        case UnicodeEncodeError():
            return sentence("it has half of a surrogate pair")
        case RecursionError():
            return sentence("it is nested too deeply")
        case _NoJson():
            return error.why
        case _:
            return sentence("a number is too long")


def _fitted(value: Any, kind: type[T], *, strict: bool) -> T:
    try:
        return msgspec.convert(value, kind, strict=strict)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def _explained(report: str) -> InvalidValue:
    """The field and the problem of what msgspec reports: "Expected …, got … - at `$.field`"."""
    fault = _FAULT.fullmatch(report)
    path, problem = (fault["path"] or "", fault["problem"]) if fault else ("", report)
    named = _NAMED.fullmatch(problem)
    if named is None:
        return InvalidValue(path[:_LONGEST_SHOWN] or "body", _misfit(problem))
    path = f"{path}.{named['name']}".lstrip(".")
    return InvalidValue(path[:_LONGEST_SHOWN], _ADVICE[named["fault"]])


def _misfit(problem: str) -> Sentence:
    """The names of types and the bounds of a report, in a sentence of our own."""
    for form, template in _MISFITS:
        match = form.fullmatch(problem)
        if match is not None:
            data = match.groupdict()
            known = _TYPES.get(data["expected"].removesuffix(" | null")) if "got" in data else None
            return known or Sentence(template, data)
    return sentence("does not fit what is documented")
