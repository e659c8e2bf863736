"""The RSA key that signs session tokens, kept in the state."""

import hashlib
import threading
from typing import Any, cast

import jwt
from attrs import define, field
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from paysandbox.errors import Json
from paysandbox.state import State

BITS = 2048


@define(eq=False)
class SigningKey:
    """Made when it is first needed, and the same ever after."""

    state: State
    _loaded: RSAPrivateKey | None = field(default=None, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    @property
    def private(self) -> RSAPrivateKey:
        """The key object."""
        with self._lock:
            if self._loaded is None:
                self._loaded = self._read() or self._make()
            return self._loaded

    def _read(self) -> RSAPrivateKey | None:
        stored = self.state.get("meta", "signing_key")
        if stored is None:
            return None
        key = serialization.load_pem_private_key(stored["pem"].encode(), password=None)
        return cast("RSAPrivateKey", key)

    def _make(self) -> RSAPrivateKey:
        key = generate_private_key(public_exponent=65537, key_size=BITS)
        self.state.put("meta", {"id": "signing_key", "pem": private_pem(key)})
        return key

    @property
    def public_pem(self) -> str:
        """The public key, as an application's configuration takes it."""
        return (
            self.private.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    @property
    def key_id(self) -> str:
        """The `kid` of the tokens' header, which follows from the key."""
        return "ins_" + hashlib.sha256(self.public_pem.encode()).hexdigest()[:27]

    def jwks(self) -> Json:
        """The key set that verifiers fetch."""
        public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(
            self.private.public_key(), as_dict=True
        )
        described = {"use": "sig", "kty": "RSA", "kid": self.key_id, "alg": "RS256"}
        return {"keys": [{**described, "n": public["n"], "e": public["e"]}]}


def private_pem(key: RSAPrivateKey) -> str:
    """The private key as text."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
