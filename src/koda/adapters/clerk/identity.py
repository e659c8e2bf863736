"""Who makes a request, by Clerk's session tokens."""

import base64
import json

import jwt
from attrs import frozen

from koda.adapters.clerk.claims import (
    SESSION,
    USER,
    Claims,
    check_source,
    check_state,
    check_times,
    impersonator_of,
    text_of,
)
from koda.adapters.clerk.keys import Keys
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials, Principal
from koda.ports.clock import Clock
from koda.ports.identity import Identity

LONGEST = 16 * 1024
"""Characters of the longest token that is looked at; Clerk's stay below 4 KB."""
JWT_DOTS = 2
ALGORITHM = "RS256"


@frozen(kw_only=True)
class ClerkIdentity(Identity):
    """Checks everything that a session token says; API keys and machine tokens are refused unread.

    Args:
        issuer: the instance's address, as the tokens name it (`https://clerk.example.com`).
        keys: where the instance's public key is found.
        authorized_parties: the origins of the marketplace's own pages; with none, a token made on
            any site passes.
        admins: the ids of the people who administer; nothing in a token makes anybody one.
        clock: judges the times in a token.
        party_required: whether a token must name its site where `authorized_parties` does.
    """

    issuer: str
    keys: Keys
    authorized_parties: frozenset[str]
    admins: frozenset[UserId]
    clock: Clock
    party_required: bool = True

    def authenticate(self, credentials: Credentials) -> Principal:
        claims = self._claims(_token_of(credentials))
        check_times(claims, self.clock())
        check_source(claims, self.issuer, self.authorized_parties, required=self.party_required)
        check_state(claims)
        user_id = UserId(text_of(claims, "sub", USER))
        return Principal(
            user_id,
            text_of(claims, "sid", SESSION),
            user_id in self.admins,
            impersonator_of(claims),
        )

    def _claims(self, token: str) -> Claims:
        """The claims of a token that the instance signed."""
        try:
            key = self.keys(_key_id_of(token))
            return jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
        except (jwt.InvalidTokenError, ValueError, RecursionError) as problem:
            raise NotAuthenticated("the session token does not hold") from problem


def _key_id_of(token: str) -> str | None:
    """The name of the key in a token's header, read without the library's passes over the rest.

    Raises:
        ValueError, RecursionError: it cannot be read.
        NotAuthenticated: it tells of another kind of signature.
    """
    encoded = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise NotAuthenticated("the session token is signed in another way")
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None


_SIGNATURE_ONLY: jwt.types.Options = {
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_iss": False,
    "verify_jti": False,
    "verify_nbf": False,
    "verify_sub": False,
}
"""The library reads the machine's own clock, so that `claims` checks what a token says."""


def _token_of(credentials: Credentials) -> str:
    token = credentials.token
    if not token:
        raise NotAuthenticated
    if len(token) > LONGEST or not token.isascii() or token.count(".") != JWT_DOTS:
        raise NotAuthenticated("this is no session token")
    return token
