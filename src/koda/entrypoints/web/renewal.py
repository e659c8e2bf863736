"""Fresh sessions for visitors whose token of a minute has run out, without their noticing."""

import hmac
import logging
import secrets
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import unquote_plus

from attrs import frozen
from flask import after_this_request, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.domain.model.people import Credentials
from koda.entrypoints.settings.urls import origin
from koda.entrypoints.web.links import link_to, own_path, present_path
from koda.entrypoints.web.mounting import opens_page
from koda.entrypoints.web.rendering import session_cookie
from koda.entrypoints.web.sessions import drop, forget, keep, kept
from koda.entrypoints.web.visitors import (
    LEFT,
    SIGNED_IN,
    Visitors,
    believe,
    credentials,
    may_be_signed_in,
)

ANSWER = "__clerk_handshake"
"""Clerk's answer, as a cookie; in the address with an instance for development."""
BROWSER = "__clerk_db_jwt"
"""By this an instance for development tells browsers apart."""
MOST = 3
"""Attempts in a row; then the visitor is shown what those see who are not signed in."""
PATIENCE = 60
"""Seconds within which attempts count as in a row, and an answer is awaited."""

MARK = "koda_renewal"
"""In the address that an answer comes back to: tells that this browser was sent for it."""

_OURS = frozenset({ANSWER, BROWSER, MARK, "__clerk_hs_reason", "__clerk_help"})

logger = logging.getLogger("koda.web")


class Renewed(Protocol):
    """What an answer of the identity provider changes."""

    @property
    def cookies(self) -> Sequence[str]:
        """The values of `Set-Cookie` headers."""

    @property
    def credentials(self) -> Credentials:
        """What the browser will bring from now on."""


class Handshake(Protocol):
    """How a browser gets a fresh session from the identity provider."""

    @property
    def development(self) -> bool:
        """Whether answers come in the address."""

    def address(self, back: str, reason: str, browser: str = "") -> str:
        """Return where to send the browser, which then comes back to the address `back`."""

    def read(self, answer: str) -> Renewed:
        """Return what the browser brought back.

        Raises:
            NotAuthenticated: it does not hold.
            Unavailable: it cannot be checked now.
        """


@frozen
class Renewal:
    """Stands before the pages: sends a browser for a fresh session, and takes the answer in.

    Only somebody who opens a page is sent, since a form could not follow. An answer counts only
    for a browser that was sent for it, so that nobody can be signed in by a link of somebody
    else's: one in the address brings back the mark with which the browser was sent, which a cookie
    remembers. What does not hold is as good as none.
    """

    visitors: Visitors
    handshake: Handshake
    site_url: str

    def __call__(self) -> ResponseReturnValue | None:
        """Look at the request at hand; return a redirect if it needs one."""
        if not opens_page():
            return None
        attempts, mark = _attempts()
        if self.handshake.development and ANSWER in request.args:
            return self._take_from_address(mark)
        if attempts and ANSWER in request.cookies:
            self._take_from_cookie()
        self._follow()
        reason = self._reason()
        if reason is not None and attempts < MOST:
            return self._send(reason, attempts)
        if reason is None and attempts:
            after_this_request(self._forget_attempts)
        return None

    def _follow(self) -> None:
        """End this browser's own session once whoever it was of signed out at the provider.

        The provider notes that nobody is signed in with visitors who have yet to sign in, too:
        theirs goes on.
        """
        noted = credentials().signed_in_at
        if noted == 0 and kept(SIGNED_IN):
            forget()
        elif noted and self.visitors.current() is not None:
            drop(LEFT)
            if not kept(SIGNED_IN):
                keep(SIGNED_IN, value=True)

    def _reason(self) -> str | None:
        """Why a fresh session is needed, in Clerk's words; `None` if it is not."""
        if self.handshake.development and BROWSER in request.args:
            return "dev-browser-sync"
        if not may_be_signed_in():
            return None
        if credentials().cookie is None:
            return "client-uat-but-no-session-token"
        try:
            self.visitors.required()
        except NotAuthenticated:
            return "session-token-expired"
        except KodaError:
            return None
        return None

    def _send(self, reason: str, attempts: int) -> Response:
        browser = request.args.get(BROWSER) or request.cookies.get(BROWSER, "")
        back, mark = origin(self.site_url) + _clean_path(), secrets.token_urlsafe(16)
        if self.handshake.development:
            back += f"{'&' if '?' in back else '?'}{MARK}={mark}"
        response = _redirect(self.handshake.address(back, reason, browser), 307)
        return self._count(response, f"{attempts + 1}.{mark}", PATIENCE)

    def _forget_attempts(self, response: Response) -> Response:
        return self._count(response, "", 0)

    def _count(self, response: Response, noted: str, lifetime: int) -> Response:
        response.set_cookie(
            _counter(),
            noted,
            max_age=lifetime,
            secure=self.site_url.startswith("https://"),
            httponly=True,
            samesite="Lax",
        )
        return response

    def _take_from_address(self, mark: bytes) -> Response:
        """Set the cookies, and lead to the same address without the answer."""
        response = _redirect(_clean_path(), 303)
        sent = bool(mark) and hmac.compare_digest(mark, request.args.get(MARK, "").encode())
        renewed = self._read(request.args[ANSWER]) if sent else None
        return response if renewed is None else _with_cookies(response, renewed.cookies)

    def _take_from_cookie(self) -> None:
        """Set the cookies with the page itself, since the answer's own may linger."""
        renewed = self._read(request.cookies[ANSWER])
        if renewed is not None:
            cookies = renewed.cookies
            believe(renewed.credentials)
            after_this_request(lambda response: _with_cookies(response, cookies))

    def _read(self, answer: str) -> Renewed | None:
        try:
            return self.handshake.read(answer)
        except KodaError as error:
            logger.info("A handshake is ignored: %s", error)
            return None


def _counter() -> str:
    return f"{session_cookie()}_renewals"


def _attempts() -> tuple[int, bytes]:
    """How often the browser was sent away of late, and its mark the last time."""
    counted, _, mark = request.cookies.get(_counter(), "").partition(".")
    return (int(counted), mark.encode()) if counted in {"1", "2", "3"} else (0, b"")


def _clean_path() -> str:
    """The path and query of the request at hand, without what belongs to Clerk."""
    path, mark, query = present_path().partition("?")
    parts = [part for part in query.split("&") if unquote_plus(part.partition("=")[0]) not in _OURS]
    kept = "&".join(parts)
    return own_path(f"{path}{mark if kept else ''}{kept}", link_to("catalogue"))


def _redirect(address: str, status: int) -> Response:
    response = redirect(address, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_cookies(response: Response, cookies: Sequence[str]) -> Response:
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    response.headers["Cache-Control"] = "no-store"
    return response
