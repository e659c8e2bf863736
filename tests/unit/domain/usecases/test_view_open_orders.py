from koda.domain.model.automations import Automation
from koda.domain.model.people import Principal
from koda.testing.marketplace import Marketplace


def test_what_is_not_paid_is_shown_to_its_buyer(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """The newest first, to nobody else; the provider is not asked."""
    first = market.order(bea, poster)
    market.pass_time(minutes=1)
    second = market.order(bea, mailer)
    with market.provider.outage():
        assert market.view_open_orders(bea) == (second, first)

    assert market.view_open_orders(market.person("eve")) == ()


def test_what_is_paid_or_over_is_under_way_no_more(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """One is in the library; of the other somebody asked the provider."""
    market.buy(bea, poster)
    order = market.order(bea, mailer)
    market.pass_time(days=1)
    assert market.view_open_orders(bea) == (order,)

    market.view_order(bea, order.id)
    assert market.view_open_orders(bea) == ()
