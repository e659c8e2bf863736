"""The users of a sandbox that stands in for the identity provider."""

from typing import Protocol

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person


class SandboxUsers(Protocol):
    """What the identity provider's sandbox lets an application of its own do.

    Every method raises `Unavailable` if the sandbox does not answer.
    """

    def people(self) -> tuple[Person, ...]:
        """Return everybody."""

    def person(self, user_id: UserId) -> Person:
        """Return a person; raises `NotFound`."""

    def sign_in(self, user_id: UserId, lifetime_seconds: int) -> str:
        """Open a session of a person and return its token; raises `NotFound`."""
