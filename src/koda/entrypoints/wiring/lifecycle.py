"""Opening what the container chose, seeing that it is prepared, and closing it."""

from collections.abc import Callable
from typing import Protocol

from attrs import define

from koda.domain.model.errors import InvalidValue, KodaError, Unavailable
from koda.entrypoints.settings.choices import NoticeChannel, Store
from koda.entrypoints.settings.settings import PREFIX
from koda.entrypoints.wiring.building import import_adapter
from koda.entrypoints.wiring.container import PORTS, Container


def open_ports(container: Container) -> None:
    """Build every adapter that is chosen, so that what is wrong with one is told at the start.

    No service is spoken to; what cannot be opened then lies in the data directory.

    Raises:
        InvalidValue: names the variable to change.
        MissingLibrary: the library of an adapter is not installed.
    """
    for port in PORTS:
        try:
            getattr(container, port)()
        except Unavailable as error:
            raise InvalidValue(f"{PREFIX}DATA", f"cannot be used: {error.__cause__}") from error


@define(slots=False)
class Unprepared(InvalidValue):
    """A service lacks what `koda init` makes there; `field` is the variable that leads to it."""

    code = "unprepared"


def check_prepared(container: Container) -> None:
    """Refuse a store that 'koda init' has not prepared for this version of Koda.

    Raises:
        Unprepared: says what it lacks.
        Unavailable: it cannot be reached.
    """
    if container.settings().store == Store.MONGO:
        try:
            import_adapter("mongo.schema").check(container.mongo())
        except InvalidValue as error:
            raise Unprepared(f"{PREFIX}MONGO_DATABASE", error.problem) from error


class Closeable(Protocol):
    """Something that holds connections or work."""

    def close(self) -> None:
        """Let go of them."""


def close(container: Container) -> None:
    """Let go of what must not be shared with a child process: the connections to the store.

    What is waiting to be sent is sent before, as far as a few seconds allow. What cannot be opened
    at all is left out: whoever tried it was told why.
    """
    settings = container.settings()
    if settings.notices == NoticeChannel.SMTP:
        _close(container.notices)
    if settings.store == Store.SQLITE:
        _close(container.database)
    if settings.store == Store.MONGO:
        _close(container.mongo)


def _close(provider: Callable[[], Closeable]) -> None:
    try:
        opened = provider()
    except KodaError:
        return
    opened.close()
