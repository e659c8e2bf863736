"""Extra fields: what a marketplace asks of its listings beyond what every listing has."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import (
    Problems,
    check_name,
    check_names,
    check_text,
    chosen,
    normal_name,
)

Value = TypeVar("Value")

ExtraValue = str | int | bool
"""A text, a whole number, or yes or no."""

_MOST_EXTRAS = 20
_LONGEST_NAME = 30
TEXT_LENGTH = (1, 100)
"""The fewest and the most characters of a text."""
LARGEST_NUMBER = 10**12
"""The largest whole number; the smallest is its negative."""
PREFIX = "extras."
"""How the name of an extra begins where it stands among a listing's own fields."""
YES, NO = "yes", "no"
_YES_OR_NO: Mapping[str, bool] = {YES: True, NO: False, "true": True, "false": False}

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")
_SHOWN_OF_A_NAME = 60


class ExtraKind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes/no"


_EXPECTED: Mapping[ExtraKind, Sentence] = {
    ExtraKind.TEXT: sentence("must be text"),
    ExtraKind.NUMBER: sentence("must be a whole number"),
    ExtraKind.YES_NO: sentence("must be yes or no (true or false)"),
}


def _is_extra_name(name: object) -> bool:
    if type(name) is not str or len(name) > _LONGEST_NAME or not name.isidentifier():
        return False
    return name == name.lower() == unicodedata.normalize("NFKC", name)


def _extra_name(_: object, attribute: "Attribute[Value]", name: Value) -> None:
    if not _is_extra_name(name):
        raise InvalidValue(
            attribute.name,
            sentence(
                "must be of lower-case letters, digits and underscores, at most {longest}",
                longest=_LONGEST_NAME,
            ),
        )


def _check_value(name: str, value: object) -> None:
    """Refuse what no extra of any kind holds."""
    match value:
        case bool():
            return
        case int() if type(value) is int:
            _check_number(name, value)
        case _:
            check_text(name, value, *TEXT_LENGTH)
            if value != normal_name(str(value)):
                raise InvalidValue(name, sentence("must be on one line, with single spaces"))


def _check_number(name: str, value: int) -> None:
    if abs(value) > LARGEST_NUMBER:
        raise InvalidValue(
            name,
            sentence(
                "must be between {minimum} and {maximum}",
                minimum=-LARGEST_NUMBER,
                maximum=LARGEST_NUMBER,
            ),
        )


@frozen
class Extra:
    """A value that a listing has under a name; its type says of which kind it is."""

    name: str = field(validator=_extra_name)
    value: ExtraValue = field()

    @value.validator
    def _check(self, _: "Attribute[object]", value: object) -> None:
        _check_value(f"{PREFIX}{self.name}", value)

    @property
    def text(self) -> str:
        """The value as text, one and the same for equal values: `yes` and `no`, digits, or text."""
        if isinstance(self.value, bool):
            return YES if self.value else NO
        return str(self.value)


def check_extras(_: object, attribute: "Attribute[Value]", extras: Value) -> None:
    """Accept extras in the order of their names, which are different from one another."""
    if not isinstance(extras, tuple) or {type(extra) for extra in extras} - {Extra}:
        raise InvalidValue(attribute.name, sentence("must be a tuple of extras"))
    names = [extra.name for extra in extras]
    if names != sorted(set(names)):
        raise InvalidValue(
            attribute.name, sentence("must be different from one another, in the order of names")
        )


