"""Opening what the container chose, seeing that it is prepared, and closing it."""

from koda.domain.model.errors import InvalidValue, Unavailable
from koda.domain.model.sentences import verbatim
from koda.entrypoints.settings.faults import PREFIX
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
            raise InvalidValue(
                f"{PREFIX}DATA", verbatim(f"cannot be used: {error.__cause__}")
            ) from error


def close(container: Container) -> None:
    """Let go of what must not be shared with a child process: connections, if any are open."""
    container.rooms().close()
