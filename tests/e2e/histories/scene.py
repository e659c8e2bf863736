"""The people, the things for sale and the orders of a history, as they are known outside."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TypeVar

from attrs import define, field

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AlreadyOwned,
    Conflict,
    NotAuthenticated,
    NotForSale,
    NotFound,
    OrderInProgress,
    PaymentRefused,
    SellerNotReady,
)
from koda.domain.model.identifiers import AutomationId, DisputeId, UserId
from koda.domain.model.money import Money, step_of
from koda.domain.model.orders import Order
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.periods import Period
from koda.domain.model.roles import Role
from koda.testing.examples import NOON
from koda.testing.marketplace import Marketplace
from tests.e2e.histories.stage import Stage
from tests.support.backups import Backup
from tests.support.sessions import session

SELLERS = ("ada", "cyd", "ada", "dan")
"""Whose each listing is."""
PRICES = (1, 333, 1000, 2055)
"""Of the listings, in steps of the currency."""
BUYERS = ("bea", "fay")
_T = TypeVar("_T")


@define
class Scene:
    """What happened so far on a stage, and what is known of it outside the marketplace."""

    stage: Stage
    admin: Principal = field(init=False)
    buyers: list[Principal] = field(init=False)
    sellers: dict[str, Principal] = field(init=False)
    listed: list[Automation] = field(factory=list, init=False)
    orders: list[Order] = field(factory=list, init=False)
    gone: set[str] = field(factory=set, init=False)
    slow: set[str] = field(factory=set, init=False)
    paid: set[str] = field(factory=set, init=False)
    disputes: dict[DisputeId, str] = field(factory=dict, init=False)
    backups: list[Backup] = field(factory=list, init=False)
    restored: bool = field(default=False, init=False)
    trouble: tuple[str, int, bool] | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        market = self.stage.market
        self.admin = market.person("joe", Role.ADMIN)
        self.buyers = [market.person(name) for name in BUYERS]
        self.sellers = {name: self.stage.seller(name) for name in dict.fromkeys(SELLERS)}
        step = step_of(market.policy.currency).minor
        for name, price in zip(SELLERS, PRICES, strict=True):
            amount = market.policy.money(price * step).amount
            self.listed.append(
                market.list_automation(self.sellers[name], title=f"{name} {price}", price=amount)
            )

    @property
    def market(self) -> Marketplace:
        """The marketplace as it stands, with nothing that fails."""
        return self.stage.market

    # --- what a checkout is refused for, and what it closes ---------------------------------------

    def check_refused(self, buyer: Principal, refused: Conflict) -> None:
        """A buyer is refused for a good reason alone."""
        match refused:
            case AlreadyOwned(automation_id=owned):
                mine = [order for order in self.paid_orders if order.buyer_id == buyer.user_id]
                assert any(owned in order.automation_ids for order in mine)
            case OrderInProgress(order_id=order_id):
                assert order_id in self.paid | self.slow
            case NotForSale(automation_id=gone):
                assert not self.market.automations.get(AutomationId(gone)).for_sale
            case _:
                assert isinstance(refused, SellerNotReady | PaymentRefused)

    def check_superseded(self, order: Order) -> None:
        """There is one live way to pay for a thing."""
        for other in self._known(self.unpaid):
            mine = other.buyer_id == order.buyer_id and other.id != order.id
            if mine and other.automation_ids & order.automation_ids:
                state = self.market.payments.find(session(other)).state
                assert state is not PaymentState.OPEN, (order.id, other.id)

    # --- people -----------------------------------------------------------------------------------

    @property
    def customers(self) -> list[Principal]:
        """The buyers who were not deleted."""
        return [buyer for buyer in self.buyers if buyer.user_id not in self.gone]

    def signed_in(self, user_id: UserId) -> Principal:
        """Who acts as a user; raises `NotAuthenticated` if they were deleted."""
        if user_id in self.gone:
            raise NotAuthenticated
        return Principal(user_id, f"sess_{user_id}")

    # --- helpers ----------------------------------------------------------------------------------

    @property
    def everything(self) -> Period:
        """From before the beginning until now."""
        return Period(NOON - timedelta(days=1), self.market.clock() + timedelta(seconds=1))

    @property
    def paid_orders(self) -> list[Order]:
        """The orders that buyers paid."""
        return [order for order in self.orders if order.id in self.paid]

    @property
    def unpaid(self) -> list[Order]:
        """The orders that nobody began to pay."""
        return [order for order in self.orders if order.id not in self.paid | self.slow]

    def stored(self) -> list[Order]:
        """All orders as the marketplace has them, but for those that a restore lost."""
        return self._known(self.orders)

    def _known(self, orders: Iterable[Order]) -> list[Order]:
        stored: list[Order] = []
        for order in orders:
            try:
                stored.append(self.market.orders.get(order.id))
            except NotFound:
                assert self.restored, order
        return stored

    def next_market(self) -> Marketplace:
        """The marketplace as the next use case meets it."""
        if self.trouble is None:
            return self.market
        (port, nth, after), self.trouble = self.trouble, None
        return self.market.fail(port, nth, after=after)

    def part(self, price: Money, way: int) -> Money | None:
        """A part of a price, or all that is left."""
        step = step_of(price.currency).minor
        parts = (0, 0, step, price.minor // step // 2 * step, price.minor)
        minor = picked(parts, way)
        return Money(minor, price.currency) if minor else None


def picked(things: Sequence[_T], pick: int) -> _T:
    """One of them; raises `NotFound` if there is none."""
    if not things:
        raise NotFound("thing", "any")
    return things[pick % len(things)]
