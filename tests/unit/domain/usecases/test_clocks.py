"""Clocks of machines differ and are set: the life of a purchase while time jumps."""

from datetime import timedelta
from itertools import product

import pytest

from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.testing.contracts.files_case import content_of
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session

JUMPS = (-10, 10)
"""Minutes."""


@pytest.mark.parametrize("jumps", tuple(product(JUMPS, repeat=4)))
def test_purchase_goes_through_whatever_the_clock_does(
    market: Marketplace, bea: Principal, poster: Automation, jumps: tuple[int, ...]
) -> None:
    """Between checkout, payment, message and download the clock leaps ten minutes either way."""
    steps = iter(jumps)
    market.pass_time(minutes=next(steps))
    order = market.order(bea, poster)
    market.pass_time(minutes=next(steps))
    market.provider.pay(session(order))
    market.record_purchase(session(order))
    market.pass_time(minutes=next(steps))
    market.deliver(order)
    market.pass_time(minutes=next(steps))
    link = market.authorize_download(bea, poster.id)

    assert market.orders.get(order.id).settled
    assert len(market.view_library(bea).items) == 1
    assert link.expires_at - market.clock() == timedelta(minutes=5)
    opened = market.files.open(link.url.rpartition("/")[2])
    assert content_of(opened) == WORKFLOW
