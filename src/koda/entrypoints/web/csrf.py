"""CSRF protection: the request's origin, and a synchronizer token in the visitor's session.

Flask-WTF keeps its token beside the application's own, and configures the whole application.
"""

import hmac
import secrets
from typing import ClassVar
from urllib.parse import urlsplit

from attrs import define
from flask import request

from koda.domain.model.errors import KodaError
from koda.domain.model.sentences import translatable
from koda.entrypoints.web.sessions import drop, keep, kept

_FIELD = "csrf_token"
_HEADER = "X-CSRFToken"

_TOKEN = "csrf"  # noqa: S105 - the name under which it is kept
_BYTES = 24


@define(slots=False)
class ForgedForm(KodaError):
    """A form that does not carry the token of its sender's session."""

    code: ClassVar[str] = "csrf"
    template: ClassVar[str] = translatable(
        "The form was not sent from this site, or your session changed since you opened it."
    )


@define(slots=False)
class ForeignRequest(ForgedForm):
    """A request that a page of another site made a browser send."""

    template: ClassVar[str] = translatable("This was sent from a page of another site.")


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
    """Check the token of the form at hand.

    Raises:
        ForgedForm: it lacks the token of the visitor's session.
    """
    sent = request.form.get(_FIELD) or request.headers.get(_HEADER) or ""
    token: str = kept(_TOKEN, "")
    if not token or not hmac.compare_digest(token.encode(), sent.encode(errors="replace")):
        raise ForgedForm


def check_origin() -> None:
    """Check that no page of another site made a browser send the request at hand.

    By `Sec-Fetch-Site`, which browsers send to HTTPS and to loopback, else by the host of `Origin`,
    which they send with every form. What comes from no browser has neither.
    https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html

    Raises:
        ForeignRequest: one did.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        own = site in {"same-origin", "none"}
    else:
        own = origin is None or _host_of(origin) == request.host
    if not own:
        raise ForeignRequest


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
