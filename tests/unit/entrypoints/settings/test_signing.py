import base64
import secrets

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import example, given
from hypothesis import strategies as st

from koda.entrypoints.settings.signing import decoded, derived, fault_of

BYTES = b"\xfb\xef\xff" + bytes(range(29))
"""In base64 they begin with `++//`: with what its two alphabets write differently."""


@pytest.mark.parametrize(
    "make",
    [
        lambda: secrets.token_urlsafe(32),
        lambda: secrets.token_hex(32),
        lambda: secrets.token_hex(32).upper(),
        lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
        lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        lambda: "Seven grey owls, 4 lamps & 1 tram",
    ],
    ids=["urlsafe", "hex", "HEX", "base64", "base64url", "text"],
)
def test_random_secrets_pass(make: object) -> None:
    """32 random bytes are enough, however they are written, and so is a text of as many."""
    assert callable(make)
    assert [fault for fault in (fault_of(make()) for _ in range(20)) if fault] == []


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        ("", "at least 32 bytes"),
        ("letmein", "at least 32 bytes"),
        (BYTES[:31].hex(), "at least 32 bytes"),
        (base64.b64encode(BYTES[:31]).decode(), "at least 32 bytes"),
        ("correcthorsebatterystaplecorrect", "at least 32 bytes"),
        ("s" * 60, "12 different bytes"),
        ("0123456789" * 7, "12 different bytes"),
        ("abcdefghijk" * 6, "12 different bytes"),
        ("a b " * 10, "12 different bytes"),
        ("change-me-0123456789-0123456789-0123456789", "a sample of the documents"),
        (f"{BYTES.hex()}change-me", "a sample of the documents"),
        (f"{BYTES.hex()}CHANGE-Me", "a sample of the documents"),
    ],
)
def test_secrets_that_are_easy_to_guess_are_refused(secret: str, fault: str) -> None:
    """The sentence says what is wrong, and how to make a better one."""
    told = fault_of(secret)

    assert fault in told
    assert 'python -c "import secrets; print(secrets.token_urlsafe(32))"' in told


@pytest.mark.parametrize(
    "written",
    [
        BYTES.hex(),
        BYTES.hex().upper(),
        base64.b64encode(BYTES).decode(),
        base64.b64encode(BYTES).decode().rstrip("="),
        base64.urlsafe_b64encode(BYTES).decode(),
        base64.urlsafe_b64encode(BYTES).decode().rstrip("="),
    ],
    ids=["hex", "HEX", "base64", "base64 bare", "base64url", "base64url bare"],
)
def test_written_bytes_are_read_back(written: str) -> None:
    """Hexadecimal digits and both alphabets of base64, with and without padding, are decoded."""
    assert decoded(written) == BYTES


@given(st.text())
@example("a+b_c+d_")
@example("abcde")
@example("=")
@example("ab======")
def test_any_text_is_decoded(text: str) -> None:
    """What is written in neither way is its own UTF-8 bytes, at most."""
    assert len(decoded(text)) <= len(text.encode())


def test_keys_are_derived_as_rfc_5869_says() -> None:
    """Another implementation of HKDF gives the same key."""
    reference = HKDF(SHA256(), length=32, salt=b"koda", info=b"files").derive(BYTES)

    assert derived(BYTES, "files") == reference


def test_each_purpose_has_a_key_of_its_own() -> None:
    """What is signed for one purpose says nothing for another."""
    assert derived(BYTES, "files") != derived(BYTES, "web sessions")
