"""Answers of the catalogue as JSON documents, and back."""

import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any

from attrs import frozen
from cattrs import BaseValidationError
from cattrs.preconf.json import JsonConverter, make_converter

from koda.domain.model.catalogue import Catalogue
from koda.domain.model.moments import from_milliseconds, to_milliseconds

REMEMBERED = 200
"""How many documents a process need not read again while Redis sends the same."""


@frozen
class Kept:
    """An answer, and the key it was kept under, which tells it from the answer to another."""

    key: str
    answer: Catalogue


def write_answer(key: str, answer: Catalogue) -> bytes:
    """The document of an answer that is kept under `key`."""
    document = _converter().unstructure(Kept(key, answer))
    return json.dumps(document, separators=(",", ":")).encode()


def read_answer(key: str, document: object) -> Catalogue | None:
    """The answer that `write_answer` wrote for `key`; nothing if the document is not of it."""
    if type(document) is not bytes:
        return None
    try:
        kept = _read(document)
    except (ValueError, RecursionError, BaseValidationError):
        return None
    return kept.answer if kept.key == key else None


@lru_cache(REMEMBERED)
def _read(document: bytes) -> Kept:
    value = json.loads(document)
    if type(value) is not dict:
        raise ValueError("it is no JSON object")
    return _converter().structure(value, Kept)


@cache
def _converter() -> JsonConverter:
    """The converter of this process; making it takes a while."""
    converter = make_converter(forbid_extra_keys=True)
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _only(kind))
    # Hooks hold for subclasses, too: without its own, a `StrEnum` would be read as plain text.
    converter.register_structure_hook(StrEnum, lambda value, kind: kind(value))
    converter.register_unstructure_hook(datetime, to_milliseconds)
    converter.register_structure_hook(datetime, lambda value, _: from_milliseconds(value))
    return converter


def _only(kind: type) -> Callable[[Any, Any], Any]:
    """A hook that takes a value of `kind` as it is, and no other."""

    def take(value: Any, _: Any) -> Any:
        if type(value) is kind:
            return value
        raise TypeError(f"must be {kind.__name__}")

    return take
