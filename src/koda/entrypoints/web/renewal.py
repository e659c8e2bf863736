"""Session renewal: a fresh session for visitors whose token ran out, without their noticing."""

import hmac
import logging
import secrets
from collections.abc import Sequence
from urllib.parse import unquote_plus

from attrs import frozen
from flask import after_this_request, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.entrypoints.settings.urls import origin
from koda.entrypoints.web.links import link_to, own_path, present_path
from koda.entrypoints.web.mounting import opens_page
from koda.entrypoints.web.rendering import session_cookie
from koda.entrypoints.web.sessions import drop, forget, keep, kept
from koda.entrypoints.web.visitors import LEFT, SIGNED_IN, Visitors
from koda.ports.browser_sessions import (
    BrowserRequest,
    RenewalAnswer,
    RenewedSession,
    SessionRenewal,
)

MOST = 3
"""Attempts in a row; then the visitor is shown what those see who are not signed in."""
PATIENCE = 60
"""Seconds within which attempts count as in a row, and an answer is awaited."""

logger: logging.Logger = logging.getLogger("koda.web")


@frozen
class Renewal:
    """Stands before the pages: sends a browser for a fresh session, and takes the answer in.

    Only somebody who opens a page is sent, since a form could not follow. An answer counts only
    for a browser that was sent for it, so that nobody can be signed in by a link of somebody
    else's: one in the address brings back the state with which the browser was sent, which a
    cookie remembers. What does not hold is as good as none.
    """

    visitors: Visitors
    provider: SessionRenewal
    site_url: str

    def __call__(self) -> ResponseReturnValue | None:
        """Look at the request at hand; return a redirect if it needs one."""
        if not opens_page():
            return None
        attempts, state = _attempts()
        brought = BrowserRequest(request.cookies, request.args)
        answer = self.provider.answer(brought)
        if answer is not None and answer.state is not None:
            return self._take_from_address(answer, answer.state.encode(), state)
        if answer is not None and attempts:
            self._take_from_cookie(answer)
        self._follow()
        due = self.provider.is_due(brought) or self._ran_out()
        if due and attempts < MOST:
            return self._send(brought, attempts)
        if not due and attempts:
            after_this_request(self._forget_attempts)
        return None

    def _follow(self) -> None:
        """End this browser's own session once whoever it was of signed out at the provider.

        The provider notes that nobody is signed in with visitors who have yet to sign in, too:
        theirs goes on.
        """
        noted = self.visitors.brought().signed_in_at
        if noted == 0 and kept(SIGNED_IN):
            forget()
        elif noted and self.visitors.current() is not None:
            drop(LEFT)
            if not kept(SIGNED_IN):
                keep(SIGNED_IN, value=True)

    def _ran_out(self) -> bool:
        """Whether somebody is signed in at the provider whose session here does not hold."""
        if not self.visitors.may_be_signed_in():
            return False
        if self.visitors.brought().cookie is None:
            return True
        try:
            self.visitors.required()
        except NotAuthenticated:
            return True
        except KodaError:
            return False
        return False

    def _send(self, brought: BrowserRequest, attempts: int) -> Response:
        back, state = origin(self.site_url) + self._clean_path(), secrets.token_urlsafe(16)
        response = _redirect(self.provider.address(brought, back, state), 307)
        return self._count(response, f"{attempts + 1}.{state}", PATIENCE)

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

    def _take_from_address(self, answer: RenewalAnswer, brought: bytes, sent: bytes) -> Response:
        """Set the cookies, and lead to the same address without the answer."""
        response = _redirect(self._clean_path(), 303)
        asked_for = bool(sent) and hmac.compare_digest(sent, brought)
        renewed = self._read(answer) if asked_for else None
        return response if renewed is None else _with_cookies(response, renewed.cookies)

    def _take_from_cookie(self, answer: RenewalAnswer) -> None:
        """Set the cookies with the page itself, since the answer's own may linger."""
        renewed = self._read(answer)
        if renewed is not None:
            cookies = renewed.cookies
            self.visitors.believe(renewed.credentials)
            after_this_request(lambda response: _with_cookies(response, cookies))

    def _read(self, answer: RenewalAnswer) -> RenewedSession | None:
        try:
            return self.provider.read(answer)
        except KodaError as error:
            logger.info("An answer to a session renewal is ignored: %s", error)
            return None

    def _clean_path(self) -> str:
        """The path and query of the request at hand, without what the provider put there."""
        path, mark, query = present_path().partition("?")
        parts = [part for part in query.split("&") if not self._is_foreign(part)]
        own = "&".join(parts)
        return own_path(f"{path}{mark if own else ''}{own}", link_to("catalogue"))

    def _is_foreign(self, part: str) -> bool:
        return unquote_plus(part.partition("=")[0]) in self.provider.parameters


def _counter() -> str:
    return f"{session_cookie()}_renewals"


def _attempts() -> tuple[int, bytes]:
    """How often the browser was sent away of late, and with which state the last time."""
    counted, _, state = request.cookies.get(_counter(), "").partition(".")
    return (int(counted), state.encode()) if counted in {"1", "2", "3"} else (0, b"")


def _redirect(address: str, status: int) -> Response:
    response = redirect(address, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_cookies(response: Response, cookies: Sequence[str]) -> Response:
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie)
    response.headers["Cache-Control"] = "no-store"
    return response
