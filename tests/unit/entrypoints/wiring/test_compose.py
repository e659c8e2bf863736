from attrs import fields

from koda.domain.usecases.buying.view_order import ViewOrder
from koda.entrypoints.wiring.backends import Backends
from koda.entrypoints.wiring.compose import compose
from koda.entrypoints.wiring.container import PORTS
from koda.testing.marketplace import Marketplace


def backends_of(market: Marketplace) -> Backends:
    """What the container of a marketplace in memory composes its use cases of."""
    return market.container.backends()


def test_use_cases_share_the_ports_that_they_are_composed_of() -> None:
    """Each port is the one that the container chose."""
    market = Marketplace()
    use_cases = compose(backends_of(market))

    assert use_cases.checkout.orders is market.orders is use_cases.view_order.orders
    assert use_cases.view_order.record is use_cases.record_purchase
    assert use_cases.checkout is not compose(backends_of(market)).checkout


def test_every_port_of_the_container_is_a_backend() -> None:
    """Under the same name, so that none is passed in another's place."""
    names = {field.name for field in fields(Backends)}

    assert names - set(PORTS) == {"policy", "admins", "currency_changed"}
    market = Marketplace()
    for name in PORTS:
        assert getattr(backends_of(market), name) is getattr(market.container, name)()


def test_ports_that_are_swapped_are_a_type_error() -> None:
    """The type checker says so: without an error there, the comment would be one."""
    of = backends_of(Marketplace())

    swapped = ViewOrder(of.purchases, compose(of).record_purchase, of.rate_limiter)  # type: ignore[arg-type]

    assert swapped.limiter is of.rate_limiter
