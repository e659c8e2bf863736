"""The few validators that values share. Each raises `InvalidValue` naming the field."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from string import ascii_letters, ascii_uppercase, digits
from typing import ParamSpec, Protocol, TypeVar, cast

from attrs import Attribute, define, field

from koda.domain.model.errors.roots import InvalidForm, InvalidValue
from koda.domain.model.sentences import Sentence, sentence

P = ParamSpec("P")
T = TypeVar("T")

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=StrEnum)


class Validator(Protocol):
    """What refuses the value of a field, whatever its type."""

    def __call__(self, instance: object, attribute: "Attribute[Value]", value: Value, /) -> None:
        """Refuse `value`, of the field `attribute`; raises `InvalidValue`."""


BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)

NAME_LENGTH = (1, 40)
"""The fewest and the most characters of a name."""
MOST_NAMES = 100

_NO_OFFSET = timedelta(0)
_LONGEST_ID = 128
_CURRENCY_LETTERS = 3
_IN_IDENTIFIERS = f"{ascii_letters}{digits}_:.-"
"""Stripping these leaves nothing of an identifier, which is quicker to find than by a pattern."""
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff" + "".join(BIDI_CONTROLS) + "]"
)
_UNSHOWN = re.compile(rf"(?:{_UNPRINTABLE.pattern}|\s)+")
"""What stands for one space on a line; all ends of lines are spaces, those of Unicode too."""
INVISIBLE = (
    "\u00ad\u115f\u1160\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff"
)
"""Characters that show nothing by themselves, for a character class."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")


def integer(minimum: int, maximum: int) -> Validator:
    """Accept a real `int` (not a `bool`) between `minimum` and `maximum`, both included."""

    def check(_: object, attribute: "Attribute[Value]", value: object) -> None:
        if type(value) is not int:
            raise InvalidValue(attribute.name, sentence("must be a whole number"))
        if not minimum <= value <= maximum:
            raise InvalidValue(
                attribute.name,
                sentence(
                    "must be between {minimum} and {maximum}", minimum=minimum, maximum=maximum
                ),
            )

    return check


def check_text(name: str, value: object, minimum: int, maximum: int) -> None:
    """Refuse what is not storable, printable text of `minimum` to `maximum` characters.

    Lone surrogates, control characters (but for tab and line ends) and direction overrides are
    refused, since no store or page renders them as the writer meant. For the `minimum` only what
    is `shown` counts.
    """
    if type(value) is not str:
        raise InvalidValue(name, sentence("must be text"))
    if len(value) > maximum or len(shown(value)) < minimum:
        raise InvalidValue(name, _bounds(minimum, maximum))
    if _UNPRINTABLE.search(value):
        raise InvalidValue(name, sentence("has characters that cannot be shown; remove them"))


def _bounds(minimum: int, maximum: int) -> Sentence:
    if minimum:
        return sentence(
            "must have {minimum} to {maximum} characters", minimum=minimum, maximum=maximum
        )
    return sentence("must have at most {maximum} characters", maximum=maximum)


def shown(text: str) -> str:
    """What of `text` can be seen; space in a row, ends of lines included, is seen as one."""
    visible = text if text.isascii() else _INVISIBLE.sub("", text)
    return " ".join(visible.split())


def one_line(text: str) -> str:
    """Return `text` on one line, without what no terminal or mail shows as the writer meant."""
    return _UNSHOWN.sub(" ", text).strip()


def cleaned(value: str, maximum: int) -> str:
    """Return `value` as `check_text` accepts it, cut to `maximum` characters; maybe nothing."""
    is_plain = value.isascii() and value.isprintable()
    text = (value if is_plain else _UNPRINTABLE.sub("", value)).strip()[:maximum].strip()
    return text if shown(text) else ""


def text(minimum: int, maximum: int) -> Validator:
    """Accept text of `minimum` to `maximum` characters (see `check_text`)."""

    def check(_: object, attribute: "Attribute[Value]", value: object) -> None:
        check_text(attribute.name, value, minimum, maximum)

    return check


def pattern(expression: str, hint: Sentence) -> Validator:
    """Accept text that the whole of `expression` matches; `hint` says what is expected."""
    compiled = re.compile(expression)

    def check(_: object, attribute: "Attribute[Value]", value: object) -> None:
        if type(value) is not str or compiled.fullmatch(value) is None:
            raise InvalidValue(attribute.name, hint)

    return check


