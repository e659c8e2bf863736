"""What every adapter of `Uploads` does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import AlreadyExists, NotFound, StaleWrite
from koda.domain.model.identifiers import UploadId, UserId
from koda.domain.model.sentences import sentence, verbatim
from koda.domain.model.uploads import Finding, Refused, UploadTicket
from koda.ports.uploads import Uploads
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    only_winner,
)
from koda.testing.examples import NOON, a_ticket
from koda.testing.listing_strategies import findings, upload_tickets
from koda.testing.strategies import ids

Make = Callable[[], Uploads]
Again = Callable[[Uploads], Uploads]

UPLOAD = UploadId("upl_1")
MILLISECOND = timedelta(milliseconds=1)


class UploadsContract(DocumentContract[Uploads]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Uploads

    def machine(self, store: Uploads) -> RuleBasedStateMachine:
        """Uploads beside plain dictionaries."""
        return UploadsMachine(store)

    def write_two(self, store: Uploads) -> Mapping[str, object]:
        """Of different ids."""
        entities = a_ticket(), a_ticket(id=UploadId("upl_2"))
        for entity in entities:
            store.add(entity)
        return {entity.id: entity for entity in entities}

    @EXAMPLES
    @given(ticket=upload_tickets())
    def test_what_is_added_is_read_back(self, make: Make, ticket: UploadTicket) -> None:
        """What was announced, by whom, and until when."""
        store = make()
        store.add(ticket)

        assert_same(ticket, store.get(ticket.id))

    @pytest.mark.parametrize("upload_id", NOWHERE)
    def test_unknown_is_not_found(self, make: Make, upload_id: str) -> None:
        """What was never issued cannot be claimed."""
        store = make()
        store.add(a_ticket())

        with pytest.raises(NotFound):
            store.get(UploadId(upload_id))

    def test_adding_twice_raises_already_exists(self, make: Make) -> None:
        """The first one stays, and a repeat of it is refused, too."""
        store = make()
        store.add(a_ticket())

        for again in (a_ticket(), a_ticket(owner=UserId("user_eve"))):
            with pytest.raises(AlreadyExists):
                store.add(again)
        assert store.get(UPLOAD) == a_ticket()

    @EXAMPLES
    @given(ticket=upload_tickets(), finding=findings())
    def test_what_is_found_is_kept(
        self, make: Make, ticket: UploadTicket, finding: Finding
    ) -> None:
        """A save takes the place of the ticket, one revision further."""
        store = make()
        store.add(ticket)
        saved = store.save(evolve(ticket, finding=finding))

        assert_same(evolve(ticket, finding=finding, revision=1), saved)
        assert_same(saved, store.get(ticket.id))

    def test_stale_save_raises_stale_write(self, make: Make) -> None:
        """So does one of a ticket that was forgotten, or never issued."""
        store = make()
        store.add(a_ticket())
        saved = store.save(evolve(a_ticket(), finding=Refused(sentence("is empty"))))

        for stale in (a_ticket(), a_ticket(id=UploadId("upl_2"))):
            with pytest.raises(StaleWrite):
                store.save(stale)
        assert store.get(UPLOAD) == saved
        store.forget(saved.expires_at + MILLISECOND)
        with pytest.raises(StaleWrite):
            store.save(saved)

    def test_of_many_saving_at_once_one_wins(self, make: Make) -> None:
        """The others learn that they are stale."""
        store = make()
        store.add(a_ticket())
        wanted = [
            evolve(a_ticket(), finding=Refused(verbatim(f"is {number}"))) for number in range(8)
        ]
        results = at_once(partial(store.save, ticket) for ticket in wanted)

        winners = [result for result in results if isinstance(result, UploadTicket)]
        assert winners == [store.get(UPLOAD)]
        assert sum(isinstance(result, StaleWrite) for result in results) == 7

    def test_forget_drops_what_expired_before(self, make: Make) -> None:
        """A ticket that expires at that very time stays; a dry run counts and drops none."""
        store = make()
        store.add(a_ticket(expires_at=NOON - MILLISECOND))
        store.add(a_ticket(id=UploadId("upl_2"), expires_at=NOON))

        assert store.forget(NOON, dry_run=True) == 1
        assert store.get(UPLOAD).expires_at == NOON - MILLISECOND
        assert store.forget(NOON) == 1
        assert store.forget(NOON) == store.forget(NOON, dry_run=True) == 0
        with pytest.raises(NotFound):
            store.get(UPLOAD)
        assert store.get(UploadId("upl_2")).expires_at == NOON

    def test_a_forgotten_id_is_free(self, make: Make) -> None:
        """Nothing of the old ticket stands in the way."""
        store = make()
        store.add(a_ticket(expires_at=NOON))
        store.forget(NOON + MILLISECOND)
        store.add(a_ticket())

        assert store.get(UPLOAD) == a_ticket()

    def test_of_many_adding_at_once_one_wins(self, make: Make) -> None:
        """The others learn that it exists."""
        store = make()
        wanted = [a_ticket(owner=UserId(f"user_{number}")) for number in range(8)]
        results = at_once(partial(store.add, ticket) for ticket in wanted)

        only_winner(results, AlreadyExists)
        assert store.get(UPLOAD) == wanted[results.index(None)]

    def test_of_many_forgetting_at_once_each_ticket_counts_once(self, make: Make) -> None:
        """What one has dropped the others do not count."""
        store = make()
        for number in range(20):
            store.add(a_ticket(id=UploadId(f"upl_{number}"), expires_at=NOON))
        counts = at_once(partial(store.forget, NOON + MILLISECOND) for _ in range(8))

        assert sum(count for count in counts if isinstance(count, int)) == 20

    def test_another_handle_sees_and_refuses_what_this_one_does(
        self, make: Make, again: Again
    ) -> None:
        """It reads what was written, is stale after a save, and cannot take an id again."""
        store = make()
        other = again(store)
        store.add(a_ticket())
        saved = store.save(evolve(a_ticket(), finding=Refused(sentence("is empty"))))

        assert_same(saved, other.get(UPLOAD))
        with pytest.raises(StaleWrite):
            other.save(a_ticket())
        with pytest.raises(AlreadyExists):
            other.add(a_ticket())


class UploadsMachine(RuleBasedStateMachine):
    """Tickets beside a dictionary of what they should be."""

    def __init__(self, store: Uploads) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, UploadTicket] = {}

    @rule(ticket=upload_tickets(), upload_id=ids("upl", 5), minutes=st.integers(0, 5))
    def add(self, ticket: UploadTicket, upload_id: str, minutes: int) -> None:
        """Issue one, which is refused if its id is taken."""
        expires = NOON + timedelta(minutes=minutes)
        issued = evolve(ticket, id=UploadId(upload_id), expires_at=expires)
        if upload_id in self.kept:
            with pytest.raises(AlreadyExists):
                self.store.add(issued)
        else:
            self.store.add(issued)
            self.kept[upload_id] = issued

    @rule(minutes=st.integers(0, 6))
    def forget(self, minutes: int) -> None:
        """Drop what expired."""
        before = NOON + timedelta(minutes=minutes)
        expired = [
            upload_id for upload_id, ticket in self.kept.items() if ticket.expires_at < before
        ]
        for upload_id in expired:
            del self.kept[upload_id]
        assert self.store.forget(before) == len(expired)

    @invariant()
    def the_rest_is_kept(self) -> None:
        """Each as it was issued, and nothing else."""
        for number in range(1, 6):
            upload_id = UploadId(f"upl_{number}")
            if upload_id in self.kept:
                assert self.store.get(upload_id) == self.kept[upload_id]
            else:
                with pytest.raises(NotFound):
                    self.store.get(upload_id)
