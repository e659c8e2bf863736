"""Notices that are only kept."""

from koda.domain.model.notices import Notice
from koda.ports.notices import Notices


class MemoryNotices(Notices):
    """Keeps every notice in `sent`, in order, for whoever wants to look."""

    def __init__(self) -> None:
        self.sent: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.sent.append(notice)
