"""Baskets: why an automation cannot be bought, and the line of an order that it becomes."""

from collections.abc import Collection, Iterable, Mapping

from attrs import frozen

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AlreadyOwned,
    DuplicateLine,
    EmptyBasket,
    KodaError,
    NotForSale,
    NotFound,
    OwnAutomation,
    SellerNotReady,
    TooManyLines,
)
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.policy import Policy
from koda.domain.model.sellers import Seller


def check_basket(automation_ids: tuple[AutomationId, ...], limit: int) -> None:
    """Refuse a basket that no order can be made of.

    Raises:
        EmptyBasket: nothing is in it.
        TooManyLines: more than `limit` lines.
        DuplicateLine: an automation is in it twice.
    """
    if not automation_ids:
        raise EmptyBasket
    if len(automation_ids) > limit:
        raise TooManyLines(limit)
    seen: set[AutomationId] = set()
    for automation_id in automation_ids:
        if automation_id in seen:
            raise DuplicateLine(automation_id)
        seen.add(automation_id)


def obstacle(
    automation_id: AutomationId,
    automation: Automation | None,
    seller: Seller | None,
    buyer_id: UserId | None,
    owned: Collection[AutomationId],
    currency: str,
) -> KodaError | None:
    """Why `buyer_id` (or a visitor, if `None`) cannot buy the automation now, if anything.

    Everything is sold in `currency`: a listing in another one is from before that was so.
    """
    if automation is None:
        return NotFound("automation", automation_id)
    if automation.seller_id == buyer_id:
        return OwnAutomation(automation_id)
    if automation_id in owned:
        return AlreadyOwned(automation_id)
    if not automation.sold_in(currency):
        return NotForSale(automation_id)
    if seller is None or not seller.ready:
        return SellerNotReady(automation.seller_id)
    return None


def order_line(number: int, automation: Automation, seller: Seller, policy: Policy) -> OrderLine:
    """Freeze `automation` as it is for sale now, as the line `number` of an order."""
    price = automation.listing.price
    fee, _ = price.split(policy.fee_basis_points)
    return OrderLine(
        number,
        automation.id,
        automation.latest.version,
        seller.user_id,
        seller.account_id,
        automation.listing.title,
        price,
        fee,
    )


@frozen
class BasketLine:
    """One thing in a basket: the automation if there is one, and what stands in the way."""

    automation_id: AutomationId
    automation: Automation | None
    obstacle: KodaError | None


def basket_lines(
    automation_ids: Iterable[AutomationId],
    automations: Mapping[AutomationId, Automation],
    sellers: Mapping[UserId, Seller],
    buyer_id: UserId | None,
    owned: Collection[AutomationId],
    currency: str,
) -> tuple[BasketLine, ...]:
    """A line for each of `automation_ids`, in their order, with what was found of them."""

    def line(automation_id: AutomationId) -> BasketLine:
        automation = automations.get(automation_id)
        seller = sellers.get(automation.seller_id) if automation else None
        problem = obstacle(automation_id, automation, seller, buyer_id, owned, currency)
        return BasketLine(automation_id, automation, problem)

    return tuple(map(line, automation_ids))


@frozen
class Basket:
    """What a visitor is about to buy; `total` counts the lines without an obstacle."""

    lines: tuple[BasketLine, ...]
    total: Money

    @property
    def ready(self) -> bool:
        """Whether all of it can be bought now."""
        return bool(self.lines) and all(line.obstacle is None for line in self.lines)
