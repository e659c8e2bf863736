"""Who is asking, and how often they may."""

import logging

from attrs import frozen
from flask import g, request

from koda.domain.model.errors import KodaError, NotAuthenticated
from koda.domain.model.people import Credentials, Person, Principal
from koda.domain.usecases.authenticate import Authenticate, Caller
from koda.ports.rate_limiter import RateLimiter

SESSION_COOKIE = "__session"
"""Clerk keeps the session token under this name on the site's own domain."""
UNNAMED = "Signed in"

logger = logging.getLogger("koda.web")


@frozen
class Viewer:
    """The visitor as the pages greet them."""

    name: str
    admin: bool


@frozen
class Visitors:
    """Reads the session cookie of the request at hand; pages never look at bearer tokens."""

    authenticate: Authenticate
    limiter: RateLimiter

    def current(self) -> Principal | None:
        """Return who is signed in, if anybody; asked once a request."""
        if "koda_principal" not in g:
            caller = self._find()
            g.koda_principal = caller and caller.principal
            g.koda_person = caller and caller.person
        principal: Principal | None = g.koda_principal
        return principal

    def required(self) -> Principal:
        """Return who is signed in.

        Raises:
            NotAuthenticated: nobody.
            Unavailable: that cannot be checked now.
        """
        return self.current() or self.authenticate(_credentials()).principal

    def viewer(self) -> Viewer | None:
        """Return how to greet whoever is signed in; without a name who is not known yet."""
        principal = self.current()
        if principal is None:
            return None
        person: Person | None = g.koda_person
        return Viewer(person.name if person else UNNAMED, principal.admin)

    def limit(self, action: str) -> None:
        """Count one `action` of the visitor, as a user and as an address.

        Raises:
            TooMany: either did it too often.
        """
        self.limiter.check(action, f"ip:{request.remote_addr}")
        principal = self.current()
        if principal is not None:
            self.limiter.check(action, f"user:{principal.user_id}")

    def _find(self) -> Caller | None:
        if SESSION_COOKIE not in request.cookies:
            return None
        try:
            return self.authenticate(_credentials())
        except NotAuthenticated:
            return None
        except KodaError as error:
            logger.warning("A visitor is treated as signed out: %s", error)
            return None


def _credentials() -> Credentials:
    return Credentials(cookie=request.cookies.get(SESSION_COOKIE))
