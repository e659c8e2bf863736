"""Signing in to a sandboxed site, where everybody may be anybody."""

from collections.abc import Collection, Sequence
from typing import Protocol

from attrs import frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import name_of
from koda.entrypoints.backends.sandbox_users import SandboxUsers
from koda.ports.people import People
from koda.ports.sellers import Sellers

LIFETIME = 12 * 3600
"""Seconds for which a token is good: no script renews it here."""


@frozen
class SamplePerson:
    """Somebody whom a visitor of the sandbox may be; `about` is half a sentence."""

    id: UserId
    name: str
    about: str


class SamplePeople(Protocol):
    """The people of a sandbox, and their sessions."""

    def all(self) -> Sequence[SamplePerson]:
        """Return everybody there is to choose from."""

    def sign_in(self, user_id: UserId) -> str:
        """Begin a session and return its token.

        Raises:
            NotFound: there is no such person.
        """


@frozen
class SandboxPeople(SamplePeople):
    """The users of the provider's sandbox; whoever signs in is known to the marketplace by name."""

    users: SandboxUsers
    people: People
    sellers: Sellers
    admins: Collection[UserId]

    def all(self) -> Sequence[SamplePerson]:
        """Return everybody there is to choose from, oldest first."""
        known = self.users.people()
        sellers = self.sellers.some(person.id for person in known)
        return [
            SamplePerson(
                person.id, name_of(person), self._about(person.id, selling=person.id in sellers)
            )
            for person in reversed(known)
        ]

    def sign_in(self, user_id: UserId) -> str:
        """Begin a session and return its token.

        Raises:
            NotFound: there is no such person.
            Unavailable: the sandbox does not answer.
        """
        token = self.users.sign_in(user_id, LIFETIME)
        self.people.put(self.users.person(user_id))
        return token

    def _about(self, user_id: UserId, *, selling: bool) -> str:
        if user_id in self.admins:
            return "looks after the marketplace"
        return "sells automations" if selling else "buys automations"
