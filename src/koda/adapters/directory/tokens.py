"""Tokens that prove what this marketplace allowed, without a record of them."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from enum import StrEnum

from attrs import astuple, field, frozen

from koda.domain.model.errors import Expired, InvalidValue, NotFound
from koda.domain.model.identifiers import FileKey
from koda.domain.model.moments import from_milliseconds

SHORTEST_SECRET = 32
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


def _long_enough(_: object, __: object, secret: bytes) -> None:
    if len(secret) < SHORTEST_SECRET:
        raise InvalidValue("secret", f"must have at least {SHORTEST_SECRET} bytes")


@frozen
class Tokens:
    """Signs claims with HMAC-SHA256 and reads them back; a token serves its one purpose only."""

    _secret: bytes = field(validator=_long_enough, repr=False)

    def sign(self, purpose: Purpose, claims: Claims) -> str:
        """Return a token of letters, digits, `-`, `_` and one dot."""
        body = _encoded(json.dumps(astuple(claims), separators=(",", ":")).encode())
        return (body + b"." + self._signature(purpose, body)).decode()

    def read(self, purpose: Purpose, token: str, now: datetime) -> Claims:
        """Return the claims of a token of ours.

        Raises:
            NotFound: forged, altered, of another purpose or another marketplace's.
            Expired: its time is over.
        """
        body, _, signature = token.encode(errors="replace").partition(b".")
        if not hmac.compare_digest(self._signature(purpose, body), signature):
            # Only the beginning is told: a token may serve another purpose.
            raise NotFound("link", token[:8])
        claims = Claims(*json.loads(urlsafe_b64decode(body + b"==")))
        if now >= claims.expires_at:
            raise Expired("link", claims.expires_at)
        return claims

    def _signature(self, purpose: Purpose, body: bytes) -> bytes:
        message = b"koda file %s\n%s" % (purpose.encode(), body)
        return _encoded(hmac.digest(self._secret, message, hashlib.sha256))


def _encoded(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")
