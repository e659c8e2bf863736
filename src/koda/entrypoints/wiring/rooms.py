"""The rooms of one marketplace: opened when they are asked for, each once."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from threading import RLock
from typing import Protocol, TypeVar, cast

from attrs import evolve, fields_dict

from koda.entrypoints.backends.libraries import needing
from koda.entrypoints.backends.ports import CachePorts, IdentityPorts, PaymentPorts, StorePorts
from koda.entrypoints.backends.preparation import Step
from koda.entrypoints.backends.probe import Check, Readiness
from koda.entrypoints.backends.registry import chosen, distinct, filler, slots_of
from koda.entrypoints.backends.room import (
    SLOTS,
    FilesRoom,
    IdentityRoom,
    PaymentsRoom,
    Room,
    StoreRoom,
)
from koda.entrypoints.settings.settings import Settings
from koda.ports.clock import Clock
from koda.ports.people import People

Kind = TypeVar("Kind", bound=Room)
Result = TypeVar("Result")

BUNDLES: Mapping[str, type] = {
    "store": StorePorts,
    "cache": CachePorts,
    "payments": PaymentPorts,
    "identity": IdentityPorts,
}
"""The settings that choose several ports together, and those ports."""
SLOT_OF: Mapping[str, str] = {
    **{name: slot for slot, ports in BUNDLES.items() for name in fields_dict(ports)},
    **{slot: slot for slot in SLOTS.keys() - BUNDLES.keys()},
}
"""The setting that chooses what stands behind each port."""


class Ports(Protocol):
    """The providers that a marketplace's rooms stand on, whatever was put in their place."""

    def settings(self) -> Settings:
        """Return the settings."""

    def clock(self) -> Clock:
        """Return the marketplace's time."""

    def people(self) -> People:
        """Return the names and addresses of users."""


class Rooms:
    """The rooms that the settings choose, opened; to each of them this is its site."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._opened: dict[type[Room], Room] = {}
        self._filled: dict[tuple[str, type[Room]], object] = {}
        self._lock = RLock()

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self._ports.settings()

    @property
    def clock(self) -> Clock:
        """The marketplace's time."""
        return self._ports.clock()

    @property
    def people(self) -> People:
        """The names and addresses of users."""
        return self._ports.people()

    def of(self, kind: type[Kind]) -> Kind:
        """Return this marketplace's room of a kind, opened if it is not."""
        with self._lock:
            if kind not in self._opened:
                self._opened[kind] = kind(self)
            return cast("Kind", self._opened[kind])

    @property
    def store(self) -> StoreRoom:
        """The room that `KODA_STORE` chooses."""
        return cast("StoreRoom", self.chosen("store"))

    @property
    def files(self) -> FilesRoom:
        """The room that `KODA_FILES` chooses."""
        return cast("FilesRoom", self.chosen("files"))

    @property
    def payments(self) -> PaymentsRoom:
        """The room that `KODA_PAYMENTS` chooses."""
        return cast("PaymentsRoom", self.chosen("payments"))

    @property
    def identity(self) -> IdentityRoom:
        """The room that `KODA_IDENTITY` chooses."""
        return cast("IdentityRoom", self.chosen("identity"))

    def chosen(self, slot: str) -> Room:
        """Return the room that a setting chooses.

        Raises:
            InvalidValue: the setting names none.
        """
        return self.of(filler(slot, str(getattr(self.settings, slot))))

    def port(self, name: str) -> object:
        """Return what stands behind a port, built when it is asked for first.

        Raises:
            InvalidValue: names the variable to change.
            MissingLibrary: a library is not installed.
        """
        slot = SLOT_OF[name]
        room = self.chosen(slot)
        with self._lock:
            place = (slot, type(room))
            if place not in self._filled:
                self._filled[place] = _within(room, getattr(room, slot))
            filled = self._filled[place]
        return getattr(filled, name) if slot in BUNDLES else filled

    def checks(self) -> Iterator[Check]:
        """Yield the rooms' own checks, in the order of the settings that choose them."""
        for slot, kind in chosen(self.settings).items():
            room = self.of(kind)
            for check in room.checks(slot):
                registration = check.registration and partial(_within, room, check.registration)
                probe = partial(_within, room, check.probe)
                yield evolve(check, probe=probe, registration=registration)

    def readiness(self) -> Iterator[tuple[str, Readiness]]:
        """Yield how each setting's service is asked, of those that are."""
        for slot, kind in chosen(self.settings).items():
            room = self.of(kind)
            asked = _within(room, partial(room.readiness, slot))
            if asked is not None:
                yield slot, asked

    def prepare(self) -> Iterator[Step]:
        """Prepare every room that is chosen, and yield each step when it is done.

        Raises:
            InvalidValue: something cannot be made as the settings say.
            Unavailable: a service cannot be reached.
        """
        for kind in distinct(chosen(self.settings).values()):
            with needing(kind.extra):
                yield from self.of(kind).prepare()

    def check_prepared(self) -> None:
        """Refuse what `koda init` has not prepared for this version of Koda.

        Raises:
            Unprepared: says what it lacks.
            Unavailable: it cannot be reached.
        """
        for kind in distinct(chosen(self.settings).values()):
            _within(self.of(kind), self.of(kind).check_prepared)

    def close(self) -> None:
        """Let go of the connections of every open room: notices first, and the store last."""
        order = list(SLOTS)
        for kind in sorted(self._opened, key=lambda kind: -order.index(slots_of(kind)[0])):
            self._opened[kind].close()


def _within(room: Room, call: Callable[[], Result]) -> Result:
    with needing(room.extra):
        return call()
