"""Who is who: the caller of a request, and what is known of a user."""

from datetime import datetime

from attrs import field, frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.validation import identifier, text, utc


@frozen
class Principal:
    """A caller whose credentials held: the user, their session, and whether they administer.

    `impersonator` is the member of staff who acts in the user's name, if any.
    """

    user_id: UserId = field(validator=identifier)
    session_id: str = field(validator=identifier)
    admin: bool = False
    impersonator: str | None = None


@frozen
class Credentials:
    """What a request brought: the `Authorization` header and the session cookie, unread.

    `signed_in_at` is when somebody last signed in with the browser, in seconds since the epoch: 0
    says that nobody is signed in any more, `None` that the identity provider left no note.
    """

    authorization: str | None = None
    cookie: str | None = None
    signed_in_at: int | None = None

    @property
    def token(self) -> str:
        """The bearer token of the header, or else the cookie; empty where there is neither."""
        scheme, _, sent = (self.authorization or "").strip().partition(" ")
        return sent.strip() if scheme.lower() == "bearer" else self.cookie or ""


LONGEST_NAME = 200
"""Characters."""


@frozen
class Person:
    """A user's name and addresses, as the identity provider knew them at `updated_at` (UTC)."""

    id: UserId = field(validator=identifier)
    name: str = field(validator=text(1, LONGEST_NAME))
    email: str | None
    avatar_url: str | None
    updated_at: datetime = field(validator=utc)


@frozen
class PersonChanged:
    """A verified message: a user is new, or was changed, and is now `person`."""

    person: Person


@frozen
class PersonRemoved:
    """A verified message, and what stays of its user: who was deleted at `at` (UTC)."""

    user_id: UserId = field(validator=identifier)
    at: datetime = field(validator=utc)


@frozen
class Unfollowed:
    """A verified message about something that Koda does not follow."""

    name: str


PersonEvent = PersonChanged | PersonRemoved | Unfollowed
"""What the identity provider may tell of users."""
