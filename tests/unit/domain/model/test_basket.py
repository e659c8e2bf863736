from typing import Any

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation, AutomationState
from koda.domain.model.basket import Basket, BasketLine, check_basket, obstacle
from koda.domain.model.errors import (
    AlreadyOwned,
    DuplicateLine,
    EmptyBasket,
    NotForSale,
    TooManyLines,
)
from koda.domain.model.identifiers import AutomationId, UserId
from koda.domain.model.money import Money
from koda.domain.model.sellers import Pending
from koda.testing.examples import a_seller, an_automation

ONE = AutomationId("aut_1")
ADA, BEA = UserId("user_ada"), UserId("user_bea")


def ids(count: int) -> tuple[AutomationId, ...]:
    """That many different automations."""
    return tuple(AutomationId(f"aut_{n}") for n in range(count))


def test_basket_within_the_limit_passes() -> None:
    """From one to the limit."""
    check_basket(ids(1), 3)
    check_basket(ids(3), 3)


def test_basket_of_nothing_is_refused() -> None:
    """There is nothing to pay for."""
    with pytest.raises(EmptyBasket):
        check_basket((), 3)


def test_basket_over_the_limit_is_refused() -> None:
    """The refusal says how many lines there may be."""
    with pytest.raises(TooManyLines) as refused:
        check_basket(ids(4), 3)

    assert refused.value.limit == 3


def test_repeated_line_is_refused_by_name() -> None:
    """The refusal says which automation is there twice."""
    with pytest.raises(DuplicateLine) as refused:
        check_basket((*ids(2), ONE), 3)

    assert refused.value.automation_id == ONE


def priced(currency: str) -> Automation:
    """An automation that costs something in that currency."""
    automation = an_automation()
    return evolve(automation, listing=evolve(automation.listing, price=Money(1250, currency)))


@pytest.mark.parametrize(
    ("automation", "seller", "buyer", "owned", "code"),
    [
        (an_automation(), a_seller(), BEA, (), None),
        (an_automation(), a_seller(), None, (), None),
        (None, None, BEA, (), "not_found"),
        (an_automation(), a_seller(), ADA, (), "own_automation"),
        (an_automation(), a_seller(), BEA, (ONE,), "already_owned"),
        (priced("USD"), a_seller(), BEA, (), "not_for_sale"),
        (an_automation(state=AutomationState.DRAFT), a_seller(), BEA, (), "not_for_sale"),
        (an_automation(state=AutomationState.WITHDRAWN), a_seller(), BEA, (), "not_for_sale"),
        (an_automation(state=AutomationState.SUSPENDED), a_seller(), BEA, (), "not_for_sale"),
        (an_automation(), a_seller(status=Pending()), BEA, (), "seller_not_ready"),
        (an_automation(), None, BEA, (), "seller_not_ready"),
    ],
)
def test_obstacle_is_named(
    automation: Any, seller: Any, buyer: UserId | None, owned: tuple[AutomationId], code: str
) -> None:
    """What stands between a buyer or visitor and the thing."""
    problem = obstacle(ONE, automation, seller, buyer, owned, "EUR")

    assert code == (problem.code if problem else None)


def test_basket_is_ready_when_nothing_stands_in_the_way() -> None:
    """An empty one is not, nor one with a single obstacle."""
    free = BasketLine(ONE, an_automation(), None)
    nothing = Money.zero("EUR")

    assert Basket((free,), nothing).ready
    assert not Basket((), nothing).ready
    assert not Basket((free, BasketLine(ONE, None, NotForSale(ONE))), nothing).ready
    assert not Basket((BasketLine(ONE, an_automation(), AlreadyOwned(ONE)),), nothing).ready
