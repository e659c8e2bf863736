"""Signing in to a sandboxed site, where everybody may be anybody."""

from collections.abc import Collection, Sequence

from attrs import frozen

from koda.adapters.clerk.backend import ClerkBackend
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import name_of
from koda.entrypoints.web.pages.sign_in import SamplePeople, SamplePerson
from koda.ports.people import People
from koda.ports.sellers import Sellers

LIFETIME = 12 * 3600
"""Seconds for which a token is good: no script renews it here."""


@frozen
class SandboxPeople(SamplePeople):
    """The people of the sandbox's Clerk; whoever signs in is known to the marketplace by name."""

    backend: ClerkBackend
    people: People
    sellers: Sellers
    admins: Collection[UserId]

    def all(self) -> Sequence[SamplePerson]:
        """Return everybody there is to choose from, oldest first."""
        known = self.backend.people()
        sellers = self.sellers.some(one.id for one in known)
        return [
            SamplePerson(one.id, name_of(one), self._about(one.id, selling=one.id in sellers))
            for one in reversed(known)
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
