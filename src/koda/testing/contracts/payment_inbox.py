"""What every adapter of `PaymentInbox` does."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import CheckoutSessionId, EventId
from koda.domain.model.payments import CheckoutChanged, EventState, InboxEntry, PaymentEvent
from koda.ports.payment_inbox import PaymentInbox
from koda.testing.contracts.payment_inbox_lists import PaymentInboxListsContract
from koda.testing.contracts.running import EXAMPLES, NOWHERE, assert_same, at_once
from koda.testing.contracts.stores import StoreContract
from koda.testing.event_strategies import payment_events
from koda.testing.examples import NOON
from koda.testing.strategies import NASTY, ids, timestamps

Make = Callable[[], PaymentInbox]
Again = Callable[[PaymentInbox], PaymentInbox]

LATER = NOON + timedelta(hours=1)
PAYLOAD = b'\x00{"id": "evt_1"}\xff'
"""Bytes as they may come, which are no text."""


def an_event(event_id: str = "evt_1") -> CheckoutChanged:
    """An update of a checkout session."""
    return CheckoutChanged(EventId(event_id), "checkout.completed", CheckoutSessionId("cs_1"))


class PaymentInboxContract(StoreContract[PaymentInbox], PaymentInboxListsContract):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = PaymentInbox

    def machine(self, store: PaymentInbox) -> RuleBasedStateMachine:
        """PaymentInbox beside plain dictionaries."""
        return PaymentInboxMachine(store)

    @EXAMPLES
    @given(event=payment_events(), now=timestamps())
    def test_a_new_message_is_open(self, make: Make, event: PaymentEvent, now: datetime) -> None:
        """It has one attempt, and is pending from then on."""
        store = make()

        expected = InboxEntry(event.id, event.name, event.subject, EventState.OPEN, now)
        assert_same(expected, store.open(event, PAYLOAD, now))
        assert_same((expected,), store.pending(10))

    def test_opening_again_counts_an_attempt(self, make: Make) -> None:
        """It stays received when it first was, and keeps what it is about."""
        store = make()
        first = store.open(an_event(), PAYLOAD, NOON)
        other = CheckoutChanged(EventId("evt_1"), "checkout.expired", CheckoutSessionId("cs_2"))

        assert_same(evolve(first, attempts=2), store.open(other, b"late", LATER))
        assert_same((evolve(first, attempts=2),), store.pending(10))

    @pytest.mark.parametrize("problem", ["It broke.", "", *NASTY])
    def test_a_failed_message_is_pending_with_its_problem(self, make: Make, problem: str) -> None:
        """The problem stays until another one takes its place."""
        store = make()
        first = store.open(an_event(), PAYLOAD, NOON)
        store.failed(first.event_id, problem)

        failed = evolve(first, state=EventState.FAILED, problem=problem)
        assert_same((failed,), store.pending(10))
        reopened = evolve(failed, state=EventState.OPEN, attempts=2)
        assert_same(reopened, store.open(an_event(), b"late", LATER))
        store.failed(first.event_id, "Again.")
        again = evolve(reopened, state=EventState.FAILED, problem="Again.")
        assert_same((again,), store.pending(10))

    def test_done_is_final(self, make: Make) -> None:
        """Neither opening nor failing changes it, and it is pending no more."""
        store = make()
        first = store.open(an_event(), PAYLOAD, NOON)
        store.failed(first.event_id, "It broke.")
        store.done(first.event_id)
        store.done(first.event_id)
        store.failed(first.event_id, "Too late.")

        done = evolve(first, state=EventState.DONE, problem="It broke.")
        assert_same(done, store.open(an_event(), b"late", LATER))
        assert_same(done, store.open(an_event(), b"late", LATER))
        assert store.pending(10) == ()

    @pytest.mark.parametrize("event_id", NOWHERE)
    def test_what_was_never_opened_is_not_found(self, make: Make, event_id: str) -> None:
        """It can neither be done nor fail, and is not kept for it."""
        store = make()

        with pytest.raises(NotFound):
            store.done(EventId(event_id))
        with pytest.raises(NotFound):
            store.failed(EventId(event_id), "It broke.")
        assert store.pending(10) == ()

    def test_pending_is_oldest_first_then_by_id(self, make: Make) -> None:
        """At most as many as asked for."""
        store = make()
        for event_id, now in (("evt_3", NOON), ("evt_1", LATER), ("evt_2", NOON), ("evt_0", LATER)):
            store.open(an_event(event_id), PAYLOAD, now)

        expected = ["evt_2", "evt_3", "evt_0", "evt_1"]
        assert [entry.event_id for entry in store.pending(10)] == expected
        assert [entry.event_id for entry in store.pending(3)] == expected[:3]

    def test_forget_drops_what_was_done_and_came_before(self, make: Make) -> None:
        """What came at that very time stays, as does what is open or failed, however old."""
        store = make()
        old, late = EventId("evt_old"), EventId("evt_late")
        for event_id, hours in ((old, 0), (late, 1), ("evt_open", 0), ("evt_failed", 0)):
            store.open(an_event(event_id), PAYLOAD, NOON + timedelta(hours=hours))
        for event_id in (old, late):
            store.done(event_id)
        store.failed(EventId("evt_failed"), "It broke.")
        bound = NOON + timedelta(hours=1)

        assert store.forget(NOON) == 0
        assert store.forget(bound, dry_run=True) == 1
        assert store.forget(bound) == 1
        assert store.forget(bound) == store.forget(bound, dry_run=True) == 0
        assert [entry.event_id for entry in store.pending(9)] == ["evt_failed", "evt_open"]
        with pytest.raises(NotFound):
            store.done(old)
        store.done(late)

    def test_of_many_opening_at_once_each_is_counted(self, make: Make) -> None:
        """There is one entry, and no attempt is lost."""
        store = make()
        entries = at_once(partial(store.open, an_event(), PAYLOAD, NOON) for _ in range(20))

        attempts = sorted(entry.attempts for entry in entries if isinstance(entry, InboxEntry))
        assert attempts == list(range(1, 21))
        assert [entry.attempts for entry in store.pending(10)] == [20]

    def test_done_wins_over_failures_at_the_same_time(self, make: Make) -> None:
        """Whoever comes first."""
        store = make()
        event_id = store.open(an_event(), PAYLOAD, NOON).event_id
        failures = [partial(store.failed, event_id, "It broke.") for _ in range(9)]
        at_once([*failures, partial(store.done, event_id)])

        assert store.pending(10) == ()

    def test_another_handle_counts_on(self, make: Make, again: Again) -> None:
        """A message that came to one process and again to another has two attempts."""
        store = make()
        first = store.open(an_event(), PAYLOAD, NOON)
        other = again(store)

        assert_same(evolve(first, attempts=2), other.open(an_event(), b"late", LATER))
        other.done(first.event_id)
        assert store.pending(10) == ()
        assert store.open(an_event(), b"late", LATER).state is EventState.DONE


class PaymentInboxMachine(RuleBasedStateMachine):
    """An inbox beside a dictionary of what it should hold."""

    def __init__(self, store: PaymentInbox) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, InboxEntry] = {}

    @rule(event=payment_events(ids("evt", 4)), hours=st.integers(0, 2))
    def open(self, event: PaymentEvent, hours: int) -> None:
        """Begin to handle a message."""
        now = NOON + timedelta(hours=hours)
        kept = self.kept.get(event.id)
        if kept is None:
            kept = InboxEntry(event.id, event.name, event.subject, EventState.OPEN, now)
        elif kept.state is not EventState.DONE:
            kept = evolve(kept, state=EventState.OPEN, attempts=kept.attempts + 1)
        self.kept[event.id] = kept
        assert_same(kept, self.store.open(event, PAYLOAD, now))

    @rule(event_id=ids("evt", 4), problem=st.sampled_from([None, "It broke.", "No answer."]))
    def end(self, event_id: str, problem: str | None) -> None:
        """Mark a message as done, or as failed."""
        name = EventId(event_id)
        end = (
            partial(self.store.failed, name, problem) if problem else partial(self.store.done, name)
        )
        kept = self.kept.get(event_id)
        if kept is None:
            with pytest.raises(NotFound):
                end()
            return
        end()
        if problem is None:
            self.kept[event_id] = evolve(kept, state=EventState.DONE)
        elif kept.state is not EventState.DONE:
            self.kept[event_id] = evolve(kept, state=EventState.FAILED, problem=problem)

    @rule(hours=st.integers(0, 3), dry_run=st.booleans())
    def forget(self, hours: int, *, dry_run: bool) -> None:
        """Drop, or count, what is done and was received before a time."""
        before = NOON + timedelta(hours=hours)
        over = [
            event_id
            for event_id, entry in self.kept.items()
            if entry.state is EventState.DONE and entry.received_at < before
        ]
        assert self.store.forget(before, dry_run=dry_run) == len(over)
        for event_id in () if dry_run else over:
            del self.kept[event_id]

    @invariant()
    def what_is_not_done_is_pending(self) -> None:
        """In the order in which it came."""
        waiting = [entry for entry in self.kept.values() if entry.state is not EventState.DONE]
        waiting.sort(key=lambda entry: (entry.received_at, entry.event_id))
        assert self.store.pending(10) == tuple(waiting)
        assert self.store.pending(2) == tuple(waiting[:2])
