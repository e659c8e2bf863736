"""Asking Clerk's Frontend API, by way of the browser, for a fresh session token.

The browser is sent to Clerk, which knows it by a cookie of its own, and comes back with a signed
list of the cookies to set: https://clerk.com/docs/guides/how-clerk-works/overview. The rules are
those of Clerk's own library for servers:
https://github.com/clerk/javascript/blob/main/packages/backend/src/tokens/handshake.ts
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from attrs import field, frozen

from koda.adapters.clerk.claims import Claims, check_expiry
from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.tokens import read_token
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.people import Credentials

MOST = 20
"""Cookies of one answer."""

_COOKIE = re.compile(
    r"(__session|__client_uat|__refresh|__clerk_db_jwt|__clerk_handshake)(_[A-Za-z0-9_-]{8})?"
    r"=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)((?:;[\x20-\x7e]*)?)"
)
"""A cookie of Clerk's own, as RFC 6265 lets a server set it."""


@frozen
class Renewed:
    """What an answer of Clerk's changes.

    Args:
        cookies: the values of `Set-Cookie` headers.
        credentials: what the browser will bring from now on; no session if it is over.
    """

    cookies: tuple[str, ...]
    credentials: Credentials


@frozen
class ClerkHandshake:
    """The address to send a browser to, and what it brings back.

    Args:
        identity: judges the session in an answer; its issuer is the Frontend API.
        development: whether it is an instance for development, which tells browsers apart by a
            token in addresses, and answers there, too.
    """

    identity: ClerkIdentity
    development: bool

    def address(self, back: str, reason: str, browser: str = "") -> str:
        """Return where to send a browser, which then comes back to the address `back`.

        `reason` is a word of Clerk's for its own log, `browser` the token of an instance for
        development.
        """
        asked = {"redirect_url": back, "suffixed_cookies": "false", "__clerk_hs_reason": reason}
        told = {"__clerk_db_jwt": browser} if self.development and browser else {}
        base = self.identity.issuer.rstrip("/")
        return f"{base}/v1/client/handshake?{urlencode(asked | told)}"

    def read(self, answer: str) -> Renewed:
        """Return what an answer says; only cookies of Clerk's own are taken from it.

        Raises:
            NotAuthenticated: the instance did not make it, or the session in it does not hold.
            Unavailable: the keys cannot be read now.
        """
        claims = read_token(answer, self.identity.keys)
        check_expiry(claims, self.identity.clock())
        if claims.get("iss", self.identity.issuer) != self.identity.issuer:
            raise NotAuthenticated("the handshake is of another issuer")
        cookies = tuple(_cookies_of(claims))
        values = {cookie.name: cookie.value for cookie in cookies}
        noted = values.get("__client_uat", "")
        signed_in_at = int(noted) if noted.isdecimal() else None
        credentials = Credentials(cookie=values.get("__session"), signed_in_at=signed_in_at)
        if credentials.cookie:
            self.identity.authenticate(credentials)
        return Renewed(tuple(cookie.text for cookie in cookies), credentials)


@frozen
class _Cookie:
    name: str
    value: str
    text: str = field(repr=False)


def _cookies_of(claims: Claims) -> Iterator[_Cookie]:
    """The cookies in the answer that are Clerk's; nothing else may be set by it."""
    listed = claims.get("handshake")
    if not isinstance(listed, list) or len(listed) > MOST:
        raise NotAuthenticated("the handshake cannot be read")
    for text in listed:
        match = _COOKIE.fullmatch(text) if isinstance(text, str) else None
        if match is not None:
            yield _Cookie(match[1] + (match[2] or ""), match[3], text)
