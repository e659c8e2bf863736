"""The signed session cookie, of which the marketplace keeps everything under one name."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer

from koda.entrypoints.web.mounting import NAME, mounted_as

BASKET = "basket"
"""Under this name the basket is kept, which outlives the browser's own session."""


def kept(name: str, otherwise: Any = None) -> Any:
    """Return what the visitor's session keeps for the marketplace under `name`."""
    return _own().get(name, otherwise)


def keep(name: str, value: Any) -> None:
    """Keep `value`, which JSON knows, for the marketplace's later requests of the visitor."""
    session[mounted_as()] = {**_own(), name: value}


def drop(name: str) -> None:
    """Forget what is kept under `name`, if anything is."""
    if name in _own():
        session[mounted_as()] = {key: value for key, value in _own().items() if key != name}


def forget() -> None:
    """Forget everything that is the marketplace's, and leave the application's own alone."""
    session.pop(mounted_as(), None)


def _own() -> dict[str, Any]:
    own = session.get(mounted_as())
    # The application may keep something else under the name.
    return own if isinstance(own, dict) else {}


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own sessions, signed with SHA-256 instead of SHA-1.

    The signer is made once, and asked only where there is a cookie.
    """

    @staticmethod
    def digest_method(string: bytes = b"") -> "hashlib._Hash":
        """SHA-256."""
        return hashlib.sha256(string)

    def __init__(self) -> None:
        self._signer = lru_cache(maxsize=1)(super().get_signing_serializer)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session of the cookie, or a new one."""
        if "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """Return when the cookie expires: with the browser's session, but for one with a basket."""
        session.permanent = bool(session.get(NAME, {}).get(BASKET))
        return super().get_expiration_time(app, session)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookies of `app`, whose key no longer changes."""
        return self._signer(app)
