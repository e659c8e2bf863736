"""The signature on Clerk's messages, which Svix sends for it.

https://docs.svix.com/receiving/verifying-payloads/how-manual; the same as that of
https://www.standardwebhooks.com but for the names of the headers.
"""

import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from attrs import frozen
from standardwebhooks import Webhook

from koda.domain.model.errors import InvalidValue, RefusalCause, Unverified
from koda.domain.model.sentences import verbatim

_TOLERANCE = 300
"""Seconds by which the time of signing may differ from ours, either way."""
_LONGEST_HEADER = 4096
_VENDORS = ("svix", "webhook")
"""How the names of the three headers begin."""
SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{32,}={0,2}", re.ASCII)
"""At least 24 bytes in base64, as the standard has it."""
ID = re.compile(r"[!-~]{1,256}", re.ASCII)
_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)
_LATEST = 253_402_300_799
"""The last second that Python has a date for: in the year 9999."""
_MARK = re.compile(r"v1,[A-Za-z0-9+/]{43}=", re.ASCII)


@frozen
class Signature:
    """What the headers of a message say."""

    message_id: str
    seconds: int
    marks: tuple[str, ...]


def signer(secret: str) -> Webhook:
    """Return what signs with an endpoint's secret.

    Raises:
        InvalidValue: it is none of Svix's.
    """
    try:
        if SECRET.fullmatch(secret):
            return Webhook(secret)
    except ValueError:
        pass
    raise InvalidValue(
        "secrets", verbatim("must begin with whsec_, as Clerk's dashboard shows them")
    )


def check_signature(
    payload: bytes, headers: Mapping[str, str], signers: Iterable[Webhook], now: float
) -> datetime:
    """Accept `payload` if one of `signers` signed it within `_TOLERANCE` of `now` (Unix seconds).

    The library only makes the signature to compare with: its own check reads the machine's clock,
    and fails with errors of its language on headers and bodies that others may send.

    Returns:
        When it was signed, in whole seconds (UTC). A message that is sent again is signed anew.

    Raises:
        Unverified: no signature, a wrong one, or one of another time.
    """
    signature = _read({name.lower(): value for name, value in headers.items()})
    signed_at, text = datetime.fromtimestamp(signature.seconds, UTC), _decode(payload)
    expected = [trusted.sign(signature.message_id, signed_at, text) for trusted in signers]
    if not any(hmac.compare_digest(mine, mark) for mine in expected for mark in signature.marks):
        raise Unverified("the signature is wrong", RefusalCause.SECRET)
    if abs(now - signature.seconds) > _TOLERANCE:
        raise Unverified("it was signed too long ago, or in the future", RefusalCause.CLOCK)
    return signed_at


def _read(headers: Mapping[str, str]) -> Signature:
    for vendor in _VENDORS:
        message_id, seconds, marks = (
            headers.get(f"{vendor}-{name}", "") for name in ("id", "timestamp", "signature")
        )
        signatures = tuple(filter(_MARK.fullmatch, marks[:_LONGEST_HEADER].split(" ")))
        timed = _TIME.fullmatch(seconds) and int(seconds) <= _LATEST
        if ID.fullmatch(message_id) and timed and signatures:
            return Signature(message_id, int(seconds), signatures)
    raise Unverified("the signature is missing or cannot be read")


def _decode(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as problem:
        raise Unverified("it is not text") from problem
