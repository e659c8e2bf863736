"""Messages about users in memory."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from koda.adapters.memory.provider_messages import Headers, check_message, sign_message
from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import (
    Person,
    PersonChanged,
    PersonEvent,
    PersonRemoved,
    Unfollowed,
)
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.ports.clock import Clock
from koda.ports.people_webhooks import PeopleWebhooks


@frozen
class MemoryPeopleWebhooks(PeopleWebhooks):
    """Checks and reads the messages that `changed` and `removed` sign with its `secret`."""

    clock: Clock
    secret: str = field(factory=lambda: secrets.token_hex(16), repr=False)

    def changed(self, person: Person) -> tuple[bytes, Headers]:
        """The message that a user is new, or was changed, and is now `person`."""
        return self._signed(
            kind="changed",
            user=person.id,
            name=person.name,
            email=person.email,
            avatar_url=person.avatar_url,
            at=to_milliseconds(person.updated_at),
        )

    def removed(self, user_id: UserId, at: datetime) -> tuple[bytes, Headers]:
        """The message that a user was deleted at `at` (UTC)."""
        return self._signed(kind="removed", user=user_id, at=to_milliseconds(at))

    def _signed(self, **body: object) -> tuple[bytes, Headers]:
        return sign_message(body, self.secret, self.clock())

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PersonEvent:
        check_message(payload, headers, self.secret, self.clock())
        try:
            body = json.loads(payload)
            match body["kind"]:
                case "changed":
                    at = from_milliseconds(body["at"])
                    known = body["name"], body["email"], body["avatar_url"]
                    return PersonChanged(Person(UserId(body["user"]), *known, at))
                case "removed":
                    return PersonRemoved(UserId(body["user"]), from_milliseconds(body["at"]))
                case name:
                    return Unfollowed(str(name))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as problem:
            raise Unverified("it is signed but is no message") from problem
