"""Purchases: one buyer's right to one automation."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from koda.domain.model.changes import Change
from koda.domain.model.events import (
    AccessRestored,
    AccessSuspended,
    DomainEvent,
    PurchaseRecorded,
    PurchaseRefunded,
)
from koda.domain.model.identifiers import (
    AutomationId,
    OrderId,
    PurchaseId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.paging import Cursor
from koda.domain.model.refund_parts import RefundPart
from koda.domain.model.telling import told
from koda.domain.model.timestamps import to_milliseconds
from koda.domain.model.validation import identifier, integer, utc
from koda.domain.model.versions import Version

if TYPE_CHECKING:
    from koda.domain.model.orders import Order


class PurchaseState(StrEnum):
    """Whether a purchase gives access; only `active` does."""

    ACTIVE = "active"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    REVOKED = "revoked"


_Kind = type[PurchaseRecorded | PurchaseRefunded | AccessSuspended | AccessRestored]

LIVE = frozenset({PurchaseState.ACTIVE, PurchaseState.DISPUTED})
"""The states of which a buyer has at most one purchase of an automation."""


def purchase_id_of(order_id: OrderId, number: int) -> PurchaseId:
    """The id of the purchase that the line of that number of a paid order gives."""
    return PurchaseId(f"pur_{order_id.removeprefix('ord_')}_{number}")


@frozen
class Purchase:
    """A buyer's right to an automation, made from one paid order line.

    `double` marks the second payment for something the buyer had: it never gave access and its
    money goes back. `undeliverable` marks what was suspended before its payment was known, so that
    it never gave access either; it may be a double, too. `delivered` says that it ever gave access,
    so that nobody is told of one that came and went before. `returned` is what of the price the
    buyer, or their bank, has again. `revision` counts the saves.
    """

    id: PurchaseId = field(validator=identifier)
    order_id: OrderId = field(validator=identifier)
    line: int = field(validator=integer(1, 100))
    buyer_id: UserId = field(validator=identifier)
    seller_id: UserId = field(validator=identifier)
    automation_id: AutomationId = field(validator=identifier)
    version: Version
    title: str
    price: Money
    fee: Money
    bought_at: datetime = field(validator=utc)
    returned: RefundPart = field()
    state: PurchaseState = PurchaseState.ACTIVE
    double: bool = False
    delivered: bool = True
    undeliverable: bool = False
    revision: int = 0

    @returned.default
    def _nothing(self) -> RefundPart:
        return RefundPart.total((), self.price.currency)

    @classmethod
    def of(
        cls,
        order: "Order",
        line: OrderLine,
        now: datetime,
        state: PurchaseState = PurchaseState.ACTIVE,
    ) -> "Purchase":
        """The purchase that a paid line gives; its id follows from the line."""
        return cls(
            purchase_id_of(order.id, line.number),
            order.id,
            line.number,
            order.buyer_id,
            line.seller_id,
            line.automation_id,
            line.version,
            line.title,
            line.price,
            line.fee,
            now,
            state=state,
            delivered=state is PurchaseState.ACTIVE,
        )

    @property
    def lost(self) -> bool:
        """Whether its buyer's bank took all of it back."""
        return self.state is PurchaseState.DISPUTED and not self.remaining.amount.minor

    @property
    def remaining(self) -> RefundPart:
        """What is left of the price, and of the fee in it."""
        return RefundPart(self.price - self.returned.amount, self.fee - self.returned.fee)

    @property
    def place(self) -> Cursor:
        """Where it stands in the lists of its buyer and its seller, by the moment of buying."""
        return Cursor(to_milliseconds(self.bought_at), self.id)

    @property
    def live(self) -> bool:
        """Whether it stands in the way of another purchase of the same automation."""
        return self.state in LIVE

    @property
    def never_sold(self) -> bool:
        """Whether it was no sale from the first: a double, or what could not be delivered.

        A sale that became a double later was one.
        """
        return self.undeliverable or (self.double and not self.revision)

    @property
    def goes_back(self) -> bool:
        """Whether it was no sale, and its buyer has not all of the money again."""
        return self.never_sold and self.remaining.amount.minor > 0

    @property
    def recorded(self) -> tuple[DomainEvent, ...]:
        """What happened when this was kept first: nothing if it did not give access."""
        if not self.delivered:
            return ()
        return (self._told(PurchaseRecorded, self.revision, self.bought_at),)

    def as_double(self) -> "Purchase":
        """The same payment, refunded since the buyer had the automation already."""
        return evolve(self, state=PurchaseState.REFUNDED, double=True, delivered=False)

    def as_undeliverable(self) -> "Purchase":
        """The same payment, refunded since the automation cannot be delivered."""
        return evolve(self, state=PurchaseState.REFUNDED, undeliverable=True, delivered=False)

    def follows(self, state: PurchaseState) -> bool:
        """Whether `became` would make it another one.

        Doubles, what could not be delivered, and revoked ones stay as they are.
        """
        stays = self.double or self.undeliverable
        return not stays and self.state not in {state, PurchaseState.REVOKED}

    def less(self, returned: RefundPart) -> "Purchase":
        """The purchase with what of its price went back; of a double nothing was ever sold."""
        return self if self.double else evolve(self, returned=returned)

    def became(self, state: PurchaseState, now: datetime) -> Change["Purchase"]:
        """The purchase as its payment makes it, with what changed for its buyer.

        One that never gave access is not told of until it does.
        """
        if not self.follows(state):
            return Change(self)
        anew = state is PurchaseState.ACTIVE
        after = evolve(self, state=state, delivered=self.delivered or anew)
        if not after.delivered:
            return Change(after)
        kind = _KINDS[state] if self.delivered else PurchaseRecorded
        return Change(after, (self._told(kind, self.revision + 1, now),))

    def _told(self, kind: _Kind, revision: int, now: datetime) -> DomainEvent:
        return kind(
            purchase_id=self.id,
            order_id=self.order_id,
            line=self.line,
            buyer_id=self.buyer_id,
            seller_id=self.seller_id,
            automation_id=self.automation_id,
            price=self.price,
            fee=self.fee,
            **told("purchase", self.id, revision, now),
        )


_KINDS: Mapping[PurchaseState, _Kind] = {
    PurchaseState.ACTIVE: AccessRestored,
    PurchaseState.REFUNDED: PurchaseRefunded,
    PurchaseState.DISPUTED: AccessSuspended,
}
"""What is told of a purchase that comes into each state."""


@frozen
class SalesDay:
    """What one seller sold on one day (UTC), less what went back of it since.

    `count` is without refunded and revoked purchases.
    """

    day: date
    count: int
    gross: Money
    fee: Money

    @property
    def net(self) -> Money:
        """What the seller got."""
        return self.gross - self.fee
