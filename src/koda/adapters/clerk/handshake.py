"""Asking Clerk's Frontend API, by way of the browser, for a fresh session token.

The browser is sent to Clerk, which knows it by a cookie of its own, and comes back with a signed
list of the cookies to set: https://clerk.com/docs/guides/how-clerk-works/overview. The rules are
those of Clerk's own library for servers:
https://github.com/clerk/javascript/blob/main/packages/backend/src/tokens/handshake.ts
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

from attrs import field, frozen

from koda.adapters.clerk.claims import Claims, check_expiry
from koda.adapters.clerk.cookies import SESSION, SIGNED_IN_AT, credentials_of
from koda.adapters.clerk.identity import ClerkIdentity
from koda.adapters.clerk.tokens import read_token
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.sentences import sentence
from koda.ports.browser_sessions import (
    BrowserRequest,
    RenewalAnswer,
    RenewedSession,
    SessionRenewal,
)

ANSWER = "__clerk_handshake"
"""The answer, as a cookie; in the address with an instance for development."""
BROWSER = "__clerk_db_jwt"
"""By this an instance for development tells browsers apart."""
_STATE = "koda_renewal"
"""In the address that an answer comes back to: tells that this browser was sent for it."""
_REASON = "__clerk_hs_reason"
_HELP = "__clerk_help"
MOST = 20
"""Cookies of one answer."""

_COOKIE = re.compile(
    rf"({SESSION}|{SIGNED_IN_AT}|__refresh|{BROWSER}|{ANSWER})(_[A-Za-z0-9_-]{{8}})?"
    r"=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)((?:;[\x20-\x7e]*)?)"
)
"""A cookie of Clerk's own, as RFC 6265 lets a server set it."""


@frozen
class ClerkHandshake(SessionRenewal):
    """The address to send a browser to, and what it brings back.

    Args:
        identity: judges the session in an answer; its issuer is the Frontend API.
        development: whether it is an instance for development, which tells browsers apart by a
            token in addresses, and answers there, too.
    """

    identity: ClerkIdentity
    development: bool

    @property
    def origin(self) -> str:
        parts = urlsplit(self.identity.issuer)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset({ANSWER, BROWSER, _STATE, _REASON, _HELP})

    def is_due(self, request: BrowserRequest) -> bool:
        return self.development and BROWSER in request.arguments

    def address(self, request: BrowserRequest, back: str, state: str) -> str:
        asked = {"redirect_url": back, "suffixed_cookies": "false", _REASON: self._reason(request)}
        if self.development:
            asked["redirect_url"] += f"{'&' if '?' in back else '?'}{_STATE}={state}"
            browser = request.arguments.get(BROWSER) or request.cookies.get(BROWSER, "")
            asked |= {BROWSER: browser} if browser else {}
        base = self.identity.issuer.rstrip("/")
        return f"{base}/v1/client/handshake?{urlencode(asked)}"

    def _reason(self, request: BrowserRequest) -> str:
        """Why a browser is sent, in a word of Clerk's for its own log."""
        if self.is_due(request):
            return "dev-browser-sync"
        held = SESSION in request.cookies
        return "session-token-expired" if held else "client-uat-but-no-session-token"

    def answer(self, request: BrowserRequest) -> RenewalAnswer | None:
        if self.development and ANSWER in request.arguments:
            return RenewalAnswer(request.arguments[ANSWER], request.arguments.get(_STATE, ""))
        brought = request.cookies.get(ANSWER)
        return None if brought is None else RenewalAnswer(brought)

    def read(self, answer: RenewalAnswer) -> RenewedSession:
        # Nothing but cookies of Clerk's own is taken from an answer, however well it is signed.
        claims = read_token(answer.text, self.identity.keys)
        check_expiry(claims, self.identity.clock())
        if claims.get("iss", self.identity.issuer) != self.identity.issuer:
            raise NotAuthenticated(sentence("the handshake is of another issuer"))
        cookies = tuple(_cookies_of(claims))
        credentials = credentials_of({cookie.name: cookie.value for cookie in cookies})
        if credentials.cookie:
            self.identity.authenticate(credentials)
        return RenewedSession(credentials, tuple(cookie.text for cookie in cookies))


@frozen
class _Cookie:
    name: str
    value: str
    text: str = field(repr=False)


def _cookies_of(claims: Claims) -> Iterator[_Cookie]:
    """The cookies in the answer that are Clerk's; nothing else may be set by it."""
    listed = claims.get("handshake")
    if not isinstance(listed, list) or len(listed) > MOST:
        raise NotAuthenticated(sentence("the handshake cannot be read"))
    for text in listed:
        match = _COOKIE.fullmatch(text) if isinstance(text, str) else None
        if match is not None:
            yield _Cookie(match[1] + (match[2] or ""), match[3], text)
