"""The sessions that browsers have at the identity provider."""

import re
from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

from attrs import field, frozen

from koda.domain.model.digests import sha256_of
from koda.domain.model.errors import InvalidValue
from koda.domain.model.people import Credentials
from koda.domain.model.sentences import sentence

_LOADING = frozenset({"connect", "font", "frame", "img", "media", "script", "style", "worker"})
"""What a page may load more of for a script: fetch directives, without their `-src`."""
_SOURCE = (
    r"'self'|'unsafe-inline'|blob:|data:|https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?"
)


@frozen
class BrowserRequest:
    """What a browser brings when it opens a page: its cookies, and the arguments of the address."""

    cookies: Mapping[str, str]
    arguments: Mapping[str, str] = field(factory=dict)


def _check_sources(_: object, __: object, sources: Mapping[str, tuple[str, ...]]) -> None:
    listed = [source for several in sources.values() for source in several]
    if not sources.keys() <= _LOADING or not all(
        re.fullmatch(_SOURCE, source) for source in listed
    ):
        raise InvalidValue("sources", sentence("must be sources of a Content-Security-Policy"))


@frozen
class BrowserScript:
    """The provider's script on pages of the site: forms for signing in, and fresh sessions.

    It finds its places on a page by `data-place` (`sign-in`, `sign-up`, `user-button`), and what
    it is told in `data-…` of its own element: `data`, and by the page `sign-in`, `sign-up` and
    `home` (addresses), `signed-in` where somebody is, or else `posted` on the answer to a form.

    Args:
        source: JavaScript, which the site serves from its own address.
        data: what else it is told: what stands behind `data-`, and its value.
        sources: what it loads from elsewhere: sources of the Content-Security-Policy, by a fetch
            directive without its `-src`.
    """

    source: bytes = field(repr=False)
    data: Mapping[str, str] = field(factory=dict)
    sources: Mapping[str, tuple[str, ...]] = field(factory=dict, validator=_check_sources)

    @cached_property
    def fingerprint(self) -> str:
        """What tells this source from another."""
        return sha256_of(self.source)[:12]


@frozen
class RenewalAnswer:
    """What a browser brings back from the provider, not yet read.

    `state` is what came back beside an answer in the address. It is `None` of one in a cookie,
    which no link of anybody's can bring.
    """

    text: str = field(repr=False)
    state: str | None = None


@frozen
class RenewedSession:
    """What an answer of the provider's changes.

    Args:
        credentials: what the browser will bring from now on; no session if it is over.
        cookies: the values of `Set-Cookie` headers (RFC 6265) that see to that.
    """

    credentials: Credentials
    cookies: tuple[str, ...] = ()


class SessionRenewal(Protocol):
    """Getting a browser a fresh session by a detour to the provider, and back with an answer."""

    @property
    @abstractmethod
    def origin(self) -> str:
        """The origin (scheme, host and port) that browsers are sent to."""

    @property
    @abstractmethod
    def parameters(self) -> frozenset[str]:
        """The arguments that the provider and this adapter add to addresses of the site."""

    @abstractmethod
    def is_due(self, request: BrowserRequest) -> bool:
        """Whether the provider asks for the browser, whatever session it brings."""

    @abstractmethod
    def address(self, request: BrowserRequest, back: str, state: str) -> str:
        """Return where to send the browser, which then comes back to the address `back`.

        What comes back in the address then brings `state` along, by which the site knows that it
        sent this browser.
        """

    @abstractmethod
    def answer(self, request: BrowserRequest) -> RenewalAnswer | None:
        """Return the answer that the browser brings, if any; nothing of it is believed."""

    @abstractmethod
    def read(self, answer: RenewalAnswer) -> RenewedSession:
        """Return what an answer says; the session in it holds, or there is none.

        Raises:
            NotAuthenticated: the provider did not give it, or it does not hold (any more).
            Unavailable: it cannot be checked now.
        """


class BrowserSessions(Protocol):
    """How browsers sign in at the identity provider, and what they bring of it from then on.

    `begin` and `end` return cookies of the site by name, the empty ones to be deleted; the site
    sets them for all of its pages, out of reach of scripts.
    """

    @property
    @abstractmethod
    def renewal(self) -> SessionRenewal | None:
        """How sessions are renewed; `None` where what a browser brings lasts as long as they do."""

    @property
    @abstractmethod
    def script(self) -> BrowserScript | None:
        """What lets people sign in on pages of the site; `None` if they do on the provider's."""

    @abstractmethod
    def credentials(self, cookies: Mapping[str, str]) -> Credentials:
        """Return what cookies of a browser tell `Identity`; empty credentials if none is ours."""

    @abstractmethod
    def sign_in_url(self, back: str) -> str:
        """Return the provider's own sign-in page, which leads back to the address `back`.

        Empty if there is none.
        """

    @abstractmethod
    def begin(self, token: str) -> Mapping[str, str]:
        """Return the cookies by which a browser brings `token`, and nothing of a session before."""

    @abstractmethod
    def end(self) -> Mapping[str, str]:
        """Return the cookies by which a browser brings no session any more."""

    @abstractmethod
    def revoke(self, session_id: str) -> None:
        """End a session at the provider, too, where the site may do that; otherwise do nothing.

        Raises:
            NotFound: the provider knows no such session.
            Unavailable: it does not answer.
        """
