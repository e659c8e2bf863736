"""Telling users what happened."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.notices import Notice


class Notices(Protocol):
    """Passes notices on, when it is told of what happened (`SendNotices`)."""

    @abstractmethod
    def send(self, notice: Notice) -> None:
        """Tell the notice's user.

        One that is sent again under the same id may reach them again, and says by that id that it
        is the same.

        Raises:
            Unavailable: it may be sent later.
            Undeliverable: it can reach nobody.
        """
