"""The marketplace as a Flask application of its own."""

from collections.abc import Iterable
from types import TracebackType
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from attrs import frozen
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix

from koda.entrypoints.languages.catalogues import Languages
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.web.error_pages import ErrorPages
from koda.entrypoints.web.form_limits import most_bytes
from koda.entrypoints.web.headers import StrictTransport
from koda.entrypoints.web.marketplace import (
    bare_blueprint,
    renderer,
    security_headers,
)
from koda.entrypoints.web.request_ids import RequestIds
from koda.entrypoints.web.sessions import CookieSessions
from koda.entrypoints.wiring.container import Container

WATCHED = frozenset({"/healthz", "/readyz"})


class Site(Flask):
    """The application; its log names views and no addresses, which may hold a link's token."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Note an error that nobody foresaw."""
        self.logger.error("%s of %s failed", request.method, request.endpoint, exc_info=exc_info)


@frozen
class OwnAddress:
    """Tells the application by which scheme it is asked, and lets balancers name any host.

    The scheme is that of the site's address, whatever stands before it: so addresses that Werkzeug
    makes lead nowhere else. Everything but what is `WATCHED`, which says nothing of any host, is
    for the site's host alone.
    """

    app: WSGIApplication
    scheme: str
    host: str

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        environ["wsgi.url_scheme"] = self.scheme
        if environ.get("PATH_INFO") in WATCHED:
            environ["HTTP_HOST"] = self.host
        return self.app(environ, start_response)


def create_app(container: Container, languages: Languages | None = None) -> Flask:
    """Return the application that serves `container`'s marketplace at its root.

    It answers requests for the host of the configured site address alone, but for those that ask
    about its health. Of the headers that say
    where a request came from it believes as many entries of `X-Forwarded-For` as there are proxies
    of ours, which wrote the last ones, and nothing else. Visitors read it in one of `languages`, by
    default those that come with Koda.
    """
    settings = container.settings()
    app = Site("koda", static_folder=None)
    app.session_interface = CookieSessions()
    app.config.from_mapping(configuration(settings))
    RequestIds().install(app)
    app.register_blueprint(bare_blueprint(container, languages=languages))
    ErrorPages(renderer(container, languages=languages)).install(app)
    app.after_request(security_headers(container))
    app.after_request(StrictTransport(settings.site_url))
    # As Werkzeug says to put layers around an application.
    behind = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)
    parts = urlsplit(settings.site_url)
    app.wsgi_app = OwnAddress(behind, parts.scheme, f"{parts.hostname}")  # type: ignore[method-assign]
    return app


def configuration(settings: Settings) -> dict[str, object]:
    """Return Flask's configuration: hosts, sizes (bytes) and the session cookie."""
    https = settings.site_url.startswith("https://")
    key, *fallbacks = settings.signing_keys("web sessions")
    return {
        "SECRET_KEY": key,
        "SECRET_KEY_FALLBACKS": fallbacks,
        "TRUSTED_HOSTS": trusted_hosts(settings.site_url),
        "MAX_CONTENT_LENGTH": most_bytes(settings.policy),
        "SESSION_COOKIE_NAME": "__Host-koda" if https else "koda",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
    }


def trusted_hosts(site_url: str) -> list[str]:
    """Return the hosts that requests may name: the one of the site's address."""
    return [urlsplit(site_url).hostname or "localhost"]
