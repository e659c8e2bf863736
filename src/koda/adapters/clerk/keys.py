"""The public keys with which Clerk's tokens are checked."""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

import requests
from attrs import define, field, frozen
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import RSAAlgorithm
from jwt.exceptions import InvalidKeyError

from koda.adapters.clerk.http import SERVICE, ask, open_session
from koda.domain.model.errors import InvalidValue, KodaError, NotAuthenticated, Refused, Unavailable
from koda.domain.model.sentences import sentence, verbatim
from koda.ports.clock import Clock

_logger: logging.Logger = logging.getLogger("koda.identity")

LIFETIME = timedelta(minutes=5)
"""After so long a key set is read again, and never sooner."""
RETRY = timedelta(seconds=5)
"""After so long it is tried again if it could not be read."""
_OK = 200


class Keys(Protocol):
    """Finds the key that signed a token."""

    def __call__(self, key_id: str | None) -> RSAPublicKey:
        """Return the key named `key_id`, as the token's header has it.

        Raises:
            NotAuthenticated: there is no such key.
            Unavailable: the keys cannot be read now.
        """


@frozen
class FixedKey(Keys):
    """The one key of an instance, from its settings: nothing is ever fetched."""

    key: RSAPublicKey

    @classmethod
    def from_pem(cls, pem: str) -> "FixedKey":
        r"""Read a public key in PEM; `\n` may stand for the ends of its lines.

        Raises:
            InvalidValue: it is none.
        """
        try:
            key = load_pem_public_key(pem.replace("\\n", "\n").strip().encode())
        except ValueError as problem:
            raise InvalidValue("key", verbatim("must be a public key in PEM")) from problem
        if not isinstance(key, RSAPublicKey):
            raise InvalidValue("key", verbatim("must be an RSA key"))
        return cls(key)

    def __call__(self, key_id: str | None) -> RSAPublicKey:
        """Return the key, whatever a token calls it."""
        del key_id
        return self.key


@define(eq=False)
class KeySet(Keys):
    """The keys of an instance, read from its public key set at `url` and kept.

    The clock alone decides when the set is read: whoever forges tokens names keys freely, so that
    a strange name causes no request; a new key of Clerk's is known after `LIFETIME` at the latest.
    One thread reads while the others go on with what is known. A set that cannot be read again
    stays.
    """

    url: str
    clock: Clock
    _session: requests.Session = field(init=False)
    _keys: Mapping[str, RSAPublicKey] = field(factory=dict, init=False)
    _next: datetime | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self._session = open_session(self.url)

    def __call__(self, key_id: str | None) -> RSAPublicKey:
        """Return the key, reading the set if that is due."""
        if self._due():
            self._refresh()
        key = self._keys.get(key_id or "")
        if key is not None:
            return key
        if not self._keys:
            raise Unavailable(SERVICE, int(RETRY.total_seconds()))
        raise NotAuthenticated(sentence("the session was signed with an unknown key"))

    def _due(self) -> bool:
        now = self.clock()
        return self._next is None or now >= self._next

    def _refresh(self) -> None:
        # Only while nothing is known does anybody wait for somebody else's request.
        if not self._lock.acquire(blocking=not self._keys):
            return
        try:
            if self._due():
                self._read()
        finally:
            self._lock.release()

    def _read(self) -> None:
        asked_at, keys = self.clock(), self._fetch()
        if keys:
            self._keys = keys
        # Last, since until then those who know nothing wait for this answer. What failed may have
        # taken longer than the pause: counted from before, each of them would try again in turn.
        self._next = asked_at + LIFETIME if keys else self.clock() + RETRY

    def _fetch(self) -> Mapping[str, RSAPublicKey]:
        try:
            return read_keys(self.url, self._session)
        except KodaError as problem:
            _logger.warning("The key set cannot be read: %s", problem.__cause__ or problem)
            return {}


def read_keys(url: str, session: requests.Session | None = None) -> Mapping[str, RSAPublicKey]:
    """Read the key set at `url`: its RSA keys by their names, at least one.

    Raises:
        Unavailable: no answer, or none that makes sense.
        InvalidValue: there is no such key set.
    """
    try:
        status, answer = ask(session or open_session(url), "GET", url)
    except Refused:
        status, answer = 0, None
    keys = _keys_of(answer) if status == _OK else {}
    if not keys:
        raise InvalidValue("url", verbatim(f"{url} is no set of public keys"))
    return keys


def _keys_of(answer: Any) -> Mapping[str, RSAPublicKey]:
    """The RSA keys of a key set (RFC 7517) by their names; whatever else is in it is left out."""
    listed = answer.get("keys") if isinstance(answer, dict) else None
    keys = {}
    for entry in listed if isinstance(listed, list) else ():
        key = _key_of(entry)
        if key is not None:
            keys[entry["kid"]] = key
    return keys


def _key_of(described: Any) -> RSAPublicKey | None:
    if not isinstance(described, dict) or not isinstance(described.get("kid"), str):
        return None
    try:
        key = RSAAlgorithm.from_jwk(described)
    except (InvalidKeyError, ValueError, TypeError, KeyError):
        return None
    return key if isinstance(key, RSAPublicKey) else None
