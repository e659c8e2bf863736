"""The sessions that browsers have at an identity provider in memory."""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from attrs import field, frozen

from koda.adapters.memory.identity import MemoryIdentity
from koda.domain.model.errors import NotAuthenticated
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Credentials
from koda.domain.model.sentences import sentence
from koda.ports.browser_sessions import (
    BrowserRequest,
    BrowserScript,
    BrowserSessions,
    RenewalAnswer,
    RenewedSession,
    SessionRenewal,
)

SESSION = "session_token"
"""The cookie with the token of `MemoryIdentity`."""
SIGNED_IN_AT = "signed_in_at"
"""The cookie that notes when somebody last signed in with the browser: 0 once nobody is."""
_ANSWER, ASKED, _BACK, _STATE = "answer", "signed_in_elsewhere", "back", "state"


@frozen
class MemoryRenewal(SessionRenewal):
    """Sends browsers to a provider whose pages nobody serves: `visit` is what they would do.

    Args:
        identity: where the fresh sessions begin.
        origin: the origin of the provider's pages.
    """

    identity: MemoryIdentity
    origin: str = "https://identity.example"
    _given: dict[str, str] = field(factory=dict, init=False, repr=False)

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset({_ANSWER, ASKED, _STATE})

    def is_due(self, request: BrowserRequest) -> bool:
        return ASKED in request.arguments

    def address(self, request: BrowserRequest, back: str, state: str) -> str:  # noqa: ARG002 - `visit` is told
        return f"{self.origin}/renew?{urlencode({_BACK: back, _STATE: state})}"

    def visit(self, address: str, user_id: UserId | None) -> str:
        """Open `address` as a browser in which `user_id`, or nobody, is signed in there.

        Returns:
            The address that the browser is sent back to.
        """
        told = dict(parse_qsl(urlsplit(address).query))
        back, state = told[_BACK], told[_STATE]
        answer = secrets.token_urlsafe(16)
        self._given[answer] = "" if user_id is None else self.identity.sign_in(user_id)
        return f"{back}{'&' if '?' in back else '?'}{urlencode({_ANSWER: answer, _STATE: state})}"

    def answer(self, request: BrowserRequest) -> RenewalAnswer | None:
        brought = request.arguments.get(_ANSWER)
        if brought is None:
            return None
        return RenewalAnswer(brought, request.arguments.get(_STATE, ""))

    def read(self, answer: RenewalAnswer) -> RenewedSession:
        token = self._given.get(answer.text)
        if token is None:
            raise NotAuthenticated(sentence("the answer is none of the provider's"))
        noted, lifetime = int(bool(token)), "" if token else "; Max-Age=0"
        cookies = (
            f"{SIGNED_IN_AT}={noted}; Path=/; SameSite=Lax",
            f"{SESSION}={token}; Path=/; HttpOnly; SameSite=Lax{lifetime}",
        )
        return RenewedSession(Credentials(cookie=token or None, signed_in_at=noted), cookies)


@frozen
class MemoryBrowserSessions(BrowserSessions):
    """Sessions of `MemoryIdentity` in two cookies; nothing is renewed unless there is a `renewal`.

    Args:
        renewal: how sessions are renewed.
        script: lets people sign in on pages of the site.
        sign_in_page: the address of a page where people sign in, which takes `back`.
        identity: the sessions that may be revoked.
    """

    renewal: SessionRenewal | None = None
    script: BrowserScript | None = None
    sign_in_page: str = ""
    identity: MemoryIdentity | None = None

    def credentials(self, cookies: Mapping[str, str]) -> Credentials:
        noted = cookies.get(SIGNED_IN_AT, "")
        signed_in_at = int(noted) if noted in {"0", "1"} else None
        return Credentials(cookie=cookies.get(SESSION), signed_in_at=signed_in_at)

    def sign_in_url(self, back: str) -> str:
        return f"{self.sign_in_page}?{_BACK}={quote(back, safe='')}" if self.sign_in_page else ""

    def begin(self, token: str) -> Mapping[str, str]:
        return {SIGNED_IN_AT: "", SESSION: token}

    def end(self) -> Mapping[str, str]:
        return {SESSION: ""}

    def revoke(self, session_id: str) -> None:
        if self.identity is not None:
            self.identity.revoke(session_id)
