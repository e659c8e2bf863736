"""The sessions that browsers have at Clerk."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from attrs import frozen

from koda.adapters.clerk.backend import ClerkBackend
from koda.adapters.clerk.cookies import SESSION, SIGNED_IN_AT, credentials_of
from koda.domain.model.people import Credentials
from koda.ports.browser_sessions import BrowserScript, BrowserSessions, SessionRenewal

BOT_CHECK = "https://challenges.cloudflare.com"
"""Where Clerk's sign-up finds out whether a person is there."""
PICTURES = "https://img.clerk.com"
"""Where Clerk keeps pictures of people."""
SOURCE = Path(__file__).with_name("pages.js")


@frozen
class ClerkBrowserSessions(BrowserSessions):
    """Sessions by Clerk's cookies, its script and its handshake, as far as each is set up.

    Args:
        renewal: the handshake; without it, tokens last for hours, as at the sandbox.
        script: what mounts Clerk's components on the site's pages.
        sign_in_page: the address of Clerk's own page (its account portal).
        backend: the Backend API, which may end sessions.
    """

    renewal: SessionRenewal | None = None
    script: BrowserScript | None = None
    sign_in_page: str = ""
    backend: ClerkBackend | None = None

    def credentials(self, cookies: Mapping[str, str]) -> Credentials:
        return credentials_of(cookies)

    def sign_in_url(self, back: str) -> str:
        if not self.sign_in_page:
            return ""
        return f"{self.sign_in_page}?redirect_url={quote(back, safe='')}"

    def begin(self, token: str) -> Mapping[str, str]:
        # Cookies are shared among the ports of a host: another site may have left its note there.
        return {SIGNED_IN_AT: "", SESSION: token}

    def end(self) -> Mapping[str, str]:
        return {SESSION: ""}

    def revoke(self, session_id: str) -> None:
        if self.backend is not None:
            self.backend.sign_out(session_id)


def script_of(publishable_key: str, frontend_api: str) -> BrowserScript:
    """The script that loads Clerk's own, of the instance that the key tells.

    `frontend_api` is the address of its Frontend API, which serves Clerk's script, too. It needs
    what https://clerk.com/docs/guides/secure/best-practices/csp-headers asks for.
    """
    parts = urlsplit(frontend_api)
    there = f"{parts.scheme}://{parts.netloc}"
    # Where the Frontend API is not simply where the key says.
    proxied = {"proxied": ""} if parts.scheme != "https" or parts.path else {}
    return BrowserScript(
        SOURCE.read_bytes(),
        {"publishable-key": publishable_key, "frontend-api": frontend_api, **proxied},
        {
            "script": (there, BOT_CHECK),
            "style": ("'unsafe-inline'",),
            "img": (there, PICTURES),
            "connect": (there,),
            "worker": ("'self'", "blob:"),
            "frame": (BOT_CHECK,),
        },
    )
