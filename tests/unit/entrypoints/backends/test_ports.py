from attrs import evolve
from dependency_injector.providers import Object

from koda.entrypoints.backends.memory import MemoryRoom
from koda.entrypoints.backends.registry import slots_of
from koda.entrypoints.backends.room import SLOTS, Room
from koda.entrypoints.backends.smtp import SmtpRoom
from koda.entrypoints.backends.sqlite import SqliteRoom
from koda.entrypoints.wiring.container import PORTS, Container, make_container
from koda.entrypoints.wiring.rooms import SLOT_OF
from koda.testing.marketplace import Marketplace

IN_MEMORY = Marketplace().container.settings()


def test_every_port_that_a_setting_chooses_comes_of_one_slot() -> None:
    """All but the clock and the ids, which are the same everywhere."""
    assert set(SLOT_OF) == set(PORTS) - {"clock", "ids"}
    assert set(SLOT_OF.values()) == set(SLOTS)


def test_adapters_that_are_swapped_in_a_room_are_a_type_error() -> None:
    """The type checker says so: without an error there, the comment would be one."""
    ports = MemoryRoom(make_container(IN_MEMORY).rooms()).store()

    swapped = evolve(ports, orders=ports.purchases)  # type: ignore[arg-type]

    assert swapped.orders is not ports.orders


def test_one_room_stands_behind_all_settings_that_choose_it() -> None:
    """Its clients live once, however many ports they serve."""
    rooms = make_container(IN_MEMORY).rooms()

    assert len({id(rooms.chosen(slot)) for slot in slots_of(MemoryRoom)}) == 1


def test_rooms_see_what_was_put_in_the_place_of_a_port() -> None:
    """As a team does that brings its own people."""
    container, mine = Container(settings=Object(IN_MEMORY)), object()
    container.people.override(Object(mine))

    assert container.rooms().people is mine


def test_notices_are_closed_before_the_store_that_they_read() -> None:
    """In whatever order the rooms were opened."""
    closed = list[str]()

    class Telling(Room):
        """A room that says when it is closed."""

        def close(self) -> None:
            """Say so."""
            closed.append(self.name)

    class Mail(Telling, SmtpRoom):
        """Notices."""

    class Store(Telling, SqliteRoom):
        """A store."""

    rooms = make_container(IN_MEMORY).rooms()
    for kind in (Mail, Store):
        rooms.of(kind)
    rooms.close()

    assert closed == ["smtp", "sqlite"]
