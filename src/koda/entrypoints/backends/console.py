"""The log, for notices."""

from collections.abc import Mapping
from typing import ClassVar

from koda.entrypoints.backends.room import NoticesRoom
from koda.ports.notices import Notices


class ConsoleRoom(NoticesRoom):
    """Lines in the log of the process."""

    name = "console"
    about: ClassVar[Mapping[str, str]] = {"notices": "writes to the log"}

    def notices(self) -> Notices:
        """Return what writes notices to the log."""
        from koda.adapters.console.notices import ConsoleNotices

        return ConsoleNotices()
