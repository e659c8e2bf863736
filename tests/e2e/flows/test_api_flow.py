"""A program buys and sells through the API alone, over HTTP, on either family of adapters."""

from collections.abc import Callable

import pytest
import requests

from koda.testing.examples import WORKFLOW
from paysandbox.control import SandboxError
from tests.e2e.flows.caller import TIMEOUT, Caller
from tests.e2e.flows.serving import Site
from tests.support.sandboxes import let_capture

SignIn = Callable[[str], Caller]
FLOW_A = b'{"nodes": [{"name": "A"}], "connections": {}}'
FLOW_B = b'{"nodes": [{"name": "B"}], "connections": {}}'


@pytest.fixture
def shop(sign_in: SignIn) -> tuple[Caller, Caller, str, str]:
    """Two sellers with one listing each."""
    ada, cyd = sign_in("Ada"), sign_in("Cyd")
    ada.onboard()
    cyd.onboard()
    first = ada.list_automation("Nightly ledger", 1250, FLOW_A, "nightly ledger.json")
    second = cyd.list_automation("Morning digest", 999, FLOW_B, "digest.json")
    return ada, cyd, first, second


def test_a_basket_of_two_sellers_is_bought_and_downloaded(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """From onboarding to the same bytes under the same name, with every cent where it belongs."""
    ada, cyd, first, second = shop
    page = ada.done("GET", "/automations?q=nightly+ledg&platform=n8n")
    assert first in [item["id"] for item in page["items"]]
    bea = sign_in("Bea")
    order, session = bea.check_out(first, second)
    assert bea.state_of(order) == "open"

    site.sandbox.pay(session)
    site.sandbox.webhooks.drain()

    assert bea.state_of(order) == "paid"
    assert bea.owned() == {first, second}
    for automation, content, name in (
        (first, FLOW_A, "nightly ledger"),
        (second, FLOW_B, "digest"),
    ):
        answer = bea.download(automation)
        assert answer.content == content
        assert f'filename="{name}.json"' in answer.headers["Content-Disposition"]
    sales = [seller.done("GET", "/sales") for seller in (ada, cyd)]
    assert [
        (sale["totals"]["gross"]["amount"], sale["totals"]["fee"]["amount"]) for sale in sales
    ] == [
        (1250, 188),
        (999, 150),
    ]
    transfers = [
        transfer
        for transfer in site.sandbox.objects("transfer")
        if transfer["transfer_group"] == order
    ]
    assert sorted(transfer["amount"] for transfer in transfers) == [849, 1062]
    site.sandbox.assert_balanced()


def test_one_seller_is_paid_by_the_charge_itself(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """A basket of one seller is a charge to them with the fee kept back."""
    _, _, first, _ = shop
    bea = sign_in("Bea")
    _, session = bea.check_out(first)
    site.sandbox.pay(session)
    site.sandbox.webhooks.drain()
    charge = site.sandbox.objects("charge")[-1]
    assert (charge["amount"], charge["application_fee_amount"]) == (1250, 188)
    assert bea.owned() == {first}


def test_a_lost_message_is_made_up_for_by_looking_at_the_order(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """A buyer who comes back has the purchase even if no message ever arrives."""
    bea = sign_in("Bea")
    order, session = bea.check_out(*shop[2:])
    site.sandbox.webhooks.hold()
    try:
        site.sandbox.pay(session)
        assert bea.owned() == set()
        assert bea.state_of(order) == "paid"
        assert bea.owned() == set(shop[2:])
    finally:
        site.sandbox.webhooks.release()
    site.sandbox.webhooks.drain()
    assert bea.owned() == set(shop[2:])


@pytest.mark.parametrize("act", ["nothing", "decline", "expire", "pay_later"])
def test_without_the_money_there_is_no_file(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn, act: str
) -> None:
    """Unpaid, declined, abandoned and unsettled sessions give nothing."""
    bea, automation = sign_in("Bea"), shop[2]
    order, session = bea.check_out(automation)
    if act != "nothing":
        getattr(site.sandbox, act)(session)
    site.sandbox.webhooks.drain()
    assert bea.state_of(order) == ("expired" if act == "expire" else "open")
    assert bea.owned() == set()
    refusal = bea.refused("POST", f"/library/{automation}/download")
    assert refusal == (403, "not_bought")


@pytest.mark.parametrize(("succeed", "state"), [(True, "paid"), (False, "failed")])
def test_money_that_comes_later_gives_the_file_later(
    site: Site,
    shop: tuple[Caller, Caller, str, str],
    sign_in: SignIn,
    succeed: bool,
    state: str,
) -> None:
    """A debit that arrives pays the order; one that bounces fails it."""
    bea, automation = sign_in("Bea"), shop[2]
    order, session = bea.check_out(automation)
    site.sandbox.pay_later(session)
    site.sandbox.settle(session, succeed=succeed)
    site.sandbox.webhooks.drain()
    assert bea.state_of(order) == state
    assert bea.owned() == ({automation} if succeed else set())


def test_somebody_elses_order_and_purchase_stay_theirs(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """A foreign order is not there, and a foreign purchase opens nothing."""
    bea, eve = sign_in("Bea"), sign_in("Eve")
    order, session = bea.check_out(shop[2])
    site.sandbox.pay(session)
    site.sandbox.webhooks.drain()
    assert eve.refused("GET", f"/orders/{order}") == (404, "not_found")
    assert eve.refused("GET", f"/orders/{session}") == (404, "not_found")
    assert eve.refused("GET", "/orders/..%2f..%2fetc") == (404, "not_found")
    assert eve.refused("POST", f"/library/{shop[2]}/download") == (403, "not_bought")
    assert eve.owned() == set()


def test_a_forged_message_gives_nothing(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """A message about a session, signed with another secret, is refused and changes nothing."""
    bea = sign_in("Bea")
    _, session = bea.check_out(shop[2])
    payload = (
        b'{"id": "evt_forged", "object": "event", "type": "checkout.session.completed",'
        b' "livemode": false, "data": {"object": {"id": "%s", "object": "checkout.session",'
        b' "payment_status": "paid"}}}' % session.encode()
    )
    forged = site.sandbox.webhooks.sign(payload, secret="whsec_" + "0" * 32)
    answer = requests.post(
        f"{site.url}/webhooks/stripe", data=payload, headers=forged, timeout=TIMEOUT
    )
    assert answer.status_code == 400
    signed = site.sandbox.webhooks.sign(payload)
    answer = requests.post(
        f"{site.url}/webhooks/stripe", data=payload, headers=signed, timeout=TIMEOUT
    )
    assert answer.status_code == 200
    assert bea.owned() == set()


def test_second_checkout_of_a_thing_closes_the_first(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """The page that is open in another window can be paid no more, so that nobody pays twice."""
    ada, _, first, second = shop
    bea = sign_in("Bea")
    _, checkout = bea.check_out(first)
    _, two = bea.check_out(first, second)
    let_capture(site.sandbox)
    before = site.sandbox.balance_of("world")
    with pytest.raises(SandboxError):
        site.sandbox.pay(checkout)
    site.sandbox.pay(two)
    let_capture(site.sandbox)
    site.sandbox.webhooks.drain()
    assert bea.owned() == {first, second}
    assert before - site.sandbox.balance_of("world") == 1250 + 999
    assert ada.done("GET", "/sales")["totals"]["count"] == 1
    site.sandbox.assert_balanced()


def test_a_link_is_for_one_file_and_cannot_be_bent(
    site: Site, shop: tuple[Caller, Caller, str, str], sign_in: SignIn
) -> None:
    """A download link with one character changed opens nothing; no path leads to an artifact."""
    bea = sign_in("Bea")
    _, session = bea.check_out(shop[2])
    site.sandbox.pay(session)
    site.sandbox.webhooks.drain()
    link = bea.done("POST", f"/library/{shop[2]}/download")["url"]
    assert link.startswith(site.files_url)
    bent = link[:-2] + ("A" if link[-2] != "A" else "B") + link[-1]
    assert requests.get(bent, timeout=TIMEOUT).status_code in {403, 404}
    assert requests.get(link, timeout=TIMEOUT).content == FLOW_A
    part = requests.get(link, headers={"Range": "bytes=0-4"}, timeout=TIMEOUT)
    assert (part.status_code, part.content) == (206, FLOW_A[:5])


def test_both_processes_show_a_listing_at_the_next_request(site: Site, sign_in: SignIn) -> None:
    """What one process lists is in every process's catalogue at once, however often one asks."""
    ada = sign_in("Ada")
    ada.onboard()
    for number in range(5):
        title = f"Everywhere {number}"
        listed = ada.list_automation(title, 500, WORKFLOW)
        answers = [
            requests.get(f"{site.url}/api/v1/automations?q=everywhere+{number}", timeout=TIMEOUT)
            for _ in range(20)
        ]
        assert all(listed in answer.text for answer in answers)