def is_identifier(value: object) -> bool:
    """Whether `value` is an id of Koda's or of a provider's: letters, digits and `_ : . -`."""
    if type(value) is not str or not 0 < len(value) <= _LONGEST_ID:
        return False
    return not value.strip(_IN_IDENTIFIERS)


def identifier(_: object, attribute: "Attribute[Value]", value: Value) -> None:
    """Accept an identifier (see `is_identifier`)."""
    if not is_identifier(value):
        raise InvalidValue(attribute.name, sentence("must be an identifier"))


def currency(_: object, attribute: "Attribute[Value]", value: Value) -> None:
    """Accept a currency code: three upper-case letters (ISO 4217)."""
    if not _is_currency(value):
        raise InvalidValue(attribute.name, sentence("must be a currency such as EUR"))


def _is_currency(value: object) -> bool:
    if type(value) is not str or len(value) != _CURRENCY_LETTERS:
        return False
    return not value.strip(ascii_uppercase)


sha256: Validator = pattern(
    r"[0-9a-f]{64}", sentence("must be a SHA-256 of 64 lower-case hexadecimal digits")
)
"""Accept a SHA-256 in lower-case hexadecimal."""


REQUEST_KEY_FORM = "[!-~]{1,255}"
REQUEST_KEY_HINT: Sentence = sentence("must be 1 to 255 visible ASCII characters")
idempotency_key: Validator = pattern(REQUEST_KEY_FORM, REQUEST_KEY_HINT)
"""Accept an idempotency key of a client's own."""


def utc(_: object, attribute: "Attribute[Value]", value: Value) -> None:
    """Accept an aware UTC time of whole milliseconds, the precision that every store keeps."""
    if not isinstance(value, datetime) or value.utcoffset() != _NO_OFFSET:
        raise InvalidValue(attribute.name, sentence("must be a time in UTC"))
    if value.microsecond % 1000:
        raise InvalidValue(attribute.name, sentence("must have whole milliseconds"))


@define
class Problems:
    """Gathers invalid values, so that a form is told all of its faults at once."""

    found: list[InvalidValue] = field(factory=list)

    def collect(self, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call `make`; keep what it finds invalid and return a placeholder that `check` guards."""
        try:
            return make(*args, **kwargs)
        except InvalidForm as form:
            self.found.extend(form.problems)
        except InvalidValue as problem:
            self.found.append(problem)
        return cast("T", None)

    def check(self) -> None:
        """Raise `InvalidForm` if anything was found."""
        if self.found:
            raise InvalidForm.of(self.found)


def choice(name: str, kind: type[Choice], value: str) -> Choice:
    """The member of `kind` whose value is `value`, whatever its case.

    Raises:
        InvalidValue: there is none; the problem lists those there are.
    """
    folded = str(value).strip().casefold()
    for member in kind:
        if member.value.casefold() == folded:
            return member
    raise InvalidValue(
        name, sentence("must be one of {choices}", choices=tuple(member.value for member in kind))
    )


def check_name(field: str, name: object) -> None:
    """Refuse a name that is too long, or cannot stand in a list on one line.

    Raises:
        InvalidValue: names `field`.
    """
    check_text(field, name, *NAME_LENGTH)
    text = str(name)
    if "," in text or text != normal_name(text):
        raise InvalidValue(
            field, sentence("must be on one line, with single spaces and without commas")
        )


def check_names(field: str, names: Iterable[str]) -> None:
    """Refuse a list of names that is empty, too long, or has one twice, whatever its case.

    Raises:
        InvalidValue: names `field`.
    """
    folded = [name.casefold() for name in names]
    if not 1 <= len(folded) <= MOST_NAMES:
        raise InvalidValue(
            field, sentence("must be from 1 to {most_names} names", most_names=MOST_NAMES)
        )
    if len(set(folded)) != len(folded):
        raise InvalidValue(
            field, sentence("must be different from one another, whatever their case")
        )


def normal_name(text: str) -> str:
    """Return `text` on one line, with single spaces."""
    return " ".join(text.split())


def spelled(text: object, names: Iterable[str]) -> str | None:
    """The one of `names` that `text` is, whatever its case and outer spaces; or nothing."""
    folded = normal_name(str(text)).casefold()
    return next((name for name in names if name.casefold() == folded), None)


def chosen(field: str, names: Iterable[str], text: object) -> str:
    """The one of `names` that `text` is, whatever its case.

    Raises:
        InvalidValue: it is none of them; the problem lists them.
    """
    choices = tuple(names)
    name = spelled(text, choices)
    if name is None:
        raise InvalidValue(field, sentence("must be one of {choices}", choices=choices))
    return name
