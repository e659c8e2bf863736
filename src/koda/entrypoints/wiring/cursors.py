"""Signed cursors: a made-up place in a list is refused before anything is asked or kept."""

import base64
import hashlib
import hmac

from attrs import frozen

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import sentence

_SIGNATURE = 16
"""Bytes, which nobody guesses while a site answers."""
_PART = "."


@frozen
class Cursors:
    """Signs the cursors that are handed out with the first of its keys, and reads those of all.

    Which list and which query a cursor is of stands in it; the lists look at that.
    """

    keys: tuple[bytes, ...]

    def signed(self, cursor: str | None) -> str | None:
        """Return a cursor as it is handed out; none remains none."""
        if cursor is None:
            return None
        return f"{cursor}{_PART}{_signature(self.keys[0], cursor)}"

    def read(self, text: str | None) -> str | None:
        """Return the cursor that was handed out as `text`; nothing remains none.

        Raises:
            InvalidValue: it was never handed out.
        """
        if not text:
            return None
        cursor, _, signature = text.rpartition(_PART)
        told = signature.encode(errors="surrogatepass")
        if any(hmac.compare_digest(told, made) for made in self._signatures(cursor)):
            return cursor
        raise InvalidValue("cursor", sentence("is not one of this list; start from the first page"))

    def _signatures(self, cursor: str) -> list[bytes]:
        return [_signature(key, cursor).encode() for key in self.keys]


def _signature(key: bytes, cursor: str) -> str:
    made = hmac.digest(key, cursor.encode(errors="surrogatepass"), hashlib.sha256)[:_SIGNATURE]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
