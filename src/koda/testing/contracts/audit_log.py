"""What every adapter of `AuditLog` does."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from koda.domain.model.audit import AuditEntry, AuditOutcome, AuditSubject
from koda.domain.model.identifiers import AuditId, UserId
from koda.ports.audit_log import AuditLog
from koda.testing.contracts.running import EXAMPLES, NOWHERE, assert_same, at_once, walk
from koda.testing.contracts.stores import StoreContract
from koda.testing.examples import NOON, an_audit_entry
from koda.testing.strategies import audit_entries, ids

_Make = Callable[[], AuditLog]
_Again = Callable[[AuditLog], AuditLog]

_INES, _MOE = UserId("user_ines"), UserId("user_moe")
_FIRST, _SECOND = AuditSubject("automation", "aut_1"), AuditSubject("person", "aut_1")
_LIMIT = 100


def _many() -> list[AuditEntry]:
    """Entries of two actors about two subjects, some of the same moment; oldest first."""
    return [
        an_audit_entry(
            f"aud_{number}",
            at=NOON + timedelta(seconds=number // 3),
            actor=_INES if number % 2 else _MOE,
            subject=_FIRST if number % 3 else _SECOND,
        )
        for number in range(10)
    ]


class AuditLogContract(StoreContract[AuditLog]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = AuditLog

    def machine(self, store: AuditLog) -> RuleBasedStateMachine:
        """An audit log beside a dictionary."""
        return AuditLogMachine(store)

    @EXAMPLES
    @given(entry=audit_entries())
    def test_what_is_appended_is_read_back(self, make: _Make, entry: AuditEntry) -> None:
        """Who, when, what, on what, why, and how it ended."""
        log = make()
        log.append(entry)

        assert_same((entry,), log.entries(_LIMIT).items)
        assert_same((entry,), log.entries(_LIMIT, subject=entry.subject).items)
        assert_same((entry,), log.entries(_LIMIT, actor=entry.actor).items)

    def test_appending_again_changes_nothing(self, make: _Make) -> None:
        """An entry is not rewritten."""
        log = make()
        log.append(an_audit_entry())
        log.append(an_audit_entry(reason="Something else."))

        assert log.entries(_LIMIT).items == (an_audit_entry(),)

    @pytest.mark.parametrize("outcome", [AuditOutcome.DONE, AuditOutcome.REFUSED])
    def test_an_outcome_is_told_once(self, make: _Make, outcome: AuditOutcome) -> None:
        """Whatever is said later; the rest of the entry stays."""
        log = make()
        log.append(an_audit_entry())
        log.append(an_audit_entry("aud_2"))
        log.settle(AuditId("aud_1"), AuditOutcome.BEGUN)
        log.settle(AuditId("aud_1"), outcome)
        for later in AuditOutcome:
            log.settle(AuditId("aud_1"), later)

        expected = (an_audit_entry("aud_2"), an_audit_entry(outcome=outcome))
        assert_same(expected, log.entries(_LIMIT).items)

    @pytest.mark.parametrize("entry_id", NOWHERE)
    def test_settling_the_unknown_changes_nothing(self, make: _Make, entry_id: str) -> None:
        """Nothing is kept of it."""
        log = make()
        log.append(an_audit_entry())
        log.settle(AuditId(entry_id), AuditOutcome.DONE)

        assert log.entries(_LIMIT).items == (an_audit_entry(),)

    @pytest.mark.parametrize("limit", [1, 3, 10])
    @pytest.mark.parametrize("subject", [None, _FIRST, _SECOND])
    @pytest.mark.parametrize("actor", [None, _INES])
    def test_entries_are_newest_first_page_by_page(
        self, make: _Make, limit: int, subject: AuditSubject | None, actor: UserId | None
    ) -> None:
        """All of them, those of a subject, those of an actor, and those of both."""
        log = make()
        for entry in _many():
            log.append(entry)

        expected = [
            entry
            for entry in sorted(_many(), key=lambda entry: (entry.at, entry.id), reverse=True)
            if subject in {None, entry.subject} and actor in {None, entry.actor}
        ]
        page = partial(log.entries, limit, subject=subject, actor=actor)
        assert walk(page, limit) == expected

    @pytest.mark.parametrize("user_id", NOWHERE)
    def test_who_did_nothing_has_no_entries(self, make: _Make, user_id: str) -> None:
        """Nor has what nothing was done about."""
        log = make()
        log.append(an_audit_entry())

        assert log.entries(_LIMIT, actor=UserId(user_id)).items == ()
        assert log.entries(_LIMIT, subject=AuditSubject("order", "ord_1")).items == ()

    def test_of_many_appending_at_once_all_are_kept_once(self, make: _Make, again: _Again) -> None:
        """Ten entries, each appended by four, through two handles."""
        log = make()
        handles = (log, again(log)) * 2
        entries = [an_audit_entry(f"aud_{number}") for number in range(10)]
        at_once(partial(handle.append, entry) for entry in entries for handle in handles)

        assert log.entries(_LIMIT).items == tuple(reversed(entries))

    def test_of_many_settling_at_once_one_outcome_stays(self, make: _Make, again: _Again) -> None:
        """Both handles tell the same one."""
        log = make()
        log.append(an_audit_entry())
        other = again(log)
        outcomes = (AuditOutcome.DONE, AuditOutcome.REFUSED) * 2
        at_once(
            partial(handle.settle, AuditId("aud_1"), outcome)
            for outcome in outcomes
            for handle in (log, other)
        )

        (entry,) = log.entries(_LIMIT).items
        assert entry.outcome in outcomes
        assert other.entries(_LIMIT).items == (entry,)


class AuditLogMachine(RuleBasedStateMachine):
    """An audit log beside a dictionary of what it should hold."""

    def __init__(self, log: AuditLog) -> None:
        super().__init__()
        self.log = log
        self.kept: dict[str, AuditEntry] = {}

    @rule(
        entry=audit_entries(),
        entry_id=ids("aud", 5),
        actor=ids("user", 2),
        subject=ids("aut", 2),
    )
    def append(self, entry: AuditEntry, entry_id: str, actor: str, subject: str) -> None:
        """Append one, new or not."""
        named = evolve(
            entry,
            id=AuditId(entry_id),
            actor=UserId(actor),
            subject=AuditSubject("automation", subject),
        )
        self.kept.setdefault(entry_id, named)
        self.log.append(named)

    @rule(entry_id=ids("aud", 6), outcome=st.sampled_from(AuditOutcome))
    def settle(self, entry_id: str, outcome: AuditOutcome) -> None:
        """Tell an outcome, of a known entry or not."""
        self.log.settle(AuditId(entry_id), outcome)
        entry = self.kept.get(entry_id)
        if entry is not None and entry.outcome is AuditOutcome.BEGUN:
            self.kept[entry_id] = evolve(entry, outcome=outcome)

    @rule(
        actor=st.none() | ids("user", 2).map(UserId),
        subject=st.none() | ids("aut", 2).map(partial(AuditSubject, "automation")),
    )
    def entries(self, actor: UserId | None, subject: AuditSubject | None) -> None:
        """Read all of them, those of an actor, of a subject or of both."""
        newest = sorted(self.kept.values(), key=lambda entry: (entry.at, entry.id), reverse=True)
        expected = [
            entry
            for entry in newest
            if actor in {None, entry.actor} and subject in {None, entry.subject}
        ]
        page = partial(self.log.entries, 2, actor=actor, subject=subject)
        assert walk(page, 2) == expected
