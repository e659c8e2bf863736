"""Where the roles that were given are kept."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.roles import Roster


class Roles(Protocol):
    """The one roster of the marketplace. Methods raise `Unavailable` like the other stores."""

    @abstractmethod
    def roster(self) -> Roster:
        """Return the roster as kept; an empty one of revision 0 before the first save."""

    @abstractmethod
    def save(self, roster: Roster) -> Roster:
        """Replace the kept roster by this next state; return it as kept, with the next revision.

        Raises:
            StaleWrite: somebody saved first.
        """
