"""Principals, who make requests, and people: what is known of a user."""

from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.roles import Role
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import identifier, text, utc


@frozen
class Principal:
    """A caller whose credentials held: the user, their session, and their roles as far as known.

    `roles` are those that the identity provider gives them; `Authorize` knows of those that were
    given here, too. `impersonator` is the member of staff who acts in the user's name, if any;
    nobody has a role in somebody else's name.
    """

    user_id: UserId = field(validator=identifier)
    session_id: str = field(validator=identifier)
    roles: frozenset[Role] = frozenset()
    impersonator: str | None = None

    def __attrs_post_init__(self) -> None:
        if self.roles and self.impersonator is not None:
            raise InvalidValue(
                "roles", sentence("must be none in a session in somebody else's name")
            )

    def acts_as(self, user_id: UserId) -> bool:
        """Whether they are that user, in their own name."""
        return self.user_id == user_id and self.impersonator is None


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
_UNNAMED = "Somebody"
"""What a person without a name is called; never their id, which tells people nothing."""
UNNAMED_SELLER = "A seller"
"""The same, where it is known what they do."""


@frozen
class Person:
    """A user's name and addresses, as the identity provider knew them at `updated_at` (UTC).

    Not everybody has given a name.
    """

    id: UserId = field(validator=identifier)
    name: str | None = field(validator=optional(text(1, LONGEST_NAME)))
    email: str | None
    avatar_url: str | None
    updated_at: datetime = field(validator=utc)


def name_of(person: Person | None, otherwise: str = _UNNAMED) -> str:
    """What to call a person of whom perhaps nothing, or no name, is known."""
    return (person and person.name) or otherwise


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
