"""Who makes a request, by Clerk's session tokens."""

from collections.abc import Collection

from attrs import frozen

from koda.adapters.clerk.backend import ClerkBackend
from koda.adapters.clerk.claims import (
    SESSION,
    USER,
    check_sign_in,
    check_source,
    check_state,
    check_times,
    impersonator_of,
    text_of,
)
from koda.adapters.clerk.keys import Keys
from koda.adapters.clerk.tokens import read_token
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Principal
from koda.domain.model.roles import Role
from koda.domain.model.sentences import sentence
from koda.ports.clock import Clock
from koda.ports.identity import Identity


@frozen(kw_only=True)
class ClerkIdentity(Identity):
    """Checks everything that a session token says; API keys and machine tokens are refused unread.

    Args:
        issuer: the instance's address, as the tokens name it (`https://clerk.example.com`).
        keys: where the instance's public key is found.
        authorized_parties: the origins of the marketplace's own pages; with none, a token made on
            any site passes.
        admins: the ids of the people who administer; nothing in a token makes anybody one, and
            nobody who acts in their name is one.
        clock: judges the times in a token.
        party_required: whether a token must name its site where `authorized_parties` does.
    """

    issuer: str
    keys: Keys
    authorized_parties: Collection[str]
    admins: Collection[UserId]
    clock: Clock
    party_required: bool = True

    def authenticate(self, credentials: Credentials) -> Principal:
        claims = read_token(_token_of(credentials), self.keys)
        check_times(claims, self.clock())
        check_sign_in(claims, credentials.signed_in_at)
        check_source(claims, self.issuer, self.authorized_parties, required=self.party_required)
        check_state(claims)
        user_id = UserId(text_of(claims, "sub", USER))
        impersonator = impersonator_of(claims)
        is_admin = user_id in self.admins and impersonator is None
        roles = frozenset({Role.ADMIN} if is_admin else ())
        return Principal(user_id, text_of(claims, "sid", SESSION), roles, impersonator)


@frozen
class WatchedIdentity(Identity):
    """Asks the Backend API, too, whether a session goes on: for tokens that outlive it by hours."""

    identity: Identity
    backend: ClerkBackend

    def authenticate(self, credentials: Credentials) -> Principal:
        principal = self.identity.authenticate(credentials)
        if not self.backend.goes_on(principal.session_id):
            raise NotAuthenticated(sentence("the session is over"))
        return principal


def _token_of(credentials: Credentials) -> str:
    token = credentials.token
    if not token:
        raise NotAuthenticated
    return token
