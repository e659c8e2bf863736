"""The signed session cookie, at no cost for requests that carry none."""

from functools import lru_cache

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions, whose signer is made once and asked only where there is a cookie."""

    def __init__(self) -> None:
        self._signer = lru_cache(maxsize=1)(super().get_signing_serializer)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, or a new one."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookies of `app`, whose key no longer changes."""
        return self._signer(app)
