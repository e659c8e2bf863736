"""What a transition comes to."""

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from koda.domain.model.events import DomainEvent

Entity = TypeVar("Entity")


class Change(NamedTuple, Generic[Entity]):
    """A transition's outcome: the next state, and what happened, for `save(*change)`.

    In memory as in a database, either both are kept or nothing.
    """

    state: Entity
    events: "tuple[DomainEvent, ...]" = ()
