"""Random histories of purchases, compared with a plain dictionary."""

from datetime import date
from functools import partial

import pytest
from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from koda.domain.model.errors import Conflict
from koda.domain.model.identifiers import AutomationId, OrderId, PurchaseId, UserId
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.ports.purchases import Purchases
from koda.testing.contracts.running import assert_same, walk
from koda.testing.strategies import ids, purchases

LIVE = (PurchaseState.ACTIVE, PurchaseState.DISPUTED)


class PurchasesMachine(RuleBasedStateMachine):
    """Purchases beside a dictionary of what they should hold."""

    seen: Bundle[Purchase] = Bundle("seen")

    def __init__(self, store: Purchases) -> None:
        super().__init__()
        self.store = store
        self.kept: dict[str, Purchase] = {}

    def owner_of_another(self, purchase: Purchase) -> bool:
        """Whether the buyer has another live purchase of the automation."""
        return any(
            other.state in LIVE and other.id != purchase.id
            for other in self.kept.values()
            if other.buyer_id == purchase.buyer_id and other.automation_id == purchase.automation_id
        )

    def expect(self, purchase: Purchase) -> Purchase:
        """What recording a purchase should keep."""
        if purchase.id not in self.kept:
            double = evolve(purchase, state=PurchaseState.REFUNDED, double=True, delivered=False)
            self.kept[purchase.id] = double if self.owner_of_another(purchase) else purchase
        return self.kept[purchase.id]

    @rule(target=seen, purchase=purchases(), order=st.integers(1, 3), lines=st.integers(1, 3))
    def record(self, purchase: Purchase, order: int, lines: int) -> Purchase:
        """Record the first lines of an order, which may be known already."""
        wanted = [
            evolve(
                purchase,
                id=PurchaseId(f"pur_{order}_{line}"),
                order_id=OrderId(f"ord_{order}"),
                line=line,
                automation_id=AutomationId(f"aut_{(order + line) % 2 + 1}"),
            )
            for line in range(1, lines + 1)
        ]
        expected = tuple(self.expect(purchase) for purchase in wanted)
        assert_same(expected, self.store.record(wanted))
        return expected[-1]

    @rule(target=seen, base=seen, state=st.sampled_from(PurchaseState))
    def save(self, base: Purchase, state: PurchaseState) -> Purchase:
        """Save a next state, which is refused if it is stale or a second live one."""
        wanted = evolve(base, state=PurchaseState.REFUNDED if base.double else state)
        stale = self.kept[base.id].revision != base.revision
        if stale or (wanted.state in LIVE and self.owner_of_another(wanted)):
            with pytest.raises(Conflict):
                self.store.save(wanted)
            return base
        self.kept[base.id] = evolve(wanted, revision=base.revision + 1)
        assert_same(self.kept[base.id], self.store.save(wanted))
        return self.kept[base.id]

    @rule(buyer=ids("user").map(UserId), automation=ids("aut", 2).map(AutomationId))
    def find(self, buyer: UserId, automation: AutomationId) -> None:
        """Ask for a buyer's purchase of an automation."""
        own = [
            purchase
            for purchase in self.kept.values()
            if (purchase.buyer_id, purchase.automation_id, purchase.double)
            == (buyer, automation, False)
        ]
        own.sort(key=lambda purchase: (purchase.state in LIVE, purchase.bought_at, purchase.id))
        assert self.store.find(buyer, automation) == (own[-1] if own else None)
        has_live = bool(own) and own[-1].state in LIVE
        assert self.store.owned(buyer, [automation]) == ({automation} if has_live else set())

    @rule(user=ids("user").map(UserId), limit=st.integers(1, 3))
    def lists(self, user: UserId, limit: int) -> None:
        """Read what a user bought and sold, page by page."""
        shown = [purchase for purchase in self.kept.values() if not purchase.double]
        shown.sort(key=lambda purchase: (purchase.bought_at, purchase.id), reverse=True)
        mine = walk(partial(self.store.of_buyer, user, limit), limit)
        sold = walk(partial(self.store.of_seller, user, limit), limit)
        assert mine == [purchase for purchase in shown if purchase.buyer_id == user]
        assert sold == [purchase for purchase in shown if purchase.seller_id == user]

    @rule(user=ids("user").map(UserId), since=st.none() | st.dates())
    def sales(self, user: UserId, since: date | None) -> None:
        """Add up what a user sold."""
        days: dict[tuple[date, str], list[int]] = {}
        for purchase in self.kept.values():
            day = purchase.bought_at.date()
            if (
                purchase.seller_id == user
                and purchase.state in LIVE
                and (since is None or day >= since)
            ):
                sums = days.setdefault((day, purchase.price.currency), [0, 0, 0])
                sums[:] = [
                    sums[0] + 1,
                    sums[1] + purchase.remaining.amount.minor,
                    sums[2] + purchase.remaining.fee.minor,
                ]
        expected = [(*key, *sums) for key, sums in sorted(days.items())]
        assert [
            (sales.day, sales.gross.currency, sales.count, sales.gross.minor, sales.fee.minor)
            for sales in self.store.sales_by_day(user, since)
        ] == expected

    @invariant()
    def everything_is_kept(self) -> None:
        """Each under its id, and at most one live one a buyer and automation."""
        assert [self.store.get(PurchaseId(purchase_id)) for purchase_id in self.kept] == list(
            self.kept.values()
        )
        live = [
            (purchase.buyer_id, purchase.automation_id)
            for purchase in self.kept.values()
            if purchase.live
        ]
        assert len(live) == len(set(live))
