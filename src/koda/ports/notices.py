"""Telling users what happened."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.notices import Notice


class Notices(Protocol):
    """Passes notices on. It never raises: a notice that cannot be sent is logged and lost."""

    @abstractmethod
    def send(self, notice: Notice) -> None:
        """Tell the notice's user."""
