"""Headers that every answer carries."""

from collections.abc import Iterable

from attrs import frozen
from flask import Response

HSTS_SECONDS = 2 * 365 * 24 * 3600

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

SEALED = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of files: whatever they hold, a browser runs and loads nothing of it."""


def content_policy(leads_to: Iterable[str] = (), uploads_to: Iterable[str] = ()) -> str:
    """Return the Content-Security-Policy of the pages.

    `leads_to` are the origins that a form may lead to by a redirect (the payment provider's pages,
    the file store's downloads), `uploads_to` those that the upload script may send files to. Each
    is an origin such as `https://checkout.stripe.com`.
    """
    directives = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        " ".join(["connect-src 'self'", *uploads_to]),
        " ".join(["form-action 'self'", *leads_to]),
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
    return "; ".join(directives)


@frozen
class SecurityHeaders:
    """Puts the headers on; a view that set one of them itself keeps its own."""

    policy: str
    https: bool

    def __call__(self, response: Response) -> Response:
        """Return `response` with the headers."""
        headers = response.headers
        for name, value in _ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", self.policy)
        if self.https:
            value = f"max-age={HSTS_SECONDS}; includeSubDomains"
            headers.setdefault("Strict-Transport-Security", value)
        return response
