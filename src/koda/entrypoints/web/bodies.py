"""Small bodies, read strictly."""

from typing import TypeVar

import msgspec
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import Sentence, sentence
from koda.entrypoints.web.http_errors import OversizedBody

LONGEST_BODY = 4096
"""Bytes."""

Body = TypeVar("Body")


def read_bytes(most: int) -> bytes:
    """Return the raw body of the request.

    A body whose length is not announced is read one byte beyond `most`: the server cuts it there
    without a word.

    Raises:
        RequestEntityTooLarge: it has more than `most` bytes.
    """
    request.max_content_length = most + 1
    body = request.get_data(cache=False)
    if len(body) > most:
        raise too_large(most)
    return body


def too_large(most: int) -> RequestEntityTooLarge:
    """The refusal of a body of more than `most` bytes."""
    return OversizedBody(sentence("A body has at most {most} bytes.", most=most))


def read_body(kind: type[Body], hint: Sentence) -> Body:
    """Return the JSON object of the request as a `kind`, an attrs class; `hint` asks for it.

    Raises:
        InvalidValue: not such an object.
        UnsupportedMediaType, RequestEntityTooLarge: not JSON, or more than `LONGEST_BODY`.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    try:
        return msgspec.json.decode(read_bytes(LONGEST_BODY), type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise InvalidValue("body", hint) from error
