"""Small JSON bodies, read strictly."""

from typing import TypeVar

import msgspec
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from koda.domain.model.errors import InvalidValue

LONGEST_BODY = 4096
"""Bytes."""

Body = TypeVar("Body")


def read_body(kind: type[Body], hint: str) -> Body:
    """Return the JSON object of the request as a `kind`, an attrs class; `hint` says what it is.

    Raises:
        InvalidValue: not such an object.
        UnsupportedMediaType, RequestEntityTooLarge: not JSON, or more than `LONGEST_BODY`.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    request.max_content_length = LONGEST_BODY
    body = request.get_data(cache=False)
    if len(body) > LONGEST_BODY:
        raise RequestEntityTooLarge
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidValue("body", f"must be {hint}, as JSON") from error
