"""What every domain event has."""

from datetime import datetime
from typing import Any, NewType

from attrs import Attribute, field, frozen

from koda.domain.model.errors.roots import InvalidValue
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import integer, utc

DomainEventId = NewType("DomainEventId", str)
"""Who tells of what: the subject, its revision, and the number of the event in it."""

LARGEST_REVISION = 2**31 - 1
MOST_AT_ONCE = 1000
"""Events of one write, which are numbered from 0."""
VERSION = 1
"""The version of the fields of every event so far."""


def _known(_: object, attribute: "Attribute[Any]", value: Any) -> None:
    if value != VERSION:
        problem = sentence("is {version}, which this Koda does not know; upgrade", version=value)
        raise InvalidValue(attribute.name, problem)


@frozen(kw_only=True)
class Event:
    """What every domain event has.

    `subject` is the entity that it is about (`told`), `revision` the one that the entity has
    once it is kept, `number` counts the events of that write from 0, `occurred_at` is UTC.
    `version` is that of its fields. A write is kept once, so that no two events share an id.
    """

    subject: str
    revision: int = field(validator=integer(0, LARGEST_REVISION))
    number: int = field(default=0, validator=integer(0, MOST_AT_ONCE - 1))
    occurred_at: datetime = field(validator=utc)
    version: int = field(default=VERSION, validator=_known)

    @property
    def id(self) -> DomainEventId:
        """The same for the same event, however often it is told."""
        return DomainEventId(f"{self.subject}/{self.revision}/{self.number}")

    @property
    def place(self) -> tuple[int, int]:
        """Where it stands among the events of its subject."""
        return self.revision, self.number

    @classmethod
    def name(cls) -> str:
        """The name of this kind of event, under which it is kept and subscribed to."""
        return cls.__name__
