"""What every adapter does that verifies a provider's messages, whatever they are about."""

from collections.abc import Callable, Mapping
from typing import Protocol

import pytest

from koda.domain.model.errors import Unverified

Message = tuple[bytes, Mapping[str, str]]

PLAIN = frozenset({"Content-Type", "User-Agent"})
"""Headers of messages that are no part of their signature."""


class Verifier(Protocol):
    """Turns bytes and headers into a verified message."""

    def verify(self, payload: bytes, headers: Mapping[str, str]) -> object:
        """Return the message; raises `Unverified` if it does not prove its sender."""


class SignedWorld(Protocol):
    """The provider, which sends messages, and others, who pretend to."""

    def a_message(self) -> Message:
        """A message about something that Koda follows."""

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """`payload` signed by the provider, that many `seconds` from now."""

    def forge(self, payload: bytes) -> Message:
        """`payload` signed by somebody else, as well as they could."""


class SignedMessagesContract:
    """The part of the messages' contracts that is about signatures; see those."""

    @pytest.fixture
    def verifier(self, make: tuple[Verifier, SignedWorld]) -> Verifier:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def sender(self, make: tuple[Verifier, SignedWorld]) -> SignedWorld:
        """The world around it."""
        return make[1]

    @pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
    def test_header_names_are_compared_without_case(
        self, verifier: Verifier, sender: SignedWorld, change: Callable[[str], str]
    ) -> None:
        """Servers write the names of headers as they like."""
        payload, headers = sender.a_message()
        changed = {change(name): value for name, value in headers.items()}

        assert verifier.verify(payload, changed) == verifier.verify(payload, headers)

    def test_changed_payload_is_refused(self, verifier: Verifier, sender: SignedWorld) -> None:
        """Exactly the signed bytes hold: no byte more, less or different."""
        payload, headers = sender.a_message()
        changed = (
            payload + b" ",
            payload[:-1],
            payload.replace(b":", b": ", 1),
            b"\xff\xfe" + payload,
            b"",
        )
        for forged in changed:
            with pytest.raises(Unverified):
                verifier.verify(forged, headers)

    @pytest.mark.parametrize(
        "value",
        [
            *("", "garbage", "t=1", "t=1,v0=aa", "t=1,v1=é", "1:é", "t=,v1=", "=", ",,,"),
            *("v1,", "v1,é", "v1,=", "v1 v1", "v2,AAAA", "1e3", "nan", "-1", "9" * 12),
            "t=1" * 9999,
        ],
    )
    def test_missing_or_garbled_signature_is_refused(
        self, verifier: Verifier, sender: SignedWorld, value: str
    ) -> None:
        """Headers that are no signature, all or one of them, prove nothing and break nothing."""
        payload, headers = sender.a_message()
        garbled = [{**headers, name: value} for name in headers if name not in PLAIN]
        for proof in ({}, dict.fromkeys(headers, value), *garbled):
            with pytest.raises(Unverified):
                verifier.verify(payload, proof)

    def test_signature_with_another_secret_is_refused(
        self, verifier: Verifier, sender: SignedWorld
    ) -> None:
        """Only the provider's secret signs."""
        payload, _ = sender.a_message()

        with pytest.raises(Unverified):
            verifier.verify(*sender.forge(payload))

    @pytest.mark.parametrize("seconds", [-310, 310])
    def test_signature_of_another_time_is_refused(
        self, verifier: Verifier, sender: SignedWorld, seconds: int
    ) -> None:
        """Neither an old message replayed nor one from the future holds."""
        payload, _ = sender.a_message()

        with pytest.raises(Unverified):
            verifier.verify(*sender.sign(payload, seconds))

    @pytest.mark.parametrize("seconds", [-290, 290])
    def test_signature_of_a_short_time_ago_holds(
        self, verifier: Verifier, sender: SignedWorld, seconds: int
    ) -> None:
        """Clocks differ and networks are slow."""
        payload, headers = sender.a_message()

        again = verifier.verify(*sender.sign(payload, seconds))
        assert again == verifier.verify(payload, headers)

    @pytest.mark.parametrize(
        "payload",
        [b"", b"[]", b"null", b"{}", b'"x"', b"1", b"no JSON", b"\xff\xfe", b"[" * 100_000],
        ids=repr,
    )
    def test_signed_payload_that_is_no_message_is_refused(
        self, verifier: Verifier, sender: SignedWorld, payload: bytes
    ) -> None:
        """A good signature does not make sense of nonsense."""
        with pytest.raises(Unverified):
            verifier.verify(*sender.sign(payload))
