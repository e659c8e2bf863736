"""What every adapter of `Purchases` does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis.stateful import RuleBasedStateMachine

from koda.domain.model.errors import Conflict, NotFound, StaleWrite
from koda.domain.model.identifiers import AutomationId, PurchaseId
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.ports.purchases import Purchases
from koda.testing.contracts.purchases_lists import (
    ADA,
    BEA,
    EVE,
    ONE,
    Make,
    PurchaseListsContract,
    another,
    bought,
)
from koda.testing.contracts.purchases_machine import PurchasesMachine
from koda.testing.contracts.raw import DocumentContract
from koda.testing.contracts.running import (
    EXAMPLES,
    NOWHERE,
    assert_same,
    at_once,
    only_winner,
)
from koda.testing.examples import NOON, a_line, a_purchase, an_order
from koda.testing.strategies import purchases

Again = Callable[[Purchases], Purchases]
LIVE = (PurchaseState.ACTIVE, PurchaseState.DISPUTED)


class PurchasesContract(PurchaseListsContract, DocumentContract[Purchases]):
    """Subclass it and override `make`, `again` and `broken`, as `StoreContract` says."""

    port: ClassVar[type] = Purchases

    def machine(self, store: Purchases) -> RuleBasedStateMachine:
        """Purchases beside plain dictionaries."""
        return PurchasesMachine(store)

    def write_two(self, store: Purchases) -> Mapping[str, object]:
        """Of different ids."""
        entities = a_purchase(), a_purchase(an_order("ord_2", lines=(a_line(2),)), 1)
        store.record(entities)
        return {entity.id: entity for entity in entities}

    # --- recording -----------------------------------------------------------------------

    @EXAMPLES
    @given(purchase=purchases())
    def test_what_is_recorded_is_read_back(self, make: Make, purchase: Purchase) -> None:
        """Every amount, text, time and state comes back as it was."""
        store = make()

        assert_same((purchase,), store.record([purchase]))
        assert_same(purchase, store.get(purchase.id))

    @EXAMPLES
    @given(before=purchases(), after=purchases())
    def test_what_is_saved_is_read_back(
        self, make: Make, before: Purchase, after: Purchase
    ) -> None:
        """A save replaces every value."""
        store = make()
        store.record([before])
        saved = store.save(evolve(after, id=before.id))

        assert_same(evolve(after, id=before.id, revision=1), saved)
        assert_same(saved, store.get(before.id))

    def test_an_order_gives_its_purchases_in_its_order(self, make: Make) -> None:
        """One for each line."""
        order = an_order(lines=tuple(a_line(number) for number in (1, 2, 3)))
        wanted = [a_purchase(order, number) for number in (3, 1, 2)]
        store = make()

        assert store.record(wanted) == tuple(wanted)
        assert [store.get(purchase.id) for purchase in wanted] == wanted
        assert store.record([]) == ()

    def test_a_line_is_recorded_once(self, make: Make) -> None:
        """A repeat returns what is kept, and changes nothing of it."""
        store = make()
        store.record([bought(1)])
        later = bought(1, bought_at=NOON + timedelta(days=1))

        assert store.record([later, later]) == (bought(1), bought(1))
        assert store.of_buyer(BEA, 10).items == (bought(1),)

    @pytest.mark.parametrize("state", PurchaseState)
    def test_a_repeat_returns_what_became_of_the_line(
        self, make: Make, state: PurchaseState
    ) -> None:
        """It neither revives a refunded purchase nor makes another one."""
        store = make()
        store.record([bought(1)])
        purchase = store.save(bought(1, state=state))

        assert_same((purchase,), store.record([bought(1)]))

    def test_whatever_comes_second_is_a_double(self, make: Make) -> None:
        """Even what is over when it is recorded: its money has gone back already."""
        store = make()
        over = bought(2, state=PurchaseState.REVOKED)

        assert store.record([bought(1), over]) == (bought(1), over.as_double())

    @pytest.mark.parametrize("state", LIVE)
    def test_buying_again_what_one_has_makes_a_double(
        self, make: Make, state: PurchaseState
    ) -> None:
        """It is kept as refunded, and stays a double however often it is recorded."""
        store = make()
        store.record([bought(1, state=state)])

        double = bought(2).as_double()
        assert_same((double,), store.record([bought(2)]))
        assert_same((double,), store.record([bought(2)]))
        assert_same(double, store.get(double.id))
        assert store.find(BEA, ONE) == bought(1, state=state)

    def test_one_order_may_hold_a_double_of_itself(self, make: Make) -> None:
        """The first line is live, and the second one is not."""
        store = make()
        first, second = bought(1), evolve(bought(1), id=PurchaseId("pur_1_2"), line=2)

        assert store.record([first, second]) == (first, second.as_double())

    @pytest.mark.parametrize("state", [PurchaseState.REFUNDED, PurchaseState.REVOKED])
    def test_what_was_given_back_may_be_bought_again(
        self, make: Make, state: PurchaseState
    ) -> None:
        """A purchase that is over does not stand in the way."""
        store = make()
        store.record([bought(1)])
        store.save(bought(1, state=state))

        assert store.record([bought(2)]) == (bought(2),)

    def test_others_may_own_the_same(self, make: Make) -> None:
        """A double is one buyer's of one automation."""
        store = make()
        wanted = [
            bought(1),
            bought(2, buyer_id=EVE),
            bought(3, automation_id=AutomationId("aut_2")),
        ]

        assert store.record(wanted) == tuple(wanted)

    def test_fifty_recording_one_line_at_once_make_one(self, make: Make) -> None:
        """All are told the same, and nothing is doubled."""
        store = make()
        days = [NOON + timedelta(days=number) for number in range(50)]
        results = at_once(partial(store.record, [bought(1, bought_at=day)]) for day in days)

        assert results == [(store.get(bought(1).id),)] * 50
        assert [day.count for day in store.sales_by_day(ADA)] == [1]

    def test_of_many_orders_paid_at_once_one_is_live(self, make: Make) -> None:
        """Whoever buys a thing twenty times at once owns it once; the rest are doubles."""
        store = make()
        wanted = [bought(number) for number in range(20)]
        at_once(partial(store.record, [purchase]) for purchase in wanted * 2)

        purchases = [store.get(purchase.id) for purchase in wanted]
        assert sorted(purchase.double for purchase in purchases) == [False] + [True] * 19
        assert sorted(purchase.live for purchase in purchases) == [False] * 19 + [True]
        assert store.find(BEA, ONE) == next(purchase for purchase in purchases if purchase.live)

    # --- finding -------------------------------------------------------------------------

    @pytest.mark.parametrize("identity", NOWHERE)
    def test_unknown_is_not_found(self, make: Make, identity: str) -> None:
        """Nobody owns what was never sold."""
        store = make()
        store.record([bought(1)])

        with pytest.raises(NotFound):
            store.get(PurchaseId(identity))
        assert store.find(BEA, AutomationId(identity)) is None
        assert store.owned(BEA, [AutomationId(identity)]) == frozenset()
        assert store.find(EVE, ONE) is None

    def test_find_prefers_the_live_one(self, make: Make) -> None:
        """Even when others are newer."""
        store = make()
        newer = NOON + timedelta(days=1)
        over = bought(2, bought_at=newer, state=PurchaseState.REVOKED)
        store.record([over, bought(1), bought(3, bought_at=newer)])

        assert store.find(BEA, ONE) == bought(1)

    def test_find_gives_the_newest_of_those_that_are_over(self, make: Make) -> None:
        """At the same time, the one with the higher id; never a double."""
        store = make()
        first, second = NOON, NOON + timedelta(milliseconds=1)
        over = PurchaseState.REFUNDED
        store.record([bought(number, bought_at=first, state=over) for number in (9, 8)])
        assert store.find(BEA, ONE) == bought(9, bought_at=first, state=over)

        store.record([bought(1, bought_at=second, state=over)])
        double = bought(2, bought_at=second + timedelta(days=1), state=over, double=True)
        store.record([double])
        assert store.find(BEA, ONE) == bought(1, bought_at=second, state=over)

    def test_doubles_are_nowhere_but_under_their_id(self, make: Make) -> None:
        """They are no answer, no library entry and no sale."""
        store = make()
        (double,) = store.record([bought(1, state=PurchaseState.REFUNDED, double=True)])

        assert store.get(double.id) == double
        assert store.find(BEA, ONE) is None
        assert store.owned(BEA, [ONE]) == frozenset()
        assert store.of_buyer(BEA, 10).items == store.of_seller(ADA, 10).items == ()
        assert store.sales_by_day(ADA) == ()

    def test_owned_are_the_live_ones_among_those_asked_for(self, make: Make) -> None:
        """Disputed ones count, refunded and revoked ones do not."""
        store = make()
        store.record([another(number, state=state) for number, state in enumerate(PurchaseState)])
        store.record([another(7), another(8, buyer_id=EVE)])

        live = {f"aut_{number}" for number, state in enumerate(PurchaseState) if state in LIVE}
        asked = [AutomationId(f"aut_{number}") for number in (0, 1, 2, 3, 3, 8, 9)]
        assert store.owned(BEA, iter([*asked, *map(AutomationId, NOWHERE)])) == live
        assert store.owned(BEA, []) == frozenset()

    # --- saving --------------------------------------------------------------------------

    def test_saving_cannot_make_a_second_live_one(self, make: Make) -> None:
        """It is a conflict, and nothing changes."""
        over = bought(1, state=PurchaseState.REFUNDED)
        store = make()
        store.record([over, bought(2)])

        with pytest.raises(Conflict):
            store.save(bought(1))
        assert_same(over, store.get(over.id))
        assert store.find(BEA, ONE) == bought(2)

    def test_stale_save_raises_and_changes_nothing(self, make: Make) -> None:
        """Who read before somebody saved must read again."""
        store = make()
        store.record([bought(1)])
        disputed = store.save(bought(1, state=PurchaseState.DISPUTED))

        for revision in (0, 2):
            with pytest.raises(StaleWrite):
                store.save(bought(1, revision=revision))
        assert_same(disputed, store.get(disputed.id))

    def test_saving_the_unknown_raises_and_keeps_nothing(self, make: Make) -> None:
        """A save never adds."""
        store = make()

        with pytest.raises(StaleWrite):
            store.save(bought(1))
        assert store.find(BEA, ONE) is None

    def test_of_many_saving_at_once_one_wins(self, make: Make) -> None:
        """The others are told that they are stale."""
        store = make()
        store.record([bought(1)])
        for revision in range(5):
            nexts = [bought(1, title=f"By {number}", revision=revision) for number in range(8)]
            winner = only_winner(
                at_once(partial(store.save, purchase) for purchase in nexts), StaleWrite
            )
            assert winner == store.get(winner.id)

    def test_another_handle_sees_and_refuses_what_this_one_does(
        self, make: Make, again: Again
    ) -> None:
        """It reads what was written, keeps no line again, and is stale after a save."""
        store = make()
        (first,) = store.record([a_purchase()])
        other = again(store)
        disputed = store.save(evolve(first, state=PurchaseState.DISPUTED))

        assert_same((disputed,), other.record([a_purchase()]))
        assert_same(disputed, other.find(BEA, disputed.automation_id))
        with pytest.raises(StaleWrite):
            other.save(first)
