"""Limits of the bodies of forms: bytes, and parts."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from koda.domain.model.policy import Policy
from koda.domain.model.sizes import MEBIBYTE

FORM_BYTES = 256 * 1024
"""The most bytes of a form without files; a basket of a hundred lines has about 10 KiB."""
FORM_PARTS = 1000


def bound_fields() -> None:
    """Refuse a form of more fields than Werkzeug takes of those with files: it counts only these.

    Raises:
        RequestEntityTooLarge: so many fields, or so many bytes.
    """
    if not request.content_length:
        request.max_content_length = FORM_PARTS
    elif request.get_data(parse_form_data=False).count(b"&") >= FORM_PARTS:
        raise RequestEntityTooLarge


def most_bytes(policy: Policy) -> int:
    """Return the largest body that any address takes: a form with both of its files."""
    return policy.artifact_bytes + policy.preview_bytes + MEBIBYTE
