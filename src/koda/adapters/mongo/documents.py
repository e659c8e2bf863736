"""Entities as BSON documents, and back."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args

from attrs import frozen
from bson import Int64
from bson.tz_util import utc as BSON_UTC  # noqa: N812 - a constant of the library's
from cattrs import BaseValidationError, transform_error
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.bson import BsonConverter, make_converter
from cattrs.strategies import configure_tagged_union

from koda.adapters.mongo.day_records import DayRecord
from koda.adapters.mongo.label_records import BuildRecord, LabelRecord
from koda.adapters.mongo.person_records import PersonRecord
from koda.domain.model.audit import AuditEntry
from koda.domain.model.automations import Automation
from koda.domain.model.books.entries import Entry
from koda.domain.model.deliveries import Delivery, Subscription
from koda.domain.model.errors import CorruptRecord
from koda.domain.model.events import DomainEvent
from koda.domain.model.exactness import check_exact
from koda.domain.model.extras import ExtraValue
from koda.domain.model.grants import Grant
from koda.domain.model.orders import Order
from koda.domain.model.payments import InboxEntry
from koda.domain.model.people import Person
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Roster
from koda.domain.model.sellers import PayoutStatus, Pending, Ready, Restricted, Seller
from koda.domain.model.sentences import Sentence, plain_of, sentence_from
from koda.domain.model.uploads import (
    CleanedArtifact,
    Finding,
    Refused,
    SoundArtifact,
    SoundPreview,
    Unchecked,
    UploadTicket,
)
from koda.domain.model.webhook_health import EndpointHealth

Entity = TypeVar("Entity")

TAG = "kind"
"""The field that says which member of a union a value is."""
MEMBER_NAMES: Mapping[type, str] = {
    Pending: "pending",
    Ready: "ready",
    Restricted: "restricted",
    Unchecked: "unchecked",
    SoundArtifact: "artifact",
    CleanedArtifact: "cleaned",
    SoundPreview: "preview",
    Refused: "refused",
    **{kind: kind.name() for kind in get_args(DomainEvent)},
}
"""How `TAG` names each member of a union."""
IDENTITIES: Mapping[type, str] = {
    Person: "id",
    PersonRecord: "id",
    Automation: "id",
    Seller: "user_id",
    Order: "id",
    Purchase: "id",
    InboxEntry: "event_id",
    Grant: "id",
    DayRecord: "day",
    LabelRecord: "label",
    BuildRecord: "index",
    Entry: "key",
    UploadTicket: "id",
    EndpointHealth: "endpoint",
    Roster: "id",
    AuditEntry: "id",
    Delivery: "id",
    Subscription: "name",
}
"""The field of each entity that MongoDB knows as `_id`; what is part of another comes first."""


@frozen
class Documents:
    """Writes entities as documents, and reads them strictly.

    Times are BSON dates. Half of a surrogate pair, which UTF-8 and so BSON cannot write, is kept as
    a question mark.
    """

    _converter: BsonConverter

    def write(self, entity: object, kind: Any = None) -> dict[str, Any]:
        """The document of an entity; `kind` is the union that it is a member of, if so.

        Raises:
            TypeError: a part of it is of an unknown subclass, whose fields would be lost.
        """
        check_exact(entity, kind)
        written: dict[str, Any] = self._converter.unstructure(entity, kind)
        return written

    def read(self, kind: str, wanted: type[Entity], document: Mapping[str, Any]) -> Entity:
        """Read a document that `write` wrote.

        Raises:
            CorruptRecord: it is not of an entity of type `wanted`.
        """
        try:
            return self._converter.structure(document, wanted)
        except BaseValidationError as error:
            problem = "; ".join(transform_error(error))
            raise CorruptRecord(kind, f"{document.get('_id')}", problem) from error
        except KeyError as error:
            problem = f"it is of the unknown kind {error}"
            raise CorruptRecord(kind, f"{document.get('_id')}", problem) from error


@cache
def documents() -> Documents:
    """The documents of this process; making their converter takes a while."""
    converter = make_converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: list})
    for kind in (str, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    converter.register_structure_hook(int, _whole)
    converter.register_structure_hook(datetime, _moment)
    # A hook of the union itself would stand behind that of the library, which knows no `Int64`.
    converter.register_structure_hook_func(lambda kind: kind == ExtraValue, _extra)
    converter.register_unstructure_hook(str, _writable)
    # Hooks hold for subclasses, too: without its own, a `StrEnum` would be read as plain text.
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))
    converter.register_unstructure_hook(StrEnum, lambda member: member.value)
    converter.register_unstructure_hook(
        Sentence, lambda said: converter.unstructure(plain_of(said))
    )
    converter.register_structure_hook(Sentence, lambda value, _: sentence_from(value))
    for union in (PayoutStatus, Finding, DomainEvent):
        configure_tagged_union(
            union, converter, tag_name=TAG, tag_generator=MEMBER_NAMES.__getitem__
        )
    for entity, identity in IDENTITIES.items():
        _rename(converter, entity, identity)
    return Documents(converter)


def _rename(converter: BsonConverter, entity: type, identity: str) -> None:
    """Let MongoDB know the field `identity` of `entity` as `_id`."""
    renamed: Any = override(rename="_id")
    converter.register_structure_hook(
        entity,
        make_dict_structure_fn(
            entity, converter, _cattrs_forbid_extra_keys=True, **{identity: renamed}
        ),
    )
    converter.register_unstructure_hook(
        entity, make_dict_unstructure_fn(entity, converter, **{identity: renamed})
    )


def _exactly(kind: type) -> Callable[[Any, Any], Any]:
    """A hook that converts nothing, so that a value of another type is found out."""

    def check(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"must be {kind.__name__}, not {type(value).__name__}")
        return value

    return check


def _whole(value: Any, _: Any) -> int:
    """Read a whole number; a larger one comes from BSON as a type of its own."""
    if type(value) not in {int, Int64}:
        raise TypeError(f"must be int, not {type(value).__name__}")
    return int(value)


def _extra(value: Any, _: Any) -> ExtraValue:
    """Read a text, a whole number, or yes or no."""
    return value if type(value) in {str, bool} else _whole(value, int)


def _moment(value: Any, _: Any) -> datetime:
    if type(value) is not datetime or value.tzinfo is None:
        raise TypeError(f"must be a date, not {type(value).__name__}")
    # What BSON calls UTC is slow to ask, and to convert.
    return value.replace(tzinfo=UTC) if value.tzinfo is BSON_UTC else value.astimezone(UTC)


def _writable(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
