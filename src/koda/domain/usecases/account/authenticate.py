"""Authentication: who makes a request."""

from attrs import frozen

from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.people import Credentials, Person, PersonRemoved, Principal
from koda.domain.model.sentences import sentence
from koda.ports.identity import Identity
from koda.ports.people import People


@frozen
class Caller:
    """Who makes a request, and what is known of them, if anything."""

    principal: Principal
    person: Person | None


@frozen(eq=False, repr=False)
class Authenticate:
    """Believes credentials that hold, unless their user was deleted since they were made.

    A session token outlives its user by up to its lifetime; what the provider's messages said of
    the user does not.
    """

    identity: Identity
    people: People

    def __call__(self, credentials: Credentials) -> Caller:
        """Return who sent `credentials`; one read of the store.

        Raises:
            NotAuthenticated: none, they do not hold, or their user was deleted.
            Unavailable: that cannot be found out now.
        """
        principal = self.identity.authenticate(credentials)
        known = self.people.find(principal.user_id)
        if isinstance(known, PersonRemoved):
            raise NotAuthenticated(sentence("the user was deleted"))
        return Caller(principal, known)
