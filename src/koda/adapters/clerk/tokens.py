"""Reading what Clerk signed.

https://clerk.com/docs/guides/sessions/manual-jwt-verification
"""

import base64
import json

import jwt

from koda.adapters.clerk.claims import Claims
from koda.adapters.clerk.keys import Keys
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.sentences import sentence

LONGEST = 16 * 1024
"""Characters of the longest token that is looked at; Clerk's session tokens stay below 4 KB."""
JWT_DOTS = 2
ALGORITHM = "RS256"
CATEGORIES = ("cl_B7d4PD111AAA", "cl_I7d4PD111III")
"""How the header of a session's token, or of a handshake's, names its kind, if it names any.

Tokens of templates are signed with the same key and may claim what the template's author likes:
https://github.com/clerk/javascript/blob/main/packages/backend/src/tokens/jwtCategories.ts
"""

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


def read_token(token: str, keys: Keys) -> Claims:
    """Return the claims of a token that the instance signed; what they claim is not yet checked.

    Raises:
        NotAuthenticated: the instance did not sign it, or it is a token of another kind.
        Unavailable: the keys cannot be read now.
    """
    if len(token) > LONGEST or not token.isascii() or token.count(".") != JWT_DOTS:
        raise NotAuthenticated(sentence("this is no session token"))
    try:
        key = keys(_key_id_of(token))
        return jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as problem:
        raise NotAuthenticated(sentence("the session token does not hold")) from problem


def _key_id_of(token: str) -> str | None:
    """The name of the key in a token's header, read without the library's passes over the rest.

    Raises:
        ValueError, RecursionError: it cannot be read.
        NotAuthenticated: it tells of another kind of signature, or of token.
    """
    encoded = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    if not isinstance(header, dict) or header.get("alg") != ALGORITHM:
        raise NotAuthenticated(sentence("the session token is signed in another way"))
    if "cat" in header and header["cat"] not in CATEGORIES:
        raise NotAuthenticated(sentence("this is a token of another kind"))
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else None
