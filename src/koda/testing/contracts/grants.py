"""What every adapter of `Grants` does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import GrantId, PurchaseId, UserId
from koda.ports.grants import Grants
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import EXAMPLES, NOWHERE, assert_same, at_once
from koda.testing.examples import NOON, a_grant
from koda.testing.strategies import grants, ids

Make = Callable[[], Grants]
Again = Callable[[Grants], Grants]

PURCHASE = PurchaseId("pur_1")


class GrantsContract(DocumentContract[Grants]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Grants

    def machine(self, store: Grants) -> RuleBasedStateMachine:
        """Grants beside plain dictionaries."""
        return GrantsMachine(store)

    def write_two(self, store: Grants) -> Mapping[str, object]:
        """Of different ids."""
        entities = a_grant(), a_grant("grt_2", purchase_id=None)
        for entity in entities:
            store.record(entity)
        return {entity.id: entity for entity in entities}

    @EXAMPLES
    @given(grant=grants())
    def test_what_is_recorded_is_read_back(self, make: Make, grant: Grant) -> None:
        """Who, what, which release, when and until when."""
        store = make()
        store.record(evolve(grant, purchase_id=PURCHASE))

        assert_same((evolve(grant, purchase_id=PURCHASE),), store.of_purchase(PURCHASE))

    @pytest.mark.parametrize("purchase_id", NOWHERE)
    def test_a_purchase_without_grants_has_none(self, make: Make, purchase_id: str) -> None:
        """Neither those of others nor those without a purchase are its own."""
        store = make()
        store.record(a_grant())
        store.record(a_grant("grt_2", purchase_id=None))

        assert store.of_purchase(PurchaseId(purchase_id)) == ()

    def test_recording_again_changes_nothing(self, make: Make) -> None:
        """Evidence is not rewritten."""
        store = make()
        store.record(a_grant(purchase_id=PURCHASE))
        store.record(a_grant(purchase_id=PURCHASE))
        store.record(a_grant(purchase_id=PURCHASE, user_id=UserId("user_eve")))

        assert store.of_purchase(PURCHASE) == (a_grant(purchase_id=PURCHASE),)

    def test_grants_are_oldest_first_then_by_id(self, make: Make) -> None:
        """Whatever the order in which they were recorded."""
        store = make()
        for grant_id, minutes in (("grt_3", 0), ("grt_1", 1), ("grt_2", 0), ("grt_0", 1)):
            granted = NOON + timedelta(minutes=minutes)
            store.record(a_grant(grant_id, granted_at=granted, purchase_id=PURCHASE))

        ids = [grant.id for grant in store.of_purchase(PURCHASE)]
        assert ids == ["grt_2", "grt_3", "grt_0", "grt_1"]

    def test_of_many_recording_at_once_all_are_kept_once(self, make: Make) -> None:
        """Ten grants, each recorded by four."""
        store = make()
        wanted = [a_grant(f"grt_{number}", purchase_id=PURCHASE) for number in range(10)]
        at_once(partial(store.record, grant) for grant in wanted * 4)

        assert store.of_purchase(PURCHASE) == tuple(wanted)

    def test_another_handle_reads_and_rewrites_nothing(self, make: Make, again: Again) -> None:
        """It returns what was recorded after it was opened, and records nothing twice."""
        store = make()
        other = again(store)
        store.record(a_grant(purchase_id=PURCHASE))
        other.record(a_grant(purchase_id=PURCHASE, user_id=UserId("user_eve")))

        assert other.of_purchase(PURCHASE) == (a_grant(purchase_id=PURCHASE),)
        assert store.of_purchase(PURCHASE) == (a_grant(purchase_id=PURCHASE),)

    def test_of_two_handles_recording_at_once_each_grant_is_kept_once(
        self, make: Make, again: Again
    ) -> None:
        """As two processes do."""
        store = make()
        wanted = [a_grant(f"grt_{number}", purchase_id=PURCHASE) for number in range(8)]
        handles = (store, again(store))
        at_once(partial(handle.record, grant) for grant in wanted for handle in handles)

        assert [handle.of_purchase(PURCHASE) for handle in handles] == [tuple(wanted)] * 2


class GrantsMachine(RuleBasedStateMachine):
    """Grants beside a dictionary of what they should hold."""

    def __init__(self, store: Grants) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Grant] = {}

    @rule(grant=grants(), grant_id=ids("grt", 5))
    def record(self, grant: Grant, grant_id: str) -> None:
        """Record one, new or not."""
        named = evolve(grant, id=GrantId(grant_id))
        self.kept.setdefault(grant_id, named)
        self.store.record(named)

    @invariant()
    def every_grant_is_found(self) -> None:
        """Under its purchase, in order."""
        for number in range(1, 4):
            purchase_id = PurchaseId(f"pur_{number}")
            own = [grant for grant in self.kept.values() if grant.purchase_id == purchase_id]
            own.sort(key=lambda grant: (grant.granted_at, grant.id))
            assert self.store.of_purchase(purchase_id) == tuple(own)
