"""Entities as JSON documents, and back."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, get_args

from attrs import frozen
from cattrs import BaseValidationError, transform_error
from cattrs.preconf.json import JsonConverter, make_converter
from cattrs.strategies import configure_tagged_union

from koda.domain.model.errors import CorruptRecord
from koda.domain.model.events import DomainEvent
from koda.domain.model.exactness import check_exact
from koda.domain.model.sellers import PayoutStatus, Pending, Ready, Restricted
from koda.domain.model.sentences import Sentence, plain_of, sentence_from
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.domain.model.uploads import (
    CleanedArtifact,
    Finding,
    Refused,
    SoundArtifact,
    SoundPreview,
    Unchecked,
)

Entity = TypeVar("Entity")

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
"""How the field `kind` names each member of a union."""


@frozen
class Documents:
    """Writes entities as JSON texts of ASCII characters, and reads them strictly."""

    _converter: JsonConverter

    def write(self, entity: object, kind: Any = None) -> str:
        """The document of an entity; `kind` is the union that it is a member of, if so.

        Raises:
            TypeError: a part of it is of an unknown subclass, whose fields would be lost.
        """
        check_exact(entity, kind)
        return json.dumps(self._converter.unstructure(entity, kind), separators=(",", ":"))

    def read(self, kind: str, wanted: type[Entity], identity: str, document: str) -> Entity:
        """Read a document that `write` wrote.

        Raises:
            CorruptRecord: it is none, or not of an entity of type `wanted`.
        """
        try:
            value = json.loads(document)
        except (ValueError, TypeError, RecursionError) as error:
            raise CorruptRecord(kind, identity, f"it is no JSON, {error}") from error
        if type(value) is not dict:
            raise CorruptRecord(kind, identity, "it is no JSON object")
        try:
            return self._converter.structure(value, wanted)
        except BaseValidationError as error:
            raise CorruptRecord(kind, identity, "; ".join(transform_error(error))) from error
        except KeyError as error:
            raise CorruptRecord(kind, identity, f"it is of the unknown kind {error}") from error


@cache
def documents() -> Documents:
    """The documents of this process; making their converter takes a while."""
    converter = make_converter(forbid_extra_keys=True)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly(kind))
    # Hooks hold for subclasses, too: without its own, a `StrEnum` would be read as plain text.
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))
    converter.register_unstructure_hook(datetime, to_milliseconds)
    converter.register_structure_hook(datetime, lambda value, _: from_milliseconds(value))
    converter.register_unstructure_hook(Sentence, plain_of)
    converter.register_structure_hook(Sentence, lambda value, _: sentence_from(value))
    for union in (PayoutStatus, Finding, DomainEvent):
        configure_tagged_union(
            union, converter, tag_name="kind", tag_generator=MEMBER_NAMES.__getitem__
        )
    return Documents(converter)


def _exactly(kind: type) -> Callable[[Any, Any], Any]:
    """A hook that converts nothing, so that a value of another type is found out."""

    def check(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"must be {kind.__name__}, not {type(value).__name__}")
        return value

    return check
