"""The client through which every call to Stripe goes."""

import logging
import re
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe
from requests.adapters import HTTPAdapter

from koda import __version__

API_VERSION = "2026-10-28.endive"
"""The version whose shapes this adapter reads; a newer library does not change it."""
TIMEOUT = (2.0, 4.0)
"""Seconds to connect, and to wait for each part of an answer.

Checkout keeps a buyer waiting up to ten seconds for the answer to its message
(https://docs.stripe.com/checkout/fulfillment); all tries of a call that fails fit in these.
"""
RETRIES = 1
"""How often the library asks again under the same key after a lost answer, a 409 or a 5xx."""
_CONNECTIONS = 32
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_TELEMETRY = ("X-Stripe-Client-Telemetry", "X-Stripe-Client-User-Agent")
_USER_AGENT = f"Koda/{__version__} stripe-python/{stripe.VERSION}"


class _QuietAdapter(HTTPAdapter):
    """Sends requests under Koda's own name, without what the library tells of itself and us.

    Stripe's library has a switch for that, which is global; the marketplace may be a guest in a
    process that uses Stripe for something else.
    """

    def add_headers(self, request: requests.PreparedRequest, **_: Any) -> None:
        """Take the telemetry off a request that is about to be sent."""
        for name in _TELEMETRY:
            request.headers.pop(name, None)
        request.headers["User-Agent"] = _USER_AGENT


class _LinksHidden(logging.Filter):
    """Takes addresses out of what Stripe's library logs for debugging: whole answers.

    A link to a buyer's or a seller's own pages lets in whoever has it.
    """

    _address = re.compile(r"""https?:[^\s"']+""")

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without addresses if it is for debugging."""
        if record.levelno <= logging.DEBUG:
            record.msg, record.args = self._address.sub("…", record.getMessage()), None
        return True


LINKS_HIDDEN = _LinksHidden()


def make_client(
    api_key: str,
    base_url: str | None = None,
    timeout: tuple[float, float] = TIMEOUT,
    retries: int = RETRIES,
) -> stripe.StripeClient:
    """Make a client; nothing global is read or set, but that the library's log hides links.

    Args:
        api_key: the platform's secret or restricted key.
        base_url: another address than Stripe's, such as the sandbox's.
        timeout: seconds to connect, and to wait for each part of an answer.
        retries: how often the library repeats a request by itself.
    """
    logging.getLogger("stripe").addFilter(LINKS_HIDDEN)
    session = _session(direct=urlsplit(base_url or "").hostname in _LOOPBACK)
    url = base_url.rstrip("/") if base_url else stripe.DEFAULT_API_BASE
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": url},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout, session=session),
    )


def _session(*, direct: bool) -> requests.Session:
    """One session for all threads: with neither cookies nor redirects nothing in it changes."""
    session = requests.Session()
    session.max_redirects = 0
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.trust_env = not direct
    for scheme in ("https://", "http://"):
        session.mount(scheme, _QuietAdapter(pool_connections=4, pool_maxsize=_CONNECTIONS))
    return session
