"""People as Clerk describes them: https://clerk.com/docs/reference/backend/types/backend-user."""

from datetime import datetime
from typing import Any

from koda.domain.model.errors import InvalidValue
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import LONGEST_NAME, Person
from koda.domain.model.sentences import verbatim
from koda.domain.model.timestamps import from_milliseconds
from koda.domain.model.validation import cleaned


def person_of(user: Any) -> Person:
    """A person of Clerk's.

    Raises:
        InvalidValue, KeyError, TypeError: it is none.
    """
    addresses = {address["id"]: address["email_address"] for address in user["email_addresses"]}
    return Person(
        UserId(user["id"]),
        _name_of(user),
        _text("email_address", addresses.get(user["primary_email_address_id"])),
        _text("image_url", user["image_url"]),
        moment_of("updated_at", user["updated_at"]),
    )


def _name_of(user: Any) -> str | None:
    """What a person is called, if at all; names are chosen freely, so that none is refused."""
    names = [_text(name, user[name]) for name in ("first_name", "last_name")]
    whole = cleaned(" ".join(filter(None, names)), LONGEST_NAME)
    return whole or cleaned(_text("username", user["username"]) or "", LONGEST_NAME) or None


def _text(name: str, value: Any) -> str | None:
    if not isinstance(value, str | None):
        raise InvalidValue(name, verbatim("must be text or null"))
    return value or None


def moment_of(name: str, value: Any) -> datetime:
    """The moment of a field `name` that is in milliseconds since the epoch.

    Raises:
        InvalidValue: it is none.
    """
    if type(value) is not int:
        raise InvalidValue(name, verbatim("must be a whole number of milliseconds"))
    try:
        return from_milliseconds(value)
    except OverflowError as problem:
        raise InvalidValue(name, verbatim("is beyond the calendar")) from problem
