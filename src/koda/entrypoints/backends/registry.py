"""Every room there is: Koda's own, and those that other packages bring."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from attrs import fields, has

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim
from koda.entrypoints.backends.betterleaks import BetterleaksRoom
from koda.entrypoints.backends.clerk import ClerkRoom
from koda.entrypoints.backends.console import ConsoleRoom
from koda.entrypoints.backends.directory import DirectoryRoom
from koda.entrypoints.backends.memory import MemoryRoom
from koda.entrypoints.backends.mongo import MongoRoom
from koda.entrypoints.backends.pillow import PillowRoom
from koda.entrypoints.backends.redis import RedisRoom
from koda.entrypoints.backends.room import SLOTS, Room
from koda.entrypoints.backends.s3 import S3Room
from koda.entrypoints.backends.smtp import SmtpRoom
from koda.entrypoints.backends.sqlite import SqliteRoom
from koda.entrypoints.backends.stripe import StripeRoom
from koda.entrypoints.settings.faults import PREFIX
from koda.entrypoints.settings.service_settings import ServiceSettings
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINTS = "koda.backends"
"""The group of entry points by which other packages bring rooms: each names a `Room`'s class."""

BUILT_IN: tuple[type[Room], ...] = (
    SqliteRoom,
    DirectoryRoom,
    ConsoleRoom,
    PillowRoom,
    BetterleaksRoom,
    MemoryRoom,
    MongoRoom,
    StripeRoom,
    ClerkRoom,
    S3Room,
    RedisRoom,
    SmtpRoom,
)
"""Koda's own rooms, in the order of the reference."""


@cache
def rooms() -> tuple[type[Room], ...]:
    """Return every room, Koda's own first.

    Raises:
        InvalidValue: one that a package brings cannot be imported, is none, or is told by a name
            or by variables that another one has.
    """
    from importlib.metadata import entry_points

    brought = entry_points(group=ENTRY_POINTS)
    return checked((*BUILT_IN, *map(loaded, sorted(brought, key=lambda point: point.name))))


def loaded(point: "EntryPoint") -> type[Room]:
    """Return the room that an entry point names.

    Raises:
        InvalidValue: it cannot be imported, or is none.
    """
    try:
        room = point.load()
    except Exception as error:  # whatever a module of somebody else's raises
        raise _broken(point.value, f"cannot be imported: {error}") from error
    if not (isinstance(room, type) and issubclass(room, Room)):
        raise _broken(point.value, "is no class that inherits from Room")
    return room


def checked(given: tuple[type[Room], ...]) -> tuple[type[Room], ...]:
    """Return the rooms that are given if settings can tell them apart.

    Raises:
        InvalidValue: one is chosen by the name of another, or has its variables.
    """
    names = set[tuple[str, str]]()
    variables = set(_names(Settings))
    for room in given:
        for slot in slots_of(room):
            if (slot, room.name) in names:
                problem = f"has a name that another one has: {PREFIX}{slot.upper()}={room.name}"
                raise _broken(_path(room), problem)
            names.add((slot, room.name))
        told = set(_names(room.group, f"{room.group.section}_")) if room.group else set()
        if told & variables:
            clash = f"{PREFIX}{min(told & variables).upper()}"
            raise _broken(_path(room), f"has a variable that is there already: {clash}")
        variables |= told
    return given


def _names(kind: type, beginning: str = "") -> Iterator[str]:
    """The variables of a class of settings, in small letters and without Koda's prefix."""
    for field in fields(kind):
        if isinstance(field.type, type) and has(field.type):
            yield from _names(field.type, f"{beginning}{field.name}_")
        else:
            yield beginning + field.name


def _path(room: type[Room]) -> str:
    return f"{room.__module__}:{room.__qualname__}"


def _broken(path: str, problem: str) -> InvalidValue:
    return InvalidValue(ENTRY_POINTS, verbatim(f"the backend {path} {problem}"))


def slots_of(room: type[Room]) -> tuple[str, ...]:
    """Return the settings that may choose a room."""
    return tuple(slot for slot, kind in SLOTS.items() if issubclass(room, kind))


@cache
def fillers(slot: str) -> Mapping[str, type[Room]]:
    """Return the rooms that a setting may choose, by name, its default first.

    Raises:
        InvalidValue: as `rooms` does.
    """
    default = str(getattr(Settings(), slot))
    named = {room.name: room for room in rooms() if slot in slots_of(room)}
    return {default: named[default], **named}


def groups() -> Iterator[type[ServiceSettings]]:
    """Yield the settings of every room that has any."""
    for room in rooms():
        if room.group is not None:
            yield room.group


def chosen(settings: Settings) -> Mapping[str, type[Room]]:
    """Return the room that each setting chooses, in the order in which they are tried.

    Raises:
        InvalidValue: a setting names none.
    """
    return {slot: filler(slot, str(getattr(settings, slot))) for slot in SLOTS}


def filler(slot: str, name: str) -> type[Room]:
    """Return the room that a setting chooses by that name.

    Raises:
        InvalidValue: it names none.
    """
    room = fillers(slot).get(name)
    if room is None:
        names = ", ".join(fillers(slot))
        raise InvalidValue(f"{PREFIX}{slot.upper()}", verbatim(f"must be one of {names}"))
    return room


def distinct(several: Iterable[type[Room]]) -> tuple[type[Room], ...]:
    """Return each room once, however many settings choose it."""
    return tuple(dict.fromkeys(several))
