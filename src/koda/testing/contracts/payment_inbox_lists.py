"""What every adapter of `PaymentInbox` does with lists and payloads."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged, EventState, InboxEntry
from koda.ports.payment_inbox import PaymentInbox
from koda.testing.contracts.running import NOWHERE, assert_same, walk
from koda.testing.examples import NOON

_Make = Callable[[], PaymentInbox]

_PAYLOAD = b'\x00{"id": "evt_1"}\xff'
"""Bytes as they may come, which are no text."""
_LATER = NOON + timedelta(hours=1)


def _open(store: PaymentInbox, event_id: str, subject: str = "cs_1", hours: int = 0) -> EventId:
    event = CheckoutChanged(EventId(event_id), "checkout.completed", CheckoutSessionId(subject))
    return store.open(event, _PAYLOAD, NOON + timedelta(hours=hours)).event_id


def _many(store: PaymentInbox) -> None:
    """Twelve messages in three states, about two sessions, in four hours."""
    for number in range(12):
        event_id = _open(store, f"evt_{number}", f"cs_{number % 2}", number // 3)
        if number % 3 == 1:
            store.done(event_id)
        if number % 3 == 2:
            store.failed(event_id, "It broke.")


class PaymentInboxListsContract:
    """The part of the inbox's contract that is about lists and payloads; see that."""

    def test_entry_is_got_by_its_id(self, make: _Make) -> None:
        """As it is now."""
        store = make()
        event_id = _open(store, "evt_1")
        store.failed(event_id, "It broke.")

        expected = InboxEntry(
            event_id,
            "checkout.completed",
            "cs_1",
            EventState.FAILED,
            NOON,
            problem="It broke.",
        )
        assert_same(expected, store.get(event_id))

    @pytest.mark.parametrize("event_id", NOWHERE)
    def test_what_never_came_is_not_got(self, make: _Make, event_id: str) -> None:
        """Neither the entry nor its payload."""
        store = make()

        with pytest.raises(NotFound):
            store.get(EventId(event_id))
        with pytest.raises(NotFound):
            store.payload(EventId(event_id))

    @pytest.mark.parametrize("payload", [_PAYLOAD, b"", b"x" * 256 * 1024], ids=len)
    def test_payload_is_kept_as_it_came_first(self, make: _Make, payload: bytes) -> None:
        """To the byte, whatever comes under the same id later and whatever becomes of it."""
        store = make()
        event = CheckoutChanged(EventId("evt_1"), "checkout.completed", CheckoutSessionId("cs_1"))
        store.open(event, payload, NOON)
        store.failed(event.id, "It broke.")
        store.open(event, b"other", _LATER)
        store.done(event.id)
        store.open(event, b"other", _LATER)

        assert_same(payload, store.payload(event.id))

    @pytest.mark.parametrize("limit", [1, 5, 20])
    @pytest.mark.parametrize("state", [None, *EventState])
    @pytest.mark.parametrize("subject", [None, "cs_0"])
    @pytest.mark.parametrize("since", [None, _LATER])
    def test_entries_are_newest_first_page_by_page(
        self,
        make: _Make,
        limit: int,
        state: EventState | None,
        subject: str | None,
        since: datetime | None,
    ) -> None:
        """All of them, and those in a state, about a subject, since a time."""
        store = make()
        _many(store)

        entries = [store.get(EventId(f"evt_{number}")) for number in range(12)]
        expected = [
            entry
            for entry in sorted(entries, key=lambda entry: entry.place.id, reverse=True)
            if state in {None, entry.state}
            and subject in {None, entry.subject}
            and (since is None or entry.received_at >= since)
        ]
        expected.sort(key=lambda entry: entry.received_at, reverse=True)
        page = partial(store.entries, limit, state=state, subject=subject, since=since)
        assert walk(page, limit) == expected

    @pytest.mark.parametrize("subject", NOWHERE)
    def test_nothing_is_listed_about_the_unknown(self, make: _Make, subject: str) -> None:
        """In whatever state."""
        store = make()
        _open(store, "evt_1")

        assert store.entries(5, subject=subject).items == ()
        assert store.entries(5, subject=subject, state=EventState.OPEN).items == ()

    def test_payloads_are_dropped_of_what_is_done_and_came_before(self, make: _Make) -> None:
        """The entries stay; what is open or failed keeps its payload, however old."""
        store = make()
        old, late = _open(store, "evt_old"), _open(store, "evt_late", hours=1)
        waiting, failed = _open(store, "evt_open"), _open(store, "evt_failed")
        store.failed(failed, "It broke.")
        for event_id in (old, late):
            store.done(event_id)
        entry = store.get(old)

        assert store.drop_payloads(NOON) == 0
        assert store.drop_payloads(_LATER, dry_run=True) == 1
        assert store.payload(old) == _PAYLOAD
        assert store.drop_payloads(_LATER) == 1
        assert store.drop_payloads(_LATER) == store.drop_payloads(_LATER, dry_run=True) == 0
        with pytest.raises(NotFound):
            store.payload(old)
        assert [store.payload(kept) for kept in (late, waiting, failed)] == [_PAYLOAD] * 3
        assert_same(entry, store.get(old))

    def test_forgetting_an_entry_forgets_its_payload(self, make: _Make) -> None:
        """Whether it was dropped before or not."""
        store = make()
        for event_id in (_open(store, "evt_1"), _open(store, "evt_2", hours=1)):
            store.done(event_id)
        store.drop_payloads(_LATER)

        assert store.forget(_LATER + timedelta(hours=1)) == 2
        for name in ("evt_1", "evt_2"):
            with pytest.raises(NotFound):
                store.payload(EventId(name))
