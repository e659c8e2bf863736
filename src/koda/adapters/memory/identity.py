"""Who is signed in, in memory."""

import secrets
from collections.abc import Iterable
from typing import NewType

from attrs import field, frozen

from koda.domain.model.errors import NotAuthenticated, NotFound
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Principal
from koda.domain.model.roles import Role
from koda.domain.model.sentences import sentence
from koda.ports.identity import Identity

Token = NewType("Token", str)


@frozen
class MemoryIdentity(Identity):
    """Knows those who were signed in by `sign_in`, until `sign_out`."""

    _principals: dict[str, Principal] = field(factory=dict, init=False)

    def sign_in(
        self, user_id: UserId, *, roles: Iterable[Role] = (), impersonator: str | None = None
    ) -> Token:
        """Begin a session of `user_id` and return its token, a bearer token or cookie value.

        Where an `impersonator` acts in their name, they have no `roles`.
        """
        token = Token(secrets.token_urlsafe(24))
        session_id = f"sess_{secrets.token_hex(8)}"
        own = frozenset(() if impersonator else roles)
        self._principals[token] = Principal(user_id, session_id, own, impersonator)
        return token

    def sign_out(self, token: Token) -> None:
        """End a session; its token no longer holds."""
        self._principals.pop(token, None)

    def revoke(self, session_id: str) -> None:
        """End the session of an id; its token no longer holds.

        Raises:
            NotFound: no such session.
        """
        for token, principal in tuple(self._principals.items()):
            if principal.session_id == session_id:
                self._principals.pop(token, None)
                return
        raise NotFound("session", session_id)

    def authenticate(self, credentials: Credentials) -> Principal:
        if not credentials.token:
            raise NotAuthenticated
        principal = self._principals.get(credentials.token)
        if principal is None or credentials.signed_in_at == 0:
            raise NotAuthenticated(sentence("the session is over or never was"))
        return principal
