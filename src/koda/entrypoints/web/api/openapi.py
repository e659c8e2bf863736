"""The OpenAPI 3.1 document, made from the table of operations and the types that they name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from attrs import frozen
from msgspec import Meta, Struct

from koda import __version__
from koda.domain.model.announcements import TYPES, most_bytes
from koda.domain.model.countries import Country
from koda.domain.model.errors import (
    CorruptRecord,
    InvalidValue,
    KodaError,
    NotAuthenticated,
    TooMany,
    Unavailable,
)
from koda.domain.model.extras import LARGEST_NUMBER, PREFIX, TEXT_LENGTH, ExtraField, ExtraKind
from koda.domain.model.policy import Policy
from koda.domain.model.validation import REQUEST_KEY_FORM
from koda.entrypoints.web.api.operations import Access, AnyOperation
from koda.entrypoints.web.api.reading import REQUEST_KEY
from koda.entrypoints.web.api.schemas.common import NEVER_SHOWN, Identifier, Nothing, text_of
from koda.entrypoints.web.csrf import ForeignRequest
from koda.entrypoints.web.errors import CODES, status_of

JSON = "application/json"
PROBLEM = "application/problem+json"

_REFERENCE = "#/components/schemas/{name}"
_READING = (400, 413, 415)
"""What may be wrong with any body before it is read."""
_BROKEN = {500: {CODES[500], CorruptRecord.code}}
_EXTRAS: Mapping[ExtraKind, Mapping[str, Any]] = {
    ExtraKind.TEXT: {"type": "string", **(text_of(*TEXT_LENGTH).extra_json_schema or {})},
    ExtraKind.NUMBER: {"type": "integer", "minimum": -LARGEST_NUMBER, "maximum": LARGEST_NUMBER},
    ExtraKind.YES_NO: {"type": "boolean"},
}
_RETRY_AFTER = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
_HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Always `Bearer`."}},
    429: {"Retry-After": _RETRY_AFTER},
    503: {"Retry-After": _RETRY_AFTER},
}


class Fault(Struct, frozen=True, kw_only=True):
    """One thing that is wrong with what was sent."""

    field: str
    problem: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error (RFC 9457); `code` is stable. Its own data stands beside these members."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Meta(description="What happened and what to do, for a person.")]
    code: str
    problems: tuple[Fault, ...] = ()


@frozen
class Offer:
    """What one marketplace takes: its policy, and the countries whose sellers can be paid."""

    policy: Policy
    countries: Iterable[Country]

    def describe(self, schemas: dict[str, Any]) -> None:
        """Say in the schemas of requests what this marketplace takes."""
        price = schemas["Price"]["properties"]
        price["currency"]["enum"] = [self.policy.currency]
        price["amount"] |= {
            "minimum": self.policy.minimum_price,
            "maximum": self.policy.maximum_price,
        }
        schemas["OnboardingBody"]["properties"]["country"]["enum"] = sorted(self.countries)
        schemas["UploadBody"]["oneOf"] = [*self._uploads()]
        for name in ("SubmissionBody", "RevisionBody"):
            listing = schemas[name]["properties"]
            listing["category"]["enum"] = list(self.policy.categories)
            listing["platform"]["enum"] = list(self.policy.platform_names)
            listing["extras"] |= self._extras()

    def _extras(self) -> dict[str, Any]:
        """The fields that this marketplace declares, each of which may be missing, or null."""
        fields = {field.name: _or_null(_extra(field)) for field in self.policy.extras}
        return {"properties": fields, "additionalProperties": False}

    def parameters(self, extras: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The query parameters of which `extras` is the general form: one a declared field."""
        for field in self.policy.extras:
            yield {**extras, "name": field.key, "schema": _extra(field)}

    def _uploads(self) -> Iterator[dict[str, Any]]:
        """What goes together in the announcement of an upload: one choice an extension."""
        for kind, types in TYPES.items():
            for extension, content_type in types.items():
                most = most_bytes(kind, f"x{extension}", self.policy)
                letters = "".join(f"[{letter}{letter.upper()}]" for letter in extension[1:])
                name = rf"^[^/\\]*[^\s./\\{NEVER_SHOWN}][^/\\]*\.{letters}$"
                yield {
                    "properties": {
                        "kind": {"const": kind.value},
                        "file_name": {"pattern": name},
                        "content_type": {"const": content_type},
                        "size": {"maximum": most},
                    }
                }


def _extra(field: ExtraField) -> dict[str, Any]:
    return {"enum": [*field.choices]} if field.choices else {**_EXTRAS[field.kind]}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]}


