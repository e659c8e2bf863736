"""Pages out of templates, with what every page shows around its own content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from attrs import field, frozen
from flask import current_app, g, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from koda import __version__
from koda.domain.model.policy import Policy
from koda.entrypoints.settings.urls import origin
from koda.entrypoints.web import formats
from koda.entrypoints.web.baskets import basket_count
from koda.entrypoints.web.covers import cover
from koda.entrypoints.web.csrf import csrf_token
from koda.entrypoints.web.links import link_to, own_path, present_path
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.messages import take_messages
from koda.entrypoints.web.visitors import (
    SESSION_COOKIE,
    SIGN_IN_COOKIE,
    Visitors,
    may_be_signed_in,
)

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


@cache
def fingerprint(name: str) -> str:
    """Return what tells one content of a static file from another."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a static file; it changes with the content, so browsers keep it."""
    return f"{link_to('static', name)}?v={fingerprint(name)}"


@cache
def edition() -> str:
    """Return what tells the pages of one version of Koda from those of another."""
    digest = hashlib.sha256(__version__.encode())
    for path in sorted(each for root in (TEMPLATES, STATIC) for each in root.rglob("*.*")):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


@cache
def environment() -> Environment:
    """Return the templates, compiled once, apart from those of an application around Koda."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    shown = (formats.money, formats.day, formats.size, formats.percent, formats.excerpt)
    made.filters.update({filter_.__name__: filter_ for filter_ in shown})
    made.globals.update(link_to=link_to, csrf_token=csrf_token, asset=asset, cover=cover)
    return made


def session_cookie() -> str:
    """Return the name of the cookie that carries the session."""
    name: str = current_app.config["SESSION_COOKIE_NAME"]
    return name


@frozen
class ClerkScript:
    """What pages tell Clerk's script.

    Args:
        publishable_key: tells the instance.
        frontend_api: the address of its Frontend API, which serves the script, too.
    """

    publishable_key: str
    frontend_api: str

    @property
    def proxied(self) -> bool:
        """Whether the Frontend API is not simply where the key says."""
        parts = urlsplit(self.frontend_api)
        return parts.scheme != "https" or bool(parts.path)


@frozen
class Renderer:
    """Renders a template inside the layout.

    `sign_in_url` is the identity provider's sign-in page, which takes the address to come back to
    as `redirect_url` (Clerk's Account Portal does); with `clerk`, and in a sandbox, the site has a
    page of its own. An application's own `login` comes before all of these.
    """

    visitors: Visitors
    policy: Policy
    site_url: str
    sandboxed: bool
    sign_in_url: str = ""
    clerk: ClerkScript | None = None
    login: Login = AS_SET
    templates: Environment = field(factory=environment)
    edition: str = field(init=False, repr=False)

    @edition.default
    def _edition(self) -> str:
        """What else makes of one catalogue another page: the version, and what pages are told."""
        told = (self.policy, self.site_url, self.sandboxed, self.sign_in_url, self.clerk)
        return hashlib.sha256(f"{edition()} {told}".encode()).hexdigest()[:12]

    def __call__(self, template: str, **context: Any) -> str:
        """Return the page `template`; `context` may override what the layout gets."""
        shown = {**self.layout(), **context}
        return self.templates.get_template(f"koda/{template}.html").render(shown)

    def part(self, template: str, **context: Any) -> str:
        """Return a piece of a page, which is the same for every visitor."""
        return self.templates.get_template(f"koda/{template}.html").render(context)

    def layout(self) -> dict[str, Any]:
        """What every page shows: who is signed in, the basket, messages, the sandbox's banner."""
        viewer = self.visitors.viewer()
        sign_in_url = self.sign_in()
        g.koda_sign_in_url = "" if viewer else sign_in_url
        return {
            "viewer": viewer,
            "clerk": self.script() if viewer or may_be_signed_in() else None,
            "basket_count": basket_count(session_cookie()),
            "messages": messages(),
            "posted": request.method == "POST",
            "can_sign_out": self.login.ends_here,
            "sandbox": self.sandboxed,
            "currency": self.policy.currency,
            "sign_in_url": sign_in_url,
            "searched": "",
            "here": "",
        }

    def script(self) -> ClerkScript | None:
        """Return what the page tells Clerk's script, which its headers then let it load."""
        g.koda_clerk = self.clerk is not None
        return self.clerk

    def sign_in(self, back: str = "") -> str:
        """Return where the visitor signs in, and comes back from to `back` or else this page."""
        if not back:
            back = present_path() if request.method == "GET" else self._page_before()
        if self.login.sign_in_url is not None:
            return self.login.sign_in_url(back)
        if self.clerk is not None:
            return link_to("sign_in", next=back)
        if self.has_sample_people:
            return link_to("sandbox_sign_in", next=back)
        return self.hosted_sign_in(back)

    @property
    def has_sample_people(self) -> bool:
        """Whether visitors choose a sandbox's person to be."""
        return self.sandboxed and not self.login.own

    def _page_before(self) -> str:
        """The page of this site from which a form was sent; the basket if that is not told."""
        sent_from = request.referrer or ""
        host = origin(self.site_url)
        own = sent_from.startswith(f"{host}/")
        return own_path(sent_from[len(host) :] if own else "", link_to("basket"))

    def hosted_sign_in(self, back: str) -> str:
        """Return the provider's own page, which leads back to the path `back`; empty if unknown."""
        if not self.sign_in_url:
            return ""
        there = quote(origin(self.site_url) + back, safe="")
        return f"{self.sign_in_url}?redirect_url={there}"

    def is_plain(self) -> bool:
        """Whether the visitor brings nothing of their own: no session, no basket, no message."""
        if self.visitors.current() is not None:
            return False
        brought = (SESSION_COOKIE, SIGN_IN_COOKIE, session_cookie())
        return not any(name in request.cookies for name in brought)


def messages() -> list[tuple[str, str]]:
    """What the last request left to be said; without a session cookie there is nothing."""
    if session_cookie() not in request.cookies:
        return []
    return take_messages()
