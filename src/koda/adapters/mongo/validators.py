"""What MongoDB itself refuses to keep: `$jsonSchema` made from the types that are kept."""

from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from attrs import fields, has, resolve_types

from koda.adapters.mongo.documents import IDENTITIES, MEMBER_NAMES, TAG
from koda.adapters.mongo.records import OUTBOX, UNREADABLE, Records
from koda.domain.model.sentences import Sentence

Schema = dict[str, Any]

NAMES: dict[type, Schema] = {
    str: {"bsonType": "string"},
    bool: {"bsonType": "bool"},
    int: {"bsonType": ["int", "long"]},
    datetime: {"bsonType": "date"},
    NoneType: {"bsonType": "null"},
    Sentence: {
        "bsonType": "object",
        "required": ["template", "data", "plural"],
        "properties": {
            "template": {"bsonType": "string"},
            "data": {"bsonType": "object"},
            "plural": {"bsonType": "string"},
        },
        "additionalProperties": False,
    },
}
WRAPPING: dict[str, Schema] = {
    "keys": {"bsonType": "object"},
    "schema_version": {"bsonType": "int", "minimum": 1},
}
"""What a document has beside the fields of its entity."""


_EVENTS: Schema = {"bsonType": "array", "items": {"bsonType": "object"}}
OPTIONAL: dict[str, Schema] = {OUTBOX: _EVENTS, UNREADABLE: _EVENTS}
"""What it may have."""


def validator(records: Records[Any]) -> Schema:
    """What every document of a collection must satisfy.

    Documents of earlier schema versions are let through, so that processes that do not know the
    newest one go on working while others do.
    """
    schema = _of_class(records.type)
    schema["required"] += list(WRAPPING)
    attached = {name: {"bsonType": kind} for name, kind in records.attached.items()}
    schema["properties"] |= WRAPPING | OPTIONAL | attached
    earlier = {"schema_version": {"$gte": 1, "$lt": records.schema_version}}
    return {"$or": [earlier, {"$jsonSchema": schema}]}


def schema_of(kind: Any) -> Schema:
    """The schema of values of `kind`: a class of attrs, an enum, a tuple, a union or a plain one.

    Raises:
        TypeError: `kind` is of none of these.
    """
    # An id is a type of its own that is written as what it stands for.
    kind = getattr(kind, "__supertype__", kind)
    if kind in NAMES:
        return dict(NAMES[kind])
    if get_origin(kind) in {Union, UnionType}:
        return _of_union(get_args(kind))
    if get_origin(kind) is tuple:
        return {"bsonType": "array", "items": schema_of(get_args(kind)[0])}
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    if isinstance(kind, type) and has(kind):
        return _of_class(kind)
    raise TypeError(f"{kind!r} has no place in a document")


def _of_union(members: tuple[Any, ...]) -> Schema:
    return {"anyOf": [schema_of(member) for member in members]}


def _of_class(kind: type) -> Schema:
    """The schema of a class: each of its fields, and no other."""
    identity = IDENTITIES.get(kind)
    properties = {
        "_id" if field.name == identity else field.name: schema_of(field.type)
        for field in fields(resolve_types(kind))
    }
    if kind in MEMBER_NAMES:
        properties[TAG] = {"enum": [MEMBER_NAMES[kind]]}
    return {
        "bsonType": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": False,
    }
