"""Who makes a request."""

from abc import abstractmethod
from typing import Protocol

from koda.domain.model.people import Credentials, Principal


class Identity(Protocol):
    """Turns the credentials of a request into a principal."""

    @abstractmethod
    def authenticate(self, credentials: Credentials) -> Principal:
        """Return who sent `credentials`; an `Authorization` header is read before a cookie.

        A session is over where `signed_in_at` says that nobody is signed in with the browser any
        more, or that somebody signed in after the session's token was made, where that is known.
        Whoever acts in somebody else's name is the principal's `impersonator`, and has no role.

        Raises:
            NotAuthenticated: none, or they do not hold.
            Unavailable: they cannot be checked now.
        """
