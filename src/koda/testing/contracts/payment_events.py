"""What every adapter of `PaymentEvents` does."""

from collections.abc import Callable, Mapping
from typing import Protocol

import pytest

from koda.domain.model.errors import Unverified
from koda.domain.model.identifiers import AccountId, SessionId
from koda.domain.model.payments import AccountChanged, CheckoutChanged, Unhandled
from koda.ports.payment_events import PaymentEvents

Message = tuple[bytes, Mapping[str, str]]


class PaymentEventsWorld(Protocol):
    """The provider, which sends messages, and others, who pretend to."""

    def session_message(self) -> tuple[SessionId, Message]:
        """A checkout session that was paid, and the message that says so."""

    def account_message(self) -> tuple[AccountId, Message]:
        """An account that changed, and the message that says so."""

    def other_message(self) -> Message:
        """A message about something that Koda does not follow."""

    def sign(self, payload: bytes, seconds: int = 0) -> Message:
        """`payload` signed by the provider, that many `seconds` from now."""

    def forge(self, payload: bytes) -> Message:
        """`payload` signed by somebody else, as well as they could."""


class PaymentEventsContract:
    """Subclass it, with a fixture `make` that returns the adapter and the world around it."""

    @pytest.fixture
    def events(self, make: tuple[PaymentEvents, PaymentEventsWorld]) -> PaymentEvents:
        """The adapter."""
        return make[0]

    @pytest.fixture
    def world(self, make: tuple[PaymentEvents, PaymentEventsWorld]) -> PaymentEventsWorld:
        """The world around it."""
        return make[1]

    def test_message_about_a_session_names_it(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """A paid session is told of as a changed checkout, and twice under the same id."""
        session_id, message = world.session_message()
        event = events.verify(*message)

        assert isinstance(event, CheckoutChanged)
        assert event.session_id == session_id
        assert event == events.verify(*message)

    def test_message_about_an_account_names_it(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """A changed account is told of as such."""
        account_id, message = world.account_message()
        event = events.verify(*message)

        assert isinstance(event, AccountChanged)
        assert event.account_id == account_id

    def test_other_message_is_unhandled(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """What Koda does not follow is accepted all the same."""
        assert isinstance(events.verify(*world.other_message()), Unhandled)

    @pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
    def test_header_names_are_compared_without_case(
        self, events: PaymentEvents, world: PaymentEventsWorld, change: Callable[[str], str]
    ) -> None:
        """Servers write the names of headers as they like."""
        _, (payload, headers) = world.session_message()
        changed = {change(name): value for name, value in headers.items()}

        assert isinstance(events.verify(payload, changed), CheckoutChanged)

    def test_changed_payload_is_refused(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """Exactly the signed bytes hold: no byte more, less or different."""
        _, (payload, headers) = world.session_message()
        changed = (
            payload + b" ",
            payload[:-1],
            payload.replace(b":", b": ", 1),
            b"\xff\xfe" + payload,
            b"",
        )
        for forged in changed:
            with pytest.raises(Unverified):
                events.verify(forged, headers)

    @pytest.mark.parametrize(
        "value",
        ["", "garbage", "t=1", "t=1,v0=aa", "t=1,v1=é", "1:é", "t=,v1=", "=", ",,,", "t=1" * 9999],
    )
    def test_missing_or_garbled_signature_is_refused(
        self, events: PaymentEvents, world: PaymentEventsWorld, value: str
    ) -> None:
        """A header that is no signature proves nothing and breaks nothing."""
        _, (payload, headers) = world.session_message()
        with pytest.raises(Unverified):
            events.verify(payload, {})
        with pytest.raises(Unverified):
            events.verify(payload, dict.fromkeys(headers, value))

    def test_signature_with_another_secret_is_refused(
        self, events: PaymentEvents, world: PaymentEventsWorld
    ) -> None:
        """Only the provider's secret signs."""
        _, (payload, _) = world.session_message()

        with pytest.raises(Unverified):
            events.verify(*world.forge(payload))

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_signature_of_another_time_is_refused(
        self, events: PaymentEvents, world: PaymentEventsWorld, seconds: int
    ) -> None:
        """Neither an old message replayed nor one from the future holds."""
        _, (payload, _) = world.session_message()

        with pytest.raises(Unverified):
            events.verify(*world.sign(payload, seconds))

    @pytest.mark.parametrize("seconds", [-290, 290])
    def test_signature_of_a_short_time_ago_holds(
        self, events: PaymentEvents, world: PaymentEventsWorld, seconds: int
    ) -> None:
        """Clocks differ and networks are slow."""
        _, (payload, _) = world.session_message()

        assert isinstance(events.verify(*world.sign(payload, seconds)), CheckoutChanged)

    @pytest.mark.parametrize(
        "payload",
        [b"", b"[]", b"null", b"{}", b'"x"', b"1", b"no JSON", b"\xff\xfe", b"[" * 100_000],
        ids=repr,
    )
    def test_signed_payload_that_is_no_message_is_refused(
        self, events: PaymentEvents, world: PaymentEventsWorld, payload: bytes
    ) -> None:
        """A good signature does not make sense of nonsense."""
        with pytest.raises(Unverified):
            events.verify(*world.sign(payload))
