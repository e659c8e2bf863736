"""The marketplace's own secrets: which are strong enough, and the keys that are derived of them."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode

SHORTEST_SECRET = 32
"""Bytes of a secret once it is decoded, as RFC 2104 asks of a key for SHA-256."""
_FEWEST_BYTES = 12
"""Different bytes; 32 random ones have fewer in less than one of 10^14 secrets."""
_SAMPLE = "change-me"
"""What every sample of a secret in the documents contains."""
_MAKE_ONE = 'make one: python -c "import secrets; print(secrets.token_urlsafe(32))"'

_SALT = b"koda"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}")
_URL_SAFE = str.maketrans("+/", "-_")


def fault_of(secret: str) -> str:
    """Return why a secret is too easy to guess, and how to make another; empty if it is not."""
    if _SAMPLE in secret.lower():
        return f"is a sample of the documents; {_MAKE_ONE}"
    content = decoded(secret)
    if len(content) < SHORTEST_SECRET:
        return f"must have at least {SHORTEST_SECRET} bytes once decoded; {_MAKE_ONE}"
    # A short text that is repeated decodes to more different bytes than it is made of.
    if min(len(set(content)), len(set(secret.encode()))) < _FEWEST_BYTES:
        return f"must have at least {_FEWEST_BYTES} different bytes; {_MAKE_ONE}"
    return ""


def decoded(secret: str) -> bytes:
    """Return what a secret was before it was written down.

    A text of pairs of hexadecimal digits is read as that, one that base64 or base64url may have
    given as that, and any other by its UTF-8 bytes: the most that somebody who guesses would need.
    """
    if _HEX.fullmatch(secret):
        return bytes.fromhex(secret)
    bare = secret.rstrip("=")
    if _BASE64.fullmatch(secret) and len(bare) % 4 != 1:
        return urlsafe_b64decode(bare.translate(_URL_SAFE) + "=" * (-len(bare) % 4))
    return secret.encode()


def derived(secret: bytes, purpose: str) -> bytes:
    """Return the key of a secret for one purpose: 32 bytes by HKDF with SHA-256 (RFC 5869).

    Nobody who learns one of them learns the secret, or the key of another purpose.
    """
    extracted = hmac.digest(_SALT, secret, hashlib.sha256)
    return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)
