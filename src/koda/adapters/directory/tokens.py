"""Signed tokens: they prove what this marketplace allowed, without a record of them."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from attrs import astuple, field, frozen

from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.sentences import verbatim
from koda.domain.model.timestamps import from_milliseconds

SHORTEST_KEY = 32
"""Bytes, as RFC 2104 asks of a key for SHA-256."""


class Purpose(StrEnum):
    """What a token lets its holder do."""

    UPLOAD = "upload"
    DOWNLOAD = "download"


@frozen
class Claims:
    """The file that a token is about; `ends` in milliseconds since 1970."""

    key: FileKey
    name: str
    content_type: str
    size: int
    sha256: str
    ends: int

    @property
    def expires_at(self) -> datetime:
        """When the token's time is over (UTC)."""
        return from_milliseconds(self.ends)


def _long_enough(_: object, __: object, keys: Sequence[bytes]) -> None:
    if not keys or min(map(len, keys)) < SHORTEST_KEY:
        raise InvalidValue(
            "keys", verbatim(f"must be at least one, each of at least {SHORTEST_KEY} bytes")
        )


@frozen
class Tokens:
    """Signs claims with HMAC-SHA256 and reads them back; a token serves its one purpose only.

    The first of the keys signs; what any of them signed is read.
    """

    _keys: Sequence[bytes] = field(validator=_long_enough, repr=False)

    def sign(self, purpose: Purpose, claims: Claims) -> str:
        """Return a token of letters, digits, `-`, `_` and one dot."""
        body = _encoded(json.dumps(astuple(claims), separators=(",", ":")).encode())
        return (body + b"." + _signature(self._keys[0], purpose, body)).decode()

    def read(self, purpose: Purpose, token: str, now: datetime) -> Claims:
        """Return the claims of a token of ours.

        Raises:
            NotFound: forged, altered, of another purpose or another marketplace's.
            Expired: its time is over.
        """
        body, _, signature = token.encode(errors="replace").partition(b".")
        made = (_signature(key, purpose, body) for key in self._keys)
        if not any(hmac.compare_digest(ours, signature) for ours in made):
            # Only the beginning is told: a token may serve another purpose.
            raise NotFound("link", token[:8])
        claims = Claims(*json.loads(urlsafe_b64decode(body + b"==")))
        if now >= claims.expires_at:
            raise Expired("link", claims.expires_at)
        return claims


def _signature(key: bytes, purpose: Purpose, body: bytes) -> bytes:
    message = b"koda file %s\n%s" % (purpose.encode(), body)
    return _encoded(hmac.digest(key, message, hashlib.sha256))


def _encoded(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
