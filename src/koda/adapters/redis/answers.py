"""Answers of the catalogue as values of Redis, and back."""

import hashlib

DIGEST = hashlib.sha256().digest_size


def write_answer(key: str, answer: bytes) -> bytes:
    """The value for an answer that is kept under `key`: a digest of both, and the answer."""
    return _digest(key, answer) + answer


def read_answer(key: str, value: object) -> bytes | None:
    """The answer that `write_answer` wrote for `key`; nothing if the value is not of it, whole."""
    if type(value) is not bytes:
        return None
    digest, answer = value[:DIGEST], value[DIGEST:]
    return answer if digest == _digest(key, answer) else None


def _digest(key: str, answer: bytes) -> bytes:
    digest = hashlib.sha256(f"{key}\n".encode())
    digest.update(answer)
    return digest.digest()
