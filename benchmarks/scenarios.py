"""One ordinary call of every use case, on a marketplace in memory."""

from collections.abc import Callable, Iterator
from typing import Any

from attrs import evolve, frozen

from koda.domain.model.automations import Automation
from koda.domain.model.identifiers import CheckoutSessionId
from koda.domain.model.orders import Order
from koda.domain.model.people import Principal
from koda.domain.model.uploads import FileKind
from koda.domain.search.answers import Catalogue
from koda.domain.search.catalogue import Search
from koda.domain.usecases.buying.checkout import CheckoutRequest
from koda.domain.usecases.money.handle_payment_event import HandlePaymentEvent
from koda.domain.usecases.selling.release_version import NewRelease
from koda.domain.usecases.selling.request_upload import UploadRequest
from koda.domain.usecases.selling.revise_automation import Revision
from koda.domain.usecases.selling.submit_automation import Submission
from koda.entrypoints.wiring.compose import UseCases, compose
from koda.testing.examples import WORKFLOW
from koda.testing.marketplace import DESCRIPTION, Marketplace


@frozen
class Scenario:
    """A use case on its ports, and the arguments of one call."""

    name: str
    use_case: Any
    arguments: tuple[Any, ...]


class NoCache:
    """A catalogue cache that is always empty."""

    def get_or_load(self, _: str, load: Callable[[], bytes]) -> bytes:
        """Load."""
        return load()

    def invalidate(self) -> None:
        """Nothing is kept."""


def written(_: Catalogue) -> bytes:
    """Write nothing: what an entry point makes of an answer is measured there."""
    return b""


@frozen
class Stage:
    """Two sellers with listings, and a buyer."""

    market: Marketplace
    ada: Principal
    cyd: Principal
    bea: Principal
    listed: tuple[Automation, ...]


def stage(**ports: Any) -> Stage:
    """A fresh marketplace, with these ports of its own, with twelve listings of two sellers."""
    market = Marketplace(**ports)
    ada, cyd = market.ready_seller("ada"), market.ready_seller("cyd")
    listed = tuple(
        market.list_automation(seller, title=f"Automation {number}")
        for number in range(6)
        for seller in (ada, cyd)
    )
    return Stage(market, ada, cyd, market.person("bea"), listed)


def plain(market: Marketplace) -> UseCases:
    """Its use cases alone, after which nothing is delivered."""
    return compose(market.container.backends())


def unwatched(market: Marketplace) -> HandlePaymentEvent:
    """What handles messages and counts none: that is written by the clock, not by the call."""
    return evolve(plain(market).handle_payment_event, verifier=market.payment_webhooks)


def scenarios() -> Iterator[Scenario]:
    """Yield every scenario, each on a stage of its own."""
    for part in (_selling, _listing, _looking, _buying, _owning):
        for name, use_case, *arguments in part(stage()):
            yield Scenario(name, use_case, tuple(arguments))


def _selling(on: Stage) -> Iterator[tuple[Any, ...]]:
    market, ada = on.market, on.ada
    calls = plain(market)
    announced = UploadRequest.of(FileKind.ARTIFACT, "flow.json", WORKFLOW)
    yield "onboard seller again", calls.onboard_seller, ada
    yield "confirm onboarding", calls.confirm_onboarding, ada.user_id
    yield "request upload", calls.request_upload, ada, announced
    yield "view listings", calls.view_listings, ada


def _listing(on: Stage) -> Iterator[tuple[Any, ...]]:
    market, ada = on.market, on.ada
    calls = plain(market)
    submission = Submission(
        title="Post to every network",
        description=DESCRIPTION,
        price="12.50",
        category="Social Media",
        platform="n8n",
        tags=("posting", "schedule"),
        artifact=market.upload(ada),
    )
    release = NewRelease(version="1.1.0", artifact=market.upload(ada))
    yield "submit automation", calls.submit_automation, ada, submission
    yield "revise", calls.revise_automation, ada, on.listed[0].id, Revision(price="9.00")
    yield "release version", calls.release_version, ada, on.listed[2].id, release
    yield "withdraw", calls.withdraw_automation, ada, on.listed[4].id


def _looking(on: Stage) -> Iterator[tuple[Any, ...]]:
    market, uncached = on.market, on.market.but(cache=NoCache())
    calls = plain(market)
    market.present_catalogue(Search(), "nothing", written)
    yield "browse, cached", calls.present_catalogue, Search(), "nothing", written
    yield "browse, not cached", plain(uncached).browse_catalogue, Search(q="automation")
    yield "view automation", calls.view_automation, on.bea, on.listed[0].id
    three = tuple(automation.id for automation in on.listed[:3])
    yield "view basket of 3", calls.view_basket, on.bea, three


def _buying(on: Stage) -> Iterator[tuple[Any, ...]]:
    market, bea = on.market, on.bea
    calls = plain(market)
    basket = tuple(automation.id for automation in on.listed[:3])
    yield "checkout of 3, 2 sellers", calls.checkout, bea, CheckoutRequest(automation_ids=basket)
    session = _paid(market, market.order(bea, *on.listed[3:6]))
    yield "record purchase of 3, 2 sellers", calls.record_purchase, session
    message = market.provider.event_of(_paid(market, market.order(bea, *on.listed[6:9])))
    yield "payment event, 3 lines, 2 sellers", unwatched(market), *message


def _paid(market: Marketplace, order: Order) -> CheckoutSessionId:
    if order.checkout is None:
        raise AssertionError("every order that is checked out has its session")
    market.provider.pay(order.checkout.id)
    return order.checkout.id


def _owning(on: Stage) -> Iterator[tuple[Any, ...]]:
    market, bea = on.market, on.bea
    calls = plain(market)
    order = market.buy(bea, *on.listed[:3])
    yield "view order", calls.view_order, bea, order.id
    yield "view library", calls.view_library, bea
    yield "authorize download", calls.authorize_download, bea, on.listed[0].id
    yield "view sales", calls.view_sales, on.ada
