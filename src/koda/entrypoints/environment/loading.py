"""Reading the settings from environment variables, and writing them for other processes."""

import difflib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, TypeVar

import typed_settings
from attrs import Attribute, field, fields, frozen, has, make_class
from cattrs import Converter
from typed_settings.converters import get_default_cattrs_converter
from typed_settings.dict_utils import set_path
from typed_settings.exceptions import InvalidSettingsError
from typed_settings.loaders import DictLoader

from koda.domain.model.errors import InvalidValue
from koda.domain.model.policy import Policy
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.registry import filler, groups
from koda.entrypoints.backends.room import SLOTS
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.limits import LimitSettings
from koda.entrypoints.settings.service_settings import ServiceSettings
from koda.entrypoints.settings.settings import Settings

Kind = TypeVar("Kind")

FOREIGN = ("KODA_TEST_", "KODA_STRIPE_OPENAPI")
"""Variables of the test suite, which are no settings."""

SERVICES = fields(Settings).services.name
"""The field of `Settings` that holds what each service is told."""

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
        for attribute in fields(group):
            yield Variable(f"{group.section}.{attribute.name}", attribute, group)


def _own(kind: type, path: str = "") -> Iterator[Variable]:
    for attribute in fields(kind):
        if isinstance(attribute.type, type) and has(attribute.type):
            yield from _own(attribute.type, f"{path}{attribute.name}.")
        elif attribute.name != SERVICES:
            yield Variable(path + attribute.name, attribute)


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from `environ`; they are not yet checked against one another.

    Lists are separated by commas; lifetimes are seconds or `hours:minutes:seconds`. An empty
    variable is as good as none, but for a list that is nothing unless it is set.

    Raises:
        InvalidValue: names the first variable that cannot be read, or is none of Koda's.
    """
    known = {variable.name: variable for variable in variables()}
    given: dict[str, Any] = {}
    for name, text in environ.items():
        if name in known and (text.strip() or known[name].may_be_empty):
            if known[name].may_be_empty and text.strip() and not _split(text):
                raise InvalidValue(
                    name, verbatim("holds commas alone; if it is to be empty, leave them out")
                )
            set_path(given, known[name].path, text)
        elif name not in known and name.startswith(PREFIX) and not name.startswith(FOREIGN):
            raise InvalidValue(name, verbatim(_unknown(name, known)))
    try:
        own = typed_settings.load_settings(Settings, [DictLoader(given)], converter=_converter())
        services = [_load(group, given) for group in groups() if group.section in given]
    except InvalidSettingsError as error:
        raise _explained(str(error.exceptions[0]), known) from None
    for slot in SLOTS:
        filler(slot, getattr(own, slot))
    return own.having(*services)


def _load(group: type[ServiceSettings], given: Mapping[str, Any]) -> ServiceSettings:
    """Read a group as the one field of a class, so that a failure names its section, too."""
    whole: type[Any] = make_class("Whole", {group.section: field(type=group, factory=group)})
    loader = DictLoader({group.section: given[group.section]})
    read: Any = typed_settings.load_settings(whole, [loader], converter=_converter(group))
    told: ServiceSettings = getattr(read, group.section)
    return told


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
        return ",".join(value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g}"
    # Not `str`, which a type of its own may have overridden to hide what it holds.
    return str.__str__(value) if isinstance(value, str) else str(value)


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` less the variables that are settings."""
    known = {variable.name for variable in variables()}
    return {name: text for name, text in environ.items() if name not in known}


def _converter(service: type[ServiceSettings] | None = None) -> Converter:
    """A converter whose failures name the option: by its path, or as the field of a group."""
    converter = get_default_cattrs_converter()
    typed_settings.register_strlist_hook(converter, fn=_split)
    sections: dict[str, type] = {"policy": Policy, "limits": LimitSettings}
    if service is not None:
        sections[service.section] = service
    for path, group in sections.items():
        converter.register_structure_hook(group, _reader(path, group))
    return converter


def _reader(path: str, group: type[Kind]) -> Callable[[Mapping[str, Any], Any], Kind]:
    """A hook that builds `group`, whose values are refused by the fields themselves."""

    def read(values: Mapping[str, Any], _: Any) -> Kind:
        try:
            return group(**values)
        except InvalidValue as error:
            raise ValueError(f"option '{path}.{error.field}': {error.problem}") from None

    return read


def _explained(report: str, known: Mapping[str, Variable]) -> InvalidValue:
    """Say which variable `report` is about, without repeating its value, which may be a secret."""
    match = re.search(r"option '([a-z0-9_.]+)'(?:: (.*) \(Structuring)?", report)
    path, problem = match.groups() if match else ("", None)
    variable = next(
        (known_variable for known_variable in known.values() if known_variable.path == path), None
    )
    if variable is None:
        return InvalidValue(PREFIX, verbatim(report))
    return InvalidValue(
        variable.name, verbatim(problem or f"must be {_expected(variable.attribute.type)}")
    )


def _expected(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return f"one of {', '.join(kind)}"
    return _EXPECTED.get(kind, "readable")


def _unknown(name: str, known: Mapping[str, Variable]) -> str:
    nearest = difflib.get_close_matches(name, known, 1)
    return f"is no setting; did you mean {nearest[0]}?" if nearest else "is no setting"


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
