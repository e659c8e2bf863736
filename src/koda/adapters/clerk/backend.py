"""Clerk's Backend API, as far as a sandboxed marketplace needs it to sign people in."""

from typing import Any
from urllib.parse import quote

import requests
from attrs import field, frozen

from koda.adapters.clerk.http import SERVICE, ask, open_session
from koda.adapters.clerk.users import person_of
from koda.domain.model.errors import KodaError, NotFound, Unavailable
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person

PAGE = 100
MISSING = 404
OK = range(200, 300)


@frozen
class ClerkBackend:
    """Opens and ends sessions and knows people; only a sandboxed site signs in this way.

    Every method raises `Unavailable` if the API does not answer, or refuses the key.
    """

    secret_key: str = field(repr=False)
    base_url: str
    _session: requests.Session = field(init=False, repr=False)

    @_session.default
    def _open_session(self) -> requests.Session:
        return open_session(self.base_url, self.secret_key)

    def sign_in(self, user_id: UserId, lifetime_seconds: int) -> str:
        """Open a session of a person and return a token that is good for `lifetime_seconds`.

        Raises:
            NotFound: no such person.
        """
        unknown = NotFound("person", user_id)
        opened = self._ask("POST", "/v1/sessions", {"user_id": user_id}, unknown)
        path = f"/v1/sessions/{quote(opened['id'], safe='')}/tokens"
        return str(self._ask("POST", path, {"expires_in_seconds": lifetime_seconds})["jwt"])

    def sign_out(self, session_id: str) -> None:
        """End a session; a token of it lives on until it expires.

        Raises:
            NotFound: no such session.
        """
        path = f"/v1/sessions/{quote(session_id, safe='')}/revoke"
        self._ask("POST", path, missing=NotFound("session", session_id))

    def goes_on(self, session_id: str) -> bool:
        """Whether there is such a session, and it has not ended."""
        path = f"/v1/sessions/{quote(session_id, safe='')}"
        try:
            session = self._ask("GET", path, missing=NotFound("session", session_id))
        except NotFound:
            return False
        return bool(session["status"] == "active")

    def person(self, user_id: UserId) -> Person:
        """Return a person.

        Raises:
            NotFound: no such person.
        """
        path = f"/v1/users/{quote(user_id, safe='')}"
        return person_of(self._ask("GET", path, missing=NotFound("person", user_id)))

    def people(self) -> tuple[Person, ...]:
        """Return everybody."""
        people: list[Person] = []
        while True:
            page = self._ask("GET", f"/v1/users?limit={PAGE}&offset={len(people)}")
            people += map(person_of, page)
            if len(page) < PAGE:
                return tuple(people)

    def _ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        missing: KodaError | None = None,
    ) -> Any:
        status, answer = ask(self._session, method, self.base_url.rstrip("/") + path, body)
        if status == MISSING and missing is not None:
            raise missing
        if status not in OK:
            raise Unavailable(SERVICE)
        return answer