def document(operations: Iterable[AnyOperation], offer: Offer | None = None) -> dict[str, Any]:
    """Describe `operations`, of one marketplace that makes an `offer` or of any.

    The server's own address is for the caller to add.
    """
    operations = tuple(operations)
    schemas = _schemas(operations)
    if offer is not None:
        offer.describe(schemas)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method.lower()] = _operation(operation, offer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Koda",
            "version": __version__,
            "description": "A marketplace for automations. Amounts are in minor units, times in "
            "UTC; lists are read page by page with `cursor` and `limit`.",
        },
        "tags": [
            {"name": name} for name in dict.fromkeys(operation.subject for operation in operations)
        ],
        "paths": dict(paths),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(operations: Iterable[AnyOperation]) -> dict[str, Any]:
    kinds = {kind for operation in operations for kind in (operation.body, operation.answer)} - {
        Nothing
    }
    ordered = sorted(kinds, key=repr)
    return msgspec.json.schema_components([*ordered, Problem], ref_template=_REFERENCE)[1]


def _schema(kind: Any) -> dict[str, Any]:
    return msgspec.json.schema_components([kind], ref_template=_REFERENCE)[0][0]


def _operation(operation: AnyOperation, offer: Offer | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.subject],
        "parameters": [
            *_path_parameters(operation),
            *_query_parameters(operation, offer),
            *_headers(operation),
        ],
        "responses": {str(operation.status): _answer(operation), **_failures(operation)},
        "security": _security(operation.access),
    }
    if operation.body is not Nothing:
        content = {JSON: {"schema": _schema(operation.body)}}
        described["requestBody"] = {"required": not operation.body_optional, "content": content}
    return described


def _path_parameters(operation: AnyOperation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _schema(Identifier)}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]


def _query_parameters(operation: AnyOperation, offer: Offer | None) -> Iterator[dict[str, Any]]:
    _, components = msgspec.json.schema_components([operation.query])
    properties: dict[str, dict[str, Any]] = components[operation.query.__name__]["properties"]
    for name, schema in properties.items():
        if name != PREFIX:
            yield {"name": name, "in": "query", "schema": schema}
            continue
        extras = {
            "name": f"{PREFIX}NAME",
            "in": "query",
            "schema": {"type": "string"},
            "description": schema["description"],
        }
        yield from offer.parameters(extras) if offer else (extras,)


def _headers(operation: AnyOperation) -> list[dict[str, Any]]:
    if not operation.keyed:
        return []
    schema = {"type": "string", "pattern": f"^{REQUEST_KEY_FORM}$"}
    meaning = "A key of your own: the same key gives the same answer, however often it is sent."
    return [{"name": REQUEST_KEY, "in": "header", "schema": schema, "description": meaning}]


def _security(access: Access) -> list[dict[str, list[str]]]:
    known: dict[str, list[str]] = {"bearer": []}
    if access is Access.PUBLIC:
        return []
    return [known] if access is Access.REQUIRED else [{}, known]


def _answer(operation: AnyOperation) -> dict[str, Any]:
    content = {JSON: {"schema": _schema(operation.answer)}}
    return {"description": HTTPStatus(operation.status).phrase, "content": content}


def _failures(operation: AnyOperation) -> dict[str, Any]:
    return {
        str(status): _failure(status, codes) for status, codes in sorted(_codes(operation).items())
    }


def _failure(status: int, codes: Iterable[str]) -> dict[str, Any]:
    code = {"properties": {"code": {"enum": sorted(codes)}}}
    schema = {"allOf": [_schema(Problem), code]}
    failure: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {PROBLEM: {"schema": schema}},
    }
    if status in _HEADERS:
        failure["headers"] = _HEADERS[status]
    return failure


def _codes(operation: AnyOperation) -> Mapping[int, set[str]]:
    """The codes of the errors that the operation may answer, by status."""
    codes: dict[int, set[str]] = defaultdict(set, {key: set(of) for key, of in _BROKEN.items()})
    for error in (*operation.errors, *_errors_around(operation)):
        codes[_status(error)].add(error.code)
    codes[413].add(CODES[413])
    if operation.body is not Nothing:
        for status in _READING:
            codes[status].add(CODES[status])
    return codes


def _errors_around(operation: AnyOperation) -> list[type[KodaError]]:
    """What goes with who calls, with what, and with what Koda stands on."""
    errors: list[type[KodaError]] = [InvalidValue, Unavailable]
    if operation.access is not Access.PUBLIC:
        errors.append(NotAuthenticated)
    if operation.limit:
        errors.append(TooMany)
    if operation.method != "GET":
        errors.append(ForeignRequest)
    return errors


def _status(error: type[KodaError]) -> int:
    return status_of(error.__new__(error))
