"""The messages of the payment provider in memory: JSON, signed with HMAC-SHA256."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime

Headers = Mapping[str, str]

SIGNATURE = "Koda-Memory-Signature"
"""The header `{unix seconds}:{hexadecimal HMAC-SHA256 of "{seconds}." and the payload}`."""


def sign_message(body: Mapping[str, str], secret: str, now: datetime) -> tuple[bytes, Headers]:
    """Return the payload of `body` and the headers that prove its sender at `now` (UTC)."""
    payload = json.dumps(body).encode()
    return payload, sign_payload(payload, secret, now)


def sign_payload(payload: bytes, secret: str, now: datetime) -> Headers:
    """The headers that prove the sender of any `payload` at `now` (UTC)."""
    seconds = int(now.timestamp())
    return {SIGNATURE: f"{seconds}:{mark_of(payload, secret, seconds)}"}


def mark_of(payload: bytes, secret: str, seconds: int) -> str:
    """The signature of `payload` sent at `seconds` since the epoch."""
    return hmac.new(secret.encode(), b"%d." % seconds + payload, hashlib.sha256).hexdigest()
