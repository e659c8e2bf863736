"""Pages out of templates, with what every page shows around its own content."""

import hashlib
from typing import Any

from attrs import field, frozen
from flask import current_app, g, request

from koda.domain.model.people import Credentials
from koda.domain.model.policy import Policy
from koda.domain.search.suggestions import MOST_SUGGESTIONS
from koda.entrypoints.languages.catalogues import Languages, packaged
from koda.entrypoints.settings.urls import origin
from koda.entrypoints.web.baskets import basket_count
from koda.entrypoints.web.environments import edition, environment
from koda.entrypoints.web.language import language
from koda.entrypoints.web.links import link_to, own_path, present_path
from koda.entrypoints.web.logins import AS_SET, Login
from koda.entrypoints.web.messages import take_messages
from koda.entrypoints.web.visitors import Visitors
from koda.entrypoints.wiring.sample_people import SamplePeople
from koda.ports.browser_sessions import BrowserScript


def session_cookie() -> str:
    """Return the name of the cookie that carries the session."""
    name: str = current_app.config["SESSION_COOKIE_NAME"]
    return name


@frozen
class Renderer:
    """Renders a template inside the layout.

    People sign in on the identity provider's page, or with its script, and in a sandbox that has
    sample people, on a page of the site. An application's own `login` comes before all of these.
    """

    visitors: Visitors
    policy: Policy
    site_url: str
    sandboxed: bool
    login: Login = AS_SET
    sample_people: SamplePeople | None = None
    languages: Languages = field(factory=packaged)
    edition: str = field(init=False, repr=False)

    @edition.default
    def _edition(self) -> str:
        """What else makes of one catalogue another page: the version, and what pages are told."""
        hosted, script = self.hosted_sign_in("/"), self.script
        signing_in = (hosted, script and (script.fingerprint, script.data))
        told = (self.policy, self.site_url, self.sandboxed, *signing_in)
        return hashlib.sha256(f"{edition()} {told}".encode()).hexdigest()[:12]

    def __call__(self, template: str, **context: Any) -> str:
        """Return the page `template`; `context` may override what the layout gets."""
        shown = {**self.layout(), **context}
        return environment(language()).get_template(f"koda/{template}.html").render(shown)

    def part(self, template: str, **context: Any) -> str:
        """Return a piece of a page, which is the same for every visitor."""
        return environment(language()).get_template(f"koda/{template}.html").render(context)

    def layout(self) -> dict[str, Any]:
        """What every page shows: who is signed in, the basket, messages, the sandbox's banner."""
        viewer = self.visitors.viewer()
        sign_in_url = self.sign_in()
        g.koda_sign_in_url = "" if viewer else sign_in_url
        return {
            "viewer": viewer,
            "script": self.loaded() if viewer or self.visitors.may_be_signed_in() else None,
            "basket_count": basket_count(session_cookie()),
            "messages": messages(),
            "posted": request.method == "POST",
            "can_sign_out": self.login.ends_here,
            "sandbox": self.sandboxed,
            "currency": self.policy.currency,
            "sign_in_url": sign_in_url,
            "searched": "",
            "most_suggestions": MOST_SUGGESTIONS,
            "here": "",
        }

    @property
    def script(self) -> BrowserScript | None:
        """The identity provider's script, where it is the one that signs people in."""
        return None if self.login.own else self.visitors.sessions.script

    def loaded(self) -> BrowserScript | None:
        """Return the script for a page to load, whose headers then let it."""
        g.koda_script = self.script is not None
        return self.script

    def sign_in(self, back: str = "") -> str:
        """Return where the visitor signs in, and comes back from to `back` or else this page."""
        if not back:
            back = present_path() if request.method == "GET" else self._page_before()
        if self.login.sign_in_url is not None:
            return self.login.sign_in_url(back)
        if self.script is not None:
            return link_to("sign_in", next=back)
        if self.sample_people is not None:
            return link_to("sandbox_sign_in", next=back)
        return self.hosted_sign_in(back)

    def _page_before(self) -> str:
        """The page of this site from which a form was sent; the basket if that is not told."""
        sent_from = request.referrer or ""
        host = origin(self.site_url)
        own = sent_from.startswith(f"{host}/")
        return own_path(sent_from[len(host) :] if own else "", link_to("basket"))

    def hosted_sign_in(self, back: str) -> str:
        """Return the provider's own page, which leads back to the path `back`; empty if unknown."""
        return self.visitors.sessions.sign_in_url(origin(self.site_url) + back)

    def is_plain(self) -> bool:
        """Whether the visitor brings nothing of their own: no session, no basket, no message."""
        if self.visitors.current() is not None:
            return False
        return self.visitors.brought() == Credentials() and session_cookie() not in request.cookies


def messages() -> list[tuple[str, str]]:
    """What the last request left to be said; without a session cookie there is nothing."""
    if session_cookie() not in request.cookies:
        return []
    return take_messages()
