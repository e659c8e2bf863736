"""Signing in to a sandboxed site, where everybody may be anybody."""

from collections.abc import Collection, Sequence
from typing import Protocol

from attrs import frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person, name_of
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


class SandboxUsers(Protocol):
    """What the identity provider's sandbox lets an application of its own do."""

    def people(self) -> tuple[Person, ...]:
        """Return everybody."""

    def person(self, user_id: UserId) -> Person:
        """Return a person; raises `NotFound`."""

    def sign_in(self, user_id: UserId, lifetime_seconds: int) -> str:
        """Open a session of a person and return its token; raises `NotFound`."""


@frozen
class SandboxPeople(SamplePeople):
    """The people of the sandbox's Clerk; whoever signs in is known to the marketplace by name."""

    backend: SandboxUsers
    people: People
    sellers: Sellers
    admins: Collection[UserId]

    def all(self) -> Sequence[SamplePerson]:
        """Return everybody there is to choose from, oldest first."""
        known = self.backend.people()
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
        token = self.backend.sign_in(user_id, LIFETIME)
        self.people.put(self.backend.person(user_id))
        return token

    def _about(self, user_id: UserId, *, selling: bool) -> str:
        if user_id in self.admins:
            return "looks after the marketplace"
        return "sells automations" if selling else "buys automations"
