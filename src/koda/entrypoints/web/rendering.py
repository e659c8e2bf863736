"""Pages out of templates, with what every page shows around its own content."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from attrs import field, frozen
from flask import current_app, get_flashed_messages, request
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from koda.domain.model.policy import Policy
from koda.entrypoints.web import formats
from koda.entrypoints.web.baskets import basket_count
from koda.entrypoints.web.covers import cover
from koda.entrypoints.web.links import link_to, present_path
from koda.entrypoints.web.visitors import SESSION_COOKIE, Visitors

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
    made.filters.update({one.__name__: one for one in shown})
    made.globals.update(link_to=link_to, csrf_token=generate_csrf, asset=asset, cover=cover)
    return made


def session_cookie() -> str:
    """Return the name of the cookie that carries the session."""
    name: str = current_app.config["SESSION_COOKIE_NAME"]
    return name


@frozen
class Renderer:
    """Renders a template inside the layout.

    `sign_in_url` is the identity provider's sign-in page, which takes the address to come back to
    as `redirect_url` (Clerk's Account Portal does); a sandboxed site has a page of its own.
    """

    visitors: Visitors
    policy: Policy
    site_url: str
    sandboxed: bool
    sign_in_url: str = ""
    templates: Environment = field(factory=environment)

    def __call__(self, template: str, **context: Any) -> str:
        """Return the page `template`; `context` may override what the layout gets."""
        shown = {**self.layout(), **context}
        return self.templates.get_template(f"koda/{template}.html").render(shown)

    def part(self, template: str, **context: Any) -> str:
        """Return a piece of a page, which is the same for every visitor."""
        return self.templates.get_template(f"koda/{template}.html").render(context)

    def layout(self) -> dict[str, Any]:
        """What every page shows: who is signed in, the basket, messages, the sandbox's banner."""
        return {
            "viewer": self.visitors.viewer(),
            "basket_count": basket_count(session_cookie()),
            "messages": messages(),
            "sandbox": self.sandboxed,
            "currency": self.policy.currency,
            "sign_in_url": self.sign_in(),
            "searched": "",
            "here": "",
        }

    def sign_in(self) -> str:
        """Return where the visitor signs in, and comes back from to this page."""
        back = present_path() if request.method == "GET" else link_to("basket")
        if self.sandboxed:
            return link_to("sandbox_sign_in", next=back)
        if not self.sign_in_url:
            return ""
        return f"{self.sign_in_url}?redirect_url={quote(self.site_url + back, safe='')}"


def is_plain() -> bool:
    """Whether the visitor brings nothing of their own: no session, no basket, no message."""
    if "HTTP_COOKIE" not in request.environ:
        return True
    cookies = request.cookies
    return SESSION_COOKIE not in cookies and session_cookie() not in cookies


def messages() -> list[tuple[str, str]]:
    """What the last request left to be said; without a session cookie there is nothing."""
    if session_cookie() not in request.cookies:
        return []
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
