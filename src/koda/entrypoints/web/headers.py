"""Headers that every answer carries."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from attrs import field, frozen
from flask import Response, g
from werkzeug.datastructures import Headers

from koda.entrypoints.web.language import tell_language
from koda.ports.browser_sessions import BrowserScript

YEAR = 365 * 24 * 3600
"""Seconds."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

SEALED = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of files: whatever they hold, a browser runs and loads nothing of it."""


def content_policy(
    leads_to: Iterable[str] = (),
    uploads_to: Iterable[str] = (),
    script: BrowserScript | None = None,
) -> str:
    """Return the Content-Security-Policy of the pages.

    `leads_to` are the origins that a form may lead to by a redirect (the payment provider's pages,
    the file store's downloads), `uploads_to` those that the upload script may send files to. Each
    is an origin such as `https://pay.example`. `script` is the identity provider's, on pages that
    load it.
    """
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'", *uploads_to],
        "form-action": ["'self'", *leads_to],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    for loading, sources in script.sources.items() if script else ():
        name = f"{loading}-src"
        directives[name] = [*directives.get(name, []), *sources]
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


@frozen
class SecurityHeaders:
    """Puts the headers on; a view with a Content-Security-Policy of its own keeps what it set.

    Pages of somebody who is signed in are kept nowhere, others by the browser alone, which asks
    each time. Pages that load the identity provider's script have the policy `with_script`.
    """

    policy: str
    with_script: str = ""
    _usual: dict[str, str] = field(init=False)

    @_usual.default
    def _gathered(self) -> dict[str, str]:
        return {**_ALWAYS, "Content-Security-Policy": self.policy}

    def __call__(self, response: Response) -> Response:
        """Return `response` with the headers, and kept by no cache that it did not ask for."""
        headers = response.headers
        if "Content-Security-Policy" in headers:
            for name, value in self._usual.items():
                headers.setdefault(name, value)
        else:
            headers.extend(self._usual)
        if g.get("koda_script") and headers["Content-Security-Policy"] == self.policy:
            headers["Content-Security-Policy"] = self.with_script
        self._allow_sign_in(headers)
        if "Cache-Control" not in headers:
            signed_in = g.get("koda_principal") is not None
            headers["Cache-Control"] = "no-store" if signed_in else "private, no-cache"
        return tell_language(response)

    def _allow_sign_in(self, headers: Headers) -> None:
        """Let a form of the page lead to a page elsewhere where the visitor signs in first."""
        elsewhere = urlsplit(g.get("koda_sign_in_url", ""))
        if elsewhere.netloc:
            there = f"form-action 'self' {elsewhere.scheme}://{elsewhere.netloc}"
            policy = headers["Content-Security-Policy"]
            headers["Content-Security-Policy"] = policy.replace("form-action 'self'", there)


@frozen
class StrictTransport:
    """Lets browsers come to the whole host by HTTPS alone, where the site's address says so."""

    site_url: str

    def __call__(self, response: Response) -> Response:
        """Return `response` with the header."""
        if self.site_url.startswith("https://"):
            told = f"max-age={2 * YEAR}; includeSubDomains"
            response.headers["Strict-Transport-Security"] = told
        return response
