"""The signed session cookie, at no cost for requests that carry none."""

import hashlib
from functools import lru_cache

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


def _sha256(string: bytes = b"") -> "hashlib._Hash":
    return hashlib.sha256(string)


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions, signed with SHA-256 instead of SHA-1.

    The signer is made once, and asked only where there is a cookie.
    """

    digest_method = staticmethod(_sha256)

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
