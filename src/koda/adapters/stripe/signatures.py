"""Stripe's signature on a message: https://docs.stripe.com/webhooks#verify-manually."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from koda.domain.model.errors import RefusalCause, Unverified

TOLERANCE = 300
"""Seconds by which the time of signing may differ from ours, either way."""
LONGEST_HEADER = 4096
TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
MARK = re.compile(r"[0-9a-f]{64}", re.ASCII)


def check_signature(payload: bytes, header: str, secrets: Iterable[str], now: float) -> None:
    """Accept `payload` if one of `secrets` signed it within `TOLERANCE` of `now` (Unix seconds).

    While a secret is being rolled, Stripe signs with both and the header has several `v1`; schemes
    other than `v1` are ignored.

    Raises:
        Unverified: no signature, a wrong one, or one of another time.
    """
    seconds, marks = _read(header)
    signed = seconds.encode() + b"." + payload
    expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    if not any(hmac.compare_digest(mine, mark) for mine in expected for mark in marks):
        raise Unverified("the signature is wrong", RefusalCause.SECRET)
    if abs(now - int(seconds)) > TOLERANCE:
        raise Unverified("it was signed too long ago, or in the future", RefusalCause.CLOCK)


def _read(header: str) -> tuple[str, list[str]]:
    parts = [part.partition("=") for part in header[:LONGEST_HEADER].split(",")]
    times = [value for name, _, value in parts if name == "t" and TIME.fullmatch(value)]
    marks = [value for name, _, value in parts if name == "v1" and MARK.fullmatch(value)]
    if not times or not marks:
        raise Unverified("the signature is missing or cannot be read")
    return times[0], marks
