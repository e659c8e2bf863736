"""Who is asking, and how often they may."""

import logging
from collections.abc import Callable

from attrs import frozen
from flask import g, request

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.domain.model.people import Credentials, Person, Principal, name_of
from koda.domain.model.roles import Permission, Role, allow
from koda.domain.model.sentences import translatable
from koda.domain.usecases.account.authenticate import Authenticate, Caller
from koda.domain.usecases.administration.authorize import Authorize
from koda.entrypoints.web.impersonation import note_impersonation
from koda.entrypoints.web.language import language
from koda.entrypoints.web.networks import network_of
from koda.entrypoints.web.sessions import drop, keep, kept
from koda.ports.browser_sessions import BrowserSessions
from koda.ports.rate_limiter import RateLimiter

LEFT = "left"
"""Under this name the visitor's own session keeps when they signed in, if that ended here."""
SIGNED_IN = "signed_in"
"""Under this name the visitor's own session keeps that it was of somebody who is signed in."""
ROLES = "roles"
"""Under this name the visitor's own session keeps which roles they had when it was looked up."""
_SIGNED_IN_USER = translatable("Signed in")
"""How a visitor without a name is greeted."""

_logger: logging.Logger = logging.getLogger("koda.web")


@frozen
class Viewer:
    """The visitor as the pages greet them, and what they are offered for their `roles`."""

    name: str
    roles: frozenset[Role] = frozenset()

    @property
    def administers(self) -> bool:
        """Whether there is an administration for them."""
        return allow(self.roles, Permission.SEE_ADMINISTRATION)

    @property
    def moderates(self) -> bool:
        """Whether listings come with the form of a moderator."""
        return allow(self.roles, Permission.MODERATE_LISTINGS)

    @property
    def gives_roles(self) -> bool:
        """Whether there is a page of roles for them."""
        return allow(self.roles, Permission.GIVE_ROLES)

    @property
    def reads_messages(self) -> bool:
        """Whether pages show them what the payment provider's messages say."""
        return allow(self.roles, Permission.READ_MESSAGES)

    @property
    def replays_messages(self) -> bool:
        """Whether such a message comes with the form that replays it."""
        return allow(self.roles, Permission.REPLAY_MESSAGES)

    @property
    def reconciles(self) -> bool:
        """Whether the comparison of payments comes with the form that records."""
        return allow(self.roles, Permission.RECONCILE)

    @property
    def answers_disputes(self) -> bool:
        """Whether open disputes lead to the form that answers them."""
        return allow(self.roles, Permission.ANSWER_DISPUTES)

    @property
    def reads_money(self) -> bool:
        """Whether there are pages of other people's orders for them."""
        return allow(self.roles, Permission.READ_MONEY)

    @property
    def reads_audit_log(self) -> bool:
        """Whether there is a page of the audit log for them."""
        return allow(self.roles, Permission.READ_AUDIT_LOG)


def unknown_caller() -> str:
    """Who the limits say is asking, where nobody is signed in: the network of the request."""
    return f"ip:{network_of(request.remote_addr or '')}"


@frozen
class Visitors:
    """Finds out by the credentials that `read` returns who makes the request at hand.

    By default those are of the browser's session: pages never look at bearer tokens.
    """

    authenticate: Authenticate
    authorize: Authorize
    limiter: RateLimiter
    sessions: BrowserSessions
    read: Callable[[], Credentials] | None = None

    def brought(self) -> Credentials:
        """Return what the browser brought of its session, or what `believe` put in its place."""
        credentials: Credentials | None = g.get("koda_credentials")
        if credentials is None:
            credentials = g.koda_credentials = self.sessions.credentials(request.cookies)
        return credentials

    def believe(self, renewed: Credentials) -> None:
        """Take `renewed` for the credentials of the request at hand."""
        g.koda_credentials = renewed
        g.pop("koda_principal", None)

    def may_be_signed_in(self) -> bool:
        """Whether the provider's note says that somebody is, and they did not leave here since."""
        noted = self.brought().signed_in_at
        return bool(noted) and kept(LEFT) != noted

    def current(self) -> Principal | None:
        """Return who is signed in, if anybody; asked once a request."""
        if "koda_principal" not in g:
            # Where the login fails in its own way, the page that says so does not ask it again.
            g.koda_principal = g.koda_person = None
            caller = self._find()
            g.koda_principal = caller and caller.principal
            g.koda_person = caller and caller.person
            if caller is not None:
                note_impersonation(caller.principal)
        principal: Principal | None = g.koda_principal
        return principal

    def required(self) -> Principal:
        """Return who is signed in.

        Raises:
            NotAuthenticated: nobody.
            Unavailable: that cannot be checked now.
        """
        return self.current() or self.authenticate(self._credentials()).principal

    def viewer(self) -> Viewer | None:
        """Return how to greet whoever is signed in; without a name who is not known yet."""
        principal = self.current()
        if principal is None:
            return None
        person: Person | None = g.koda_person
        name = name_of(person, language().text(_SIGNED_IN_USER))
        return Viewer(name, self._roles_of(principal))

    def look_again(self) -> None:
        """Forget which roles the browser's session noted, so that they are looked up anew."""
        drop(ROLES)

    def _roles_of(self, principal: Principal) -> frozenset[Role]:
        """What pages offer; what is allowed, use cases find out for themselves.

        Looked up once in a browser's session and noted there, rather than with every page.
        """
        noted = kept(ROLES)
        if isinstance(noted, dict) and noted.get("of") == principal.user_id:
            return frozenset(role for role in Role if role.value in noted["are"])
        try:
            roles = self.authorize.roles_of(principal)
        except KodaError as error:
            _logger.warning("Pages are shown as to somebody without a role: %s", error)
            return principal.roles
        keep(ROLES, {"of": principal.user_id, "are": sorted(roles)})
        return roles

    def claims(self) -> bool:
        """Whether the visitor is signed in as far as the login knows, whatever `current` returns.

        A sign-in page might lead such a visitor straight back.
        """
        given = self.read is not None and self.read() != Credentials()
        return given or bool(self.brought().signed_in_at)

    def limit(self, action: str) -> None:
        """Count one `action` of the visitor, as a user and as an address.

        Raises:
            TooMany: either did it too often.
        """
        self.limiter.check(action, unknown_caller())
        principal = self.current()
        if principal is not None:
            self.limiter.check(action, f"user:{principal.user_id}")

    def _credentials(self) -> Credentials:
        return self.brought() if self.read is None else self.read()

    def _find(self) -> Caller | None:
        try:
            return self.authenticate(self._credentials())
        except NotAuthenticated:
            return None
        except KodaError as error:
            _logger.warning("A visitor is treated as signed out: %s", error)
            return None
