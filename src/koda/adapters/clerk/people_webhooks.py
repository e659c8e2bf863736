"""Clerk's messages about users.

https://clerk.com/docs/guides/development/webhooks/overview
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen
from standardwebhooks import Webhook

from koda.adapters.clerk.signatures import check_signature, signer
from koda.adapters.clerk.users import moment_of, person_of
from koda.domain.model.errors import InvalidValue, Unverified
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import PersonChanged, PersonEvent, PersonRemoved, Unfollowed
from koda.domain.model.sentences import verbatim
from koda.ports.clock import Clock
from koda.ports.people_webhooks import PeopleWebhooks

LARGEST = 256 * 1024
"""Bytes of the largest message that is looked at."""
LONGEST_NAME = 100


def _signers(secrets: tuple[str, ...]) -> tuple[Webhook, ...]:
    return tuple(map(signer, secrets))


@frozen
class ClerkPeopleWebhooks(PeopleWebhooks):
    """Checks the signature and reads only what Koda follows: users who come, change and go.

    Args:
        signers: the secrets of the endpoint, all that may sign while one is being rolled; with
            none, every message is refused.
        clock: judges the time of signing.
    """

    signers: tuple[Webhook, ...] = field(converter=_signers, repr=False, alias="secrets")
    clock: Clock

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> PersonEvent:
        if len(payload) > LARGEST:
            raise Unverified("it is too large")
        now = self.clock().timestamp()
        signed_at = check_signature(payload, headers, self.signers, now)
        try:
            return _event_of(_decode(payload), signed_at)
        except (InvalidValue, KeyError, TypeError) as problem:
            raise Unverified("it is signed but is no message") from problem


def _event_of(event: Any, signed_at: datetime) -> PersonEvent:
    name = event["type"]
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise InvalidValue("type", verbatim("must be a short text"))
    match name:
        case "user.created" | "user.updated":
            return PersonChanged(person_of(event["data"]))
        case "user.deleted":
            user_id = UserId(event["data"]["id"])
            return PersonRemoved(user_id, _removed_at(event, signed_at))
        case _:
            return Unfollowed(name)


def _removed_at(event: Any, signed_at: datetime) -> datetime:
    """When a user was deleted: the message's time, but not before it was signed.

    The deleted user has no `updated_at`. The message's own time is documented as milliseconds, yet
    Clerk's examples also show seconds and none at all; read so, the last change of a user would
    seem newer than their end. Ids are never given again, so that a later time does no harm.
    """
    if "timestamp" not in event:
        return signed_at
    return max(signed_at, moment_of("timestamp", event["timestamp"]))


def _decode(payload: bytes) -> Any:
    try:
        return json.loads(payload.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise Unverified("it is signed but is not JSON") from problem


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
