"""The messages of the providers in memory: JSON, signed with HMAC-SHA256."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime

from koda.domain.model.errors import RefusalCause, Unverified

Headers = Mapping[str, str]

_SIGNATURE = "Koda-Memory-Signature"
"""The header `{unix seconds}:{hexadecimal HMAC-SHA256 of "{seconds}." and the payload}`."""

_TOLERANCE_SECONDS = 300


def sign_message(body: Mapping[str, object], secret: str, now: datetime) -> tuple[bytes, Headers]:
    """Return the payload of `body` and the headers that prove its sender at `now` (UTC)."""
    payload = json.dumps(body).encode()
    return payload, sign_payload(payload, secret, now)


def sign_payload(payload: bytes, secret: str, now: datetime) -> Headers:
    """The headers that prove the sender of any `payload` at `now` (UTC)."""
    seconds = int(now.timestamp())
    return {_SIGNATURE: f"{seconds}:{mark_of(payload, secret, seconds)}"}


def mark_of(payload: bytes, secret: str, seconds: int) -> str:
    """The signature of `payload` sent at `seconds` since the epoch."""
    return hmac.new(secret.encode(), b"%d." % seconds + payload, hashlib.sha256).hexdigest()


def check_message(payload: bytes, headers: Headers, secret: str, now: datetime) -> None:
    """Accept `payload` if `secret` signed it within `_TOLERANCE_SECONDS` of `now` (UTC).

    Raises:
        Unverified: no signature, a wrong one, or one of another time.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    match = re.fullmatch(r"([0-9]{1,12}):([0-9a-f]{64})", sent.get(_SIGNATURE.lower(), ""))
    if match is None:
        raise Unverified("the signature is missing or cannot be read")
    seconds = int(match[1])
    if not hmac.compare_digest(mark_of(payload, secret, seconds), match[2]):
        raise Unverified("the signature is wrong", RefusalCause.SECRET)
    if abs(now.timestamp() - seconds) > _TOLERANCE_SECONDS:
        raise Unverified("it was signed too long ago, or in the future", RefusalCause.CLOCK)
