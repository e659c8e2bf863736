"""Notices in memory."""

from koda.domain.model.notices import Notice
from koda.ports.notices import Notices


class MemoryNotices(Notices):
    """Keeps every notice in `sent`, in order, for whoever wants to look; a repeat is left out."""

    def __init__(self) -> None:
        self._sent: dict[str, Notice] = {}

    @property
    def sent(self) -> list[Notice]:
        """What was sent, each notice once."""
        return list(self._sent.values())

    def send(self, notice: Notice) -> None:
        self._sent.setdefault(notice.id, notice)