@frozen
class ExtraField:
    """A field that a marketplace asks of its listings: its name, and what its values are.

    A text may be one of `choices` alone; without any it is free. Nobody has to fill it in.
    """

    name: str = field(validator=_extra_name)
    kind: ExtraKind = field(default=ExtraKind.TEXT)
    choices: tuple[str, ...] = field(default=())

    @kind.validator
    def _check_kind(self, attribute: "Attribute[object]", kind: object) -> None:
        if type(kind) is not ExtraKind:
            raise InvalidValue(attribute.name, sentence("must be a kind of extra"))

    @choices.validator
    def _check_choices(self, attribute: "Attribute[object]", choices: object) -> None:
        if type(choices) is not tuple:
            raise InvalidValue(attribute.name, sentence("must be a tuple of names"))
        if not choices:
            return
        if self.kind is not ExtraKind.TEXT:
            raise InvalidValue(attribute.name, sentence("belong to a text alone"))
        for choice in choices:
            check_name(attribute.name, choice)
            if "|" in choice:
                raise InvalidValue(attribute.name, sentence("must be without the sign |"))
        check_names(attribute.name, choices)

    @classmethod
    def parse(cls, text: str) -> "ExtraField":
        """Read `name:kind`, the kind being `text`, `number`, `yes/no`, or choices such as `a|b`.

        Raises:
            InvalidValue: it is nothing of the kind.
        """
        name, _, said = (part.strip() for part in text.partition(":"))
        kinds = {kind.value: kind for kind in ExtraKind}
        if said.lower() in kinds:
            return cls(name, kinds[said.lower()])
        choices = tuple(choice.strip() for choice in said.split("|"))
        if len(choices) == 1:
            raise InvalidValue(
                "extras",
                sentence(
                    "must each be a name, a colon and one of {kinds}, or choices such as easy|hard",
                    kinds=tuple(kinds),
                ),
            )
        return cls(name, choices=choices)

    def __str__(self) -> str:
        """The text that `parse` reads."""
        return f"{self.name}:{'|'.join(self.choices) or self.kind.value}"

    @property
    def key(self) -> str:
        """Its name among all fields of a listing."""
        return f"{PREFIX}{self.name}"

    @property
    def listed(self) -> tuple[str, ...]:
        """The texts of all values that it can have (see `Extra.text`); of a free one, none."""
        return (YES, NO) if self.kind is ExtraKind.YES_NO else self.choices

    def read(self, value: object) -> Extra:
        """The extra that a client means by `value`.

        Raises:
            InvalidValue: it is of another kind, too long or too large, or none of the choices.
        """
        match self.kind, value:
            case ExtraKind.YES_NO, bool():
                return Extra(self.name, value)
            case ExtraKind.NUMBER, int() if type(value) is int:
                return Extra(self.name, value)
            case ExtraKind.TEXT, str() if self.choices:
                return Extra(self.name, chosen(self.key, self.choices, value))
            case ExtraKind.TEXT, str():
                return Extra(self.name, normal_name(value))
            case _:
                raise InvalidValue(self.key, _EXPECTED[self.kind])

    def typed(self, text: str) -> ExtraValue:
        """The value that is written as `text` (see `Extra.text`), in any case; others as they are.

        `true` and `false` are yes and no, too, as JSON has them.
        """
        bare = text.strip()
        if self.kind is ExtraKind.YES_NO:
            return _YES_OR_NO.get(bare.lower(), text)
        if self.kind is ExtraKind.NUMBER and _NUMBER.fullmatch(bare):
            return int(bare)
        return text


def label_of(name: str) -> str:
    """What people read of a field's name: `setup_minutes` is "Setup minutes"."""
    said = name.removeprefix(PREFIX).replace("_", " ").strip()
    return said[:1].upper() + said[1:]


def check_extra_fields(_: object, attribute: "Attribute[Value]", fields: Value) -> None:
    """Accept fields whose names are different from one another."""
    name = attribute.name
    if not isinstance(fields, tuple) or {type(declared) for declared in fields} - {ExtraField}:
        raise InvalidValue(name, sentence("must be a tuple of extra fields"))
    if len(fields) > _MOST_EXTRAS:
        raise InvalidValue(
            name, sentence("must be at most {most_extras}", most_extras=_MOST_EXTRAS)
        )
    if len({declared.name for declared in fields}) != len(fields):
        raise InvalidValue(name, sentence("must be different from one another"))


def read_extras(
    fields: Iterable[ExtraField],
    said: Mapping[str, ExtraValue | None],
    before: Iterable[Extra] = (),
) -> tuple[Extra, ...]:
    """The extras of a listing of which `said` is said now, and which had those of `before`.

    What is not said again stays, and so does what no field declares any more if it is said as it
    was; `None` takes a value away.

    Raises:
        InvalidForm: every value that no field declares, or that its field does not take.
    """
    declared = {known.name: known for known in fields}
    extras = {extra.name: extra for extra in before}
    if len(said) > _MOST_EXTRAS + len(extras):
        raise InvalidValue(
            "extras", sentence("must be at most {most_extras}", most_extras=_MOST_EXTRAS)
        )
    problems = Problems()
    for name, value in said.items():
        present = extras.pop(name, None)
        if present is not None and _same(present.value, value):
            extras[name] = present
        elif value is not None or (present is None and name not in declared):
            extras[name] = problems.collect(_read, declared, name, value)
    problems.check()
    return tuple(extras[name] for name in sorted(extras))


def _same(present: ExtraValue, value: object) -> bool:
    """Whether a value is said as it was; 1 is another value than true."""
    return type(present) is type(value) and present == value


def _read(declared: Mapping[str, ExtraField], name: str, value: object) -> Extra:
    if name not in declared:
        key = f"{PREFIX}{name[:_SHOWN_OF_A_NAME]}"
        raise InvalidValue(key, sentence("is not known; leave it out"))
    return declared[name].read(value)
