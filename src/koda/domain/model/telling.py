"""What a transition tells every domain event with."""

from datetime import datetime
from typing import TypedDict


class Told(TypedDict):
    """What every event is told with: see `events.Event`."""

    subject: str
    revision: int
    number: int
    occurred_at: datetime


def told(kind: str, identity: str, revision: int, now: datetime, number: int = 0) -> Told:
    """What an event of a transition to `revision` of an entity is told with.

    The subject is `kind/identity`, such as `order/ord_1`.
    """
    return Told(subject=f"{kind}/{identity}", revision=revision, number=number, occurred_at=now)
