"""The services that readiness watches, and how each is asked."""

from collections.abc import Callable, Mapping
from threading import Event

from koda.domain.model.identifiers import FileKey
from koda.entrypoints.backends.probe import Readiness
from koda.entrypoints.health.probe_tickets import write_ticket
from koda.entrypoints.health.readiness import EndpointReports
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.rooms import Rooms

NO_FILE = FileKey(f"made/{'0' * 64}")
"""A key as good as any, so that a file store must look for it; no bytes have this hash."""


def watched_backends(
    rooms: Rooms, ports: Backends, reports: EndpointReports
) -> Mapping[str, Readiness]:
    """Return what the site stands on, each asked by something small that leaves nothing behind.

    Whenever the store has answered, `reports` is read there, too.

    The site answers without its cache, shows and delivers without payments, and lets visitors
    browse without identity: these are told and not needed.
    """
    own = {
        "store": Readiness(_store_of(rooms, ports, reports)),
        "files": Readiness(lambda: ports.files.stat(NO_FILE)),
    }
    return own | dict(rooms.readiness())


def _store_of(rooms: Rooms, ports: Backends, reports: EndpointReports) -> Callable[[], object]:
    """Write to the store, which may be readable on a full disk; at first, see it is prepared."""
    prepared = Event()

    def check() -> None:
        if not prepared.is_set():
            rooms.check_prepared()
            prepared.set()
        write_ticket(ports.uploads, ports.clock)
        reports.read()

    return check
