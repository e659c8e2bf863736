"""CSRF protection by a synchronizer token, which is kept in the marketplace's part of the session.

Flask-WTF keeps its token beside the application's own, and configures the whole application.
"""

import hmac
import secrets
from typing import ClassVar
from urllib.parse import urlsplit

from attrs import define
from flask import request

from koda.domain.model.errors import KodaError
from koda.entrypoints.web.sessions import drop, keep, kept

FIELD = "csrf_token"
HEADER = "X-CSRFToken"

_TOKEN = "csrf"  # noqa: S105 - the name under which it is kept
_BYTES = 24


@define(slots=False)
class ForgedForm(KodaError):
    """A form that does not carry the token of its sender's session."""

    code: ClassVar[str] = "csrf"

    @property
    def message(self) -> str:
        """Say what may have happened."""
        return "The form was not sent from this site, or your session changed since you opened it."


def csrf_token() -> str:
    """Return the token of the visitor's session, which begins with it if there is none."""
    token: str = kept(_TOKEN, "")
    if not token:
        token = secrets.token_urlsafe(_BYTES)
        keep(_TOKEN, token)
    return token


def renew_token() -> None:
    """Let the forms of before the visitor signed in be good no more."""
    drop(_TOKEN)


def check_form() -> None:
    """Check the form at hand.

    Raises:
        ForgedForm: it lacks the token, or comes by HTTPS from a page of another host.
    """
    sent = request.form.get(FIELD) or request.headers.get(HEADER) or ""
    token: str = kept(_TOKEN, "")
    if not token or not hmac.compare_digest(token.encode(), sent.encode(errors="replace")):
        raise ForgedForm
    if request.is_secure and _sent_from() != request.host:
        raise ForgedForm


def _sent_from() -> str:
    try:
        return urlsplit(request.headers.get("Origin") or request.referrer or "").netloc
    except ValueError:
        return ""
