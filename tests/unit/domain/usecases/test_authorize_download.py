from datetime import timedelta

import pytest
from attrs import evolve

from koda.domain.model.automations import Automation
from koda.domain.model.errors import (
    AutomationSuspended,
    KodaError,
    NotBought,
    NotFound,
    Unavailable,
)
from koda.domain.model.identifiers import AutomationId
from koda.domain.model.people import Principal
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.domain.model.roles import Role
from koda.domain.model.versions import Version
from koda.domain.usecases.selling.release_version import NewRelease
from koda.testing.contracts.files_case import content_of
from koda.testing.examples import WORKFLOW
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session


def bought(market: Marketplace, buyer: Principal, automation: Automation) -> Purchase:
    """The purchase of `automation` by `buyer`, who buys it now."""
    market.buy(buyer, automation)
    purchase = market.purchases.find(buyer.user_id, automation.id)
    assert purchase is not None
    return purchase


def opened(market: Marketplace, url: str) -> bytes:
    """The bytes behind a download link."""
    file = market.files.open(url.rpartition("/")[2])
    return content_of(file)


def test_buyer_downloads_what_the_seller_uploaded(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The same bytes under the same name, for five minutes."""
    bought(market, bea, poster)
    link = market.authorize_download(bea, poster.id)

    assert opened(market, link.url) == WORKFLOW
    assert link.file_name == "flow.json"
    assert link.expires_at == market.clock() + timedelta(minutes=5)


def test_every_link_is_recorded(market: Marketplace, bea: Principal, poster: Automation) -> None:
    """Who, which release, under which purchase, until when."""
    purchase = bought(market, bea, poster)
    for _ in range(2):
        market.authorize_download(bea, poster.id)
        market.pass_time(minutes=1)
    first, second = market.grants.of_purchase(purchase.id)

    assert (first.user_id, first.automation_id, first.version) == (
        bea.user_id,
        poster.id,
        Version(1, 0, 0),
    )
    assert second.granted_at - first.granted_at == timedelta(minutes=1)
    assert first.expires_at - first.granted_at == timedelta(minutes=5)


def test_no_link_without_its_record(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Where the evidence cannot be kept, nothing is handed out."""
    bought(market, bea, poster)
    down = market.but(grants=Failing(market.grants, 1))

    with pytest.raises(Unavailable):
        down.authorize_download(bea, poster.id)


def test_buyer_chooses_among_all_releases(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """The newest by default, also one that came after the purchase."""
    bought(market, bea, poster)
    newer = b'{"nodes": [{"name": "Newer"}], "connections": {}}'
    upload = market.upload(ada, newer, "flow2.json")
    market.release_version(ada, poster.id, NewRelease(version="1.1.0", artifact=upload))
    links = [
        market.authorize_download(bea, poster.id, version) for version in (None, Version(1, 0, 0))
    ]

    assert [opened(market, link.url) for link in links] == [newer, WORKFLOW]
    assert [link.file_name for link in links] == ["flow2.json", "flow.json"]


def test_seller_downloads_their_own_file(
    market: Marketplace, ada: Principal, poster: Automation
) -> None:
    """Without a purchase, and while an admin has suspended it."""
    market.moderate_automation(
        market.person("root", Role.ADMIN), poster.id, "A buyer reported it.", suspended=True
    )

    assert opened(market, market.authorize_download(ada, poster.id).url) == WORKFLOW


@pytest.mark.parametrize("step", ["untouched", "declined", "processing", "expired"])
def test_unpaid_order_gives_no_link(
    market: Marketplace, bea: Principal, poster: Automation, step: str
) -> None:
    """Until the money is there."""
    order = market.order(bea, poster)
    if step == "declined":
        market.provider.decline(session(order))
    elif step == "processing":
        market.provider.pay_later(session(order))
        market.deliver(order)
    elif step == "expired":
        market.provider.expire(session(order))
        market.deliver(order)

    with pytest.raises(NotBought):
        market.authorize_download(bea, poster.id)


def test_purchase_of_another_gives_no_link(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Also not to an admin."""
    bought(market, bea, poster)

    for other in (market.person("eve"), market.person("root", Role.ADMIN)):
        with pytest.raises(NotBought):
            market.authorize_download(other, poster.id)


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (PurchaseState.REFUNDED, "purchase_refunded"),
        (PurchaseState.DISPUTED, "purchase_disputed"),
        (PurchaseState.REVOKED, "purchase_revoked"),
    ],
)
@pytest.mark.parametrize("suspended", [False, True])
def test_purchase_that_is_not_active_gives_no_link(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    state: PurchaseState,
    code: str,
    suspended: bool,
) -> None:
    """Each reason has its own code, whatever became of the listing."""
    purchase = bought(market, bea, poster)
    market.purchases.save(evolve(purchase, state=state))
    if suspended:
        market.moderate_automation(
            market.person("root", Role.ADMIN), poster.id, "A buyer reported it.", suspended=True
        )

    with pytest.raises(KodaError) as refused:
        market.authorize_download(bea, poster.id)
    assert refused.value.code == code


def test_suspended_automation_gives_no_link(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Until it is reinstated."""
    bought(market, bea, poster)
    root = market.person("root", Role.ADMIN)
    market.moderate_automation(root, poster.id, "A buyer reported it.", suspended=True)
    with pytest.raises(AutomationSuspended):
        market.authorize_download(bea, poster.id)
    market.moderate_automation(root, poster.id, "A buyer reported it.", suspended=False)

    assert market.authorize_download(bea, poster.id).file_name == "flow.json"


def test_withdrawn_automation_stays_its_buyers(
    market: Marketplace, ada: Principal, bea: Principal, poster: Automation
) -> None:
    """Nobody else is told that it ever was."""
    bought(market, bea, poster)
    market.withdraw_automation(ada, poster.id)

    assert opened(market, market.authorize_download(bea, poster.id).url) == WORKFLOW
    with pytest.raises(NotFound):
        market.authorize_download(market.person("eve"), poster.id)


@pytest.mark.parametrize(
    ("automation_id", "version"), [("aut_x", None), ("aut_00000001", Version(9, 0, 0))]
)
def test_what_is_not_there_is_not_found(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    automation_id: str,
    version: Version | None,
) -> None:
    """An unknown automation or release."""
    bought(market, bea, poster)

    with pytest.raises(NotFound):
        market.authorize_download(bea, AutomationId(automation_id), version)
