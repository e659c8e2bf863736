"""The log, for notices."""

from koda.entrypoints.backends.room import NoticesRoom
from koda.ports.notices import Notices


class ConsoleRoom(NoticesRoom):
    """Lines in the log of the process."""

    name = "console"

    def notices(self) -> Notices:
        """Return what writes notices to the log."""
        from koda.adapters.console.notices import ConsoleNotices

        return ConsoleNotices()
