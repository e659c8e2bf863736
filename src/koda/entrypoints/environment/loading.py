"""Reading the settings from environment variables, and writing them for other processes."""

import difflib
import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

import typed_settings
from attrs import Attribute, field, fields, frozen, has, resolve_types
from cattrs import BaseValidationError, Converter
from typed_settings.converters import get_default_cattrs_converter

from koda.domain.model.errors import InvalidValue
from koda.domain.model.extras import ExtraField
from koda.domain.model.platforms import Platform
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import Sentence, verbatim
from koda.entrypoints.backends.registry import filler, groups
from koda.entrypoints.backends.room import SLOTS
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.service_settings import ServiceSettings
from koda.entrypoints.settings.settings import Settings

Kind = TypeVar("Kind")

_FOREIGN = ("KODA_TEST_", "KODA_STRIPE_OPENAPI")
"""Variables of the test suite, which are no settings."""

_SERVICES = fields(Settings).services.name
"""The field of `Settings` that holds what each service is told."""

_PARTS: Mapping[str, type[Policy | LimitSettings]] = {"policy": Policy, "limits": LimitSettings}
"""The sections of `Settings`."""
_EXPECTED = {int: "a whole number", timedelta: "seconds or hours:minutes:seconds"}


@frozen
class Variable:
    """A setting and the variable that sets it; `path` leads to it, with dots.

    It begins at `Settings`, or with the section of a service's `group`.
    """

    path: str
    attribute: "Attribute[object]" = field(repr=False)
    group: type[ServiceSettings] | None = field(default=None, repr=False)

    @property
    def may_be_empty(self) -> bool:
        """Whether an empty text is a value of its own, other than none at all."""
        return self.attribute.default is None

    @property
    def section(self) -> str:
        """What the path begins with, if it is no field of `Settings` itself."""
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        """The variable's name, such as `KODA_STRIPE_SECRET_KEY`."""
        return PREFIX + self.path.replace(".", "_").upper()

    def of(self, settings: Settings) -> object:
        """Return the value of the setting."""
        if self.group is None:
            return attrgetter(self.path)(settings)
        return getattr(settings.of(self.group), self.attribute.name)


def variables() -> Iterator[Variable]:
    """Yield every setting there is: the marketplace's own, and those of every room.

    Raises:
        InvalidValue: a room that a package brings cannot be used.
    """
    yield from _own(Settings)
    for group in groups():
        for attribute in fields(resolve_types(group)):
            yield Variable(f"{group.section}.{attribute.name}", attribute, group)


def _own(kind: type, path: str = "") -> Iterator[Variable]:
    for attribute in fields(kind):
        if isinstance(attribute.type, type) and has(attribute.type):
            yield from _own(attribute.type, f"{path}{attribute.name}.")
        elif attribute.name != _SERVICES:
            yield Variable(path + attribute.name, attribute)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `environ`; they are not yet checked against one another.

    Lists are separated by commas; lifetimes are seconds or `hours:minutes:seconds`. An empty
    variable is as good as none, but for a list that is nothing unless it is set.

    Raises:
        InvalidValue: names the first variable that cannot be read, or is none of Koda's.
    """
    converter = _converter()
    values: defaultdict[str, dict[str, object]] = defaultdict(dict)
    for variable, text in _told(environ):
        values[variable.section][variable.attribute.name] = _read(variable, text, converter)
    own = values[""]
    # The folder stays where it is if the process goes elsewhere, one that was not told, too.
    own.setdefault("data", Settings().data.resolve())
    for section, part in _PARTS.items():
        own[section] = _made(part, section, values[section])
    services = [
        _made(group, group.section, values[group.section])
        for group in groups()
        if group.section in values
    ]
    for slot in SLOTS:
        if slot in own:
            filler(slot, str(own[slot]))
    return _made(Settings, "", own).having(*services)


def _told(environ: Mapping[str, str]) -> Iterator[tuple[Variable, str]]:
    """The variables that are set, each with its text."""
    known = {variable.name: variable for variable in variables()}
    for name, text in environ.items():
        variable = known.get(name)
        if variable is not None and (text.strip() or variable.may_be_empty):
            if variable.may_be_empty and text.strip() and not _split(text):
                raise InvalidValue(
                    name, verbatim("holds commas alone; if it is to be empty, leave them out")
                )
            yield variable, text
        elif variable is None and name.startswith(PREFIX) and not name.startswith(_FOREIGN):
            raise InvalidValue(name, verbatim(_unknown(name, known)))


def _read(variable: Variable, text: str, converter: Converter) -> object:
    """Return the value that the text stands for; a refusal does not repeat it: it may be secret."""
    kind: Any = variable.attribute.type
    try:
        value: object = converter.structure(text, kind)
    except BaseValidationError as error:
        raise InvalidValue(variable.name, _problem_of(error, kind)) from None
    except (TypeError, ValueError):
        raise InvalidValue(variable.name, verbatim(f"must be {_expected(kind)}")) from None
    return value


def _problem_of(error: BaseValidationError, kind: Any) -> Sentence:
    """What is wrong with the first value of a list, if it says so itself."""
    for fault in error.exceptions:
        if isinstance(fault, InvalidValue):
            return fault.problem
    return verbatim(f"must be {_expected(kind)}")


def _made(kind: type[Kind], section: str, values: Mapping[str, object]) -> Kind:
    """Build a section, whose values are refused by its fields themselves."""
    try:
        return kind(**values)
    except InvalidValue as error:
        name = f"{section}_{error.field}" if section else error.field
        raise InvalidValue(PREFIX + name.upper(), error.problem) from None


def write_settings(settings: Settings) -> dict[str, str]:
    """Return the variables from which `load_settings` reads `settings`, defaults left out."""
    defaults = Settings()
    return {
        variable.name: written_value(variable.of(settings))
        for variable in variables()
        if variable.of(settings) != variable.of(defaults)
    }


def written_value(value: object) -> str:
    """The text of a variable that is read as `value`; that of none at all is empty, too."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    # Not `str`, which a type of its own may have overridden to hide what it holds.
    return str.__str__(value) if isinstance(value, str) else str(value)


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` less the variables that are settings."""
    known = {variable.name for variable in variables()}
    return {name: text for name, text in environ.items() if name not in known}


def _converter() -> Converter:
    converter = get_default_cattrs_converter()
    typed_settings.register_strlist_hook(converter, fn=_split)
    for listed in (Platform, ExtraField):
        converter.register_structure_hook(listed, _parsed)
    return converter


def _parsed(text: Any, kind: type[Platform | ExtraField]) -> Platform | ExtraField:
    """A value of a list whose values have texts of their own."""
    return kind.parse(text)


def _expected(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"one of {', '.join(kind)}"
    return _EXPECTED.get(kind, "readable")


def _unknown(name: str, known: Mapping[str, Variable]) -> str:
    nearest = difflib.get_close_matches(name, known, 1)
    return f"is no setting; did you mean {nearest[0]}?" if nearest else "is no setting"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
