"""SHA-256, by which files are kept and answers are told apart."""


def sha256_of(content: bytes) -> str:
    """The SHA-256 of `content`: 64 hexadecimal digits in lower case."""
    # OpenSSL is loaded with the first digest: an import of the domain does without it.
    from hashlib import sha256  # noqa: PLC0415

    return sha256(content).hexdigest()
