"""Ids and idempotency keys of requests to Stripe."""

import hashlib
import re
from typing import Any

from stripe import RequestOptions

_KEY_LENGTH = 255
"""https://docs.stripe.com/api/idempotent_requests"""
PAGE = 100
"""The most that Stripe lists at once."""


def matches(prefix: str, identifier: object) -> bool:
    """Whether `identifier` can be one of Stripe's: `prefix`, letters and digits.

    An empty id must never reach a path, where it would ask for the whole list.
    """
    if not isinstance(identifier, str):
        return False
    return re.fullmatch(rf"(?:{prefix})_[A-Za-z0-9_]{{1,120}}", identifier, re.ASCII) is not None


def keyed(key: str) -> RequestOptions:
    """The options that make repeating a request harmless; long keys are replaced by their hash."""
    if len(key) > _KEY_LENGTH:
        key = f"koda:{hashlib.sha256(key.encode()).hexdigest()}"
    return {"idempotency_key": key}


def id_of(thing: Any) -> str:
    """The id of one of Stripe's objects, which stands for it unless it was asked for whole.

    Raises:
        AttributeError, TypeError: there is none.
    """
    named = thing if isinstance(thing, str) else thing.id
    if not isinstance(named, str):
        raise TypeError("an object without an id")
    return named
