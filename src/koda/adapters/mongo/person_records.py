"""What is known of one user: the last update, and the last removal."""

from attrs import field, frozen

from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person
from koda.domain.model.validation import identifier


@frozen
class PersonRecord:
    """Times are whole milliseconds since 1970 (UTC); a removed user has no `person`.

    `known` is when the latest that is known of the user happened, updates or removal.
    """

    id: UserId = field(validator=identifier)
    known: int
    removed: int | None = None
    person: Person | None = None
