from importlib.metadata import EntryPoint
from typing import ClassVar

import pytest
from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.entrypoints.backends.console import ConsoleRoom
from koda.entrypoints.backends.registry import (
    BUILT_IN,
    ENTRY_POINTS,
    checked,
    chosen,
    fillers,
    loaded,
    rooms,
    slots_of,
)
from koda.entrypoints.backends.room import SLOTS, Group
from koda.entrypoints.backends.smtp import SmtpRoom
from koda.entrypoints.settings.service_settings import ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings


class OtherConsole(ConsoleRoom):
    """A room by the name of another."""


@frozen
class SiteSettings(ServiceSettings):
    """A group whose variable the marketplace has itself."""

    section: ClassVar[str] = "site"
    heading: ClassVar[str] = "Site"

    url: str = setting("", "an address")


class SiteRoom(ConsoleRoom):
    """A room whose settings are not its own."""

    name = "site"
    group: ClassVar[Group] = SiteSettings


class OtherSmtp(SmtpRoom):
    """A room with the settings of another."""

    name = "other"


def point(value: str) -> EntryPoint:
    """An entry point as a package declares it."""
    return EntryPoint("mine", value, ENTRY_POINTS)


def test_every_built_in_room_fills_a_slot() -> None:
    """Each can be chosen by some setting, and each setting has its default among them."""
    assert set(BUILT_IN) <= set(rooms())
    assert all(slots_of(room) for room in BUILT_IN)
    assert {slot for room in BUILT_IN for slot in slots_of(room)} == set(SLOTS)


def test_a_default_is_the_first_of_its_choices() -> None:
    """As the reference shows them."""
    assert [next(iter(fillers(slot))) for slot in SLOTS] == [
        getattr(Settings(), slot) for slot in SLOTS
    ]
    assert tuple(fillers("store"))[:3] == ("sqlite", "memory", "mongo")


def test_settings_choose_a_room_each() -> None:
    """By its name; a name that none has is refused with those that there are."""
    assert chosen(Settings(notices="smtp"))["notices"] is SmtpRoom
    with pytest.raises(InvalidValue, match=r"^KODA_NOTICES: must be one of console, memory, smtp"):
        chosen(Settings(notices="pigeon"))


def test_room_by_the_name_of_another_is_refused() -> None:
    """Or else a setting would choose whichever came first."""
    with pytest.raises(InvalidValue, match=r"^koda\.backends: the backend \S+:OtherConsole has"):
        checked((*BUILT_IN, OtherConsole))


@pytest.mark.parametrize(
    ("room", "variable"), [(SiteRoom, "KODA_SITE_URL"), (OtherSmtp, "KODA_SMTP_HOST")]
)
def test_room_with_a_variable_that_is_there_already_is_refused(
    room: type[ConsoleRoom], variable: str
) -> None:
    """One variable sets one thing."""
    with pytest.raises(InvalidValue, match=f"has a variable that is there already: {variable}"):
        checked((*BUILT_IN, room))


def test_entry_point_names_a_room() -> None:
    """By the module and the class."""
    assert loaded(point("koda.entrypoints.backends.smtp:SmtpRoom")) is SmtpRoom


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("koda_mine.nothing:Room", "cannot be imported: No module named 'koda_mine'"),
        ("koda.entrypoints.backends.smtp:Nothing", "cannot be imported: module .* has no attr"),
        ("koda.entrypoints.backends.smtp:SmtpSettings", "is no class that inherits from Room"),
        ("koda.entrypoints.backends.registry:rooms", "is no class that inherits from Room"),
    ],
)
def test_entry_point_that_names_no_room_is_refused(value: str, problem: str) -> None:
    """One sentence says which, and what is wrong with it."""
    with pytest.raises(InvalidValue, match=rf"^koda\.backends: the backend {value} {problem}"):
        loaded(point(value))
