"""The payment provider's messages, right and wrong, on the production family."""

import json
import logging
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from attrs import evolve
from dependency_injector.providers import Object

from koda.adapters.stripe.client import API_VERSION, make_client
from koda.adapters.stripe.payments import StripePayments
from koda.domain.model.identifiers import AccountId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order
from koda.entrypoints.web.app import create_app
from koda.entrypoints.web.pages.webhooks import LONGEST_MESSAGE
from tests.e2e.family.shop import OLD, SITE, Paid, Shop
from tests.support.sessions import session

CONNECT = "/webhooks/stripe-connect"
COMPLETED = "checkout.session.completed"


@pytest.fixture(scope="module")
def shared(shop: Shop) -> Paid:
    """A paid order to which no message of a test may do anything."""
    return shop.paid()


@pytest.mark.parametrize(
    "header", [None, "", "garbage", "t=1", "t={now}", "t={now},v0={mark}", "t=1,v1=\xe9", "v1=é"]
)
def test_message_without_a_good_signature_writes_nothing(
    shop: Shop, shared: Paid, header: str | None
) -> None:
    """400, whatever stands there."""
    now = int(shop.market.clock().timestamp())
    told = {} if header is None else {"Stripe-Signature": header.format(now=now, mark="a" * 64)}

    assert shop.post(shared.message(), told).status_code == 400
    assert shared.untouched


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body + b" ",
        lambda body: body.replace(b"complete", b"Complete", 1),
        lambda body: json.dumps(json.loads(body), indent=1).encode(),
        lambda body: b"\xff\xfe",
    ],
    ids=["longer", "one byte", "written anew", "not UTF-8"],
)
def test_changed_message_is_refused(
    shop: Shop, shared: Paid, change: Callable[[bytes], bytes]
) -> None:
    """The signature is over the bytes as they were sent."""
    signed = shop.sign(shared.message())

    assert change(shared.message()) != shared.message()
    assert shop.post(change(shared.message()), signed).status_code == 400
    assert shared.untouched


@pytest.mark.parametrize("late", [-330, 330, 365 * 24 * 3600])
def test_signature_of_another_time_is_refused(shop: Shop, shared: Paid, late: int) -> None:
    """More than five minutes in the past or in the future."""
    payload = shared.message()

    assert shop.post(payload, shop.sign(payload, late=late)).status_code == 400
    assert shared.untouched


@pytest.mark.parametrize("late", [-270, 270])
def test_clocks_may_differ(shop: Shop, paid: Paid, late: int) -> None:
    """Less than five minutes are borne."""
    payload = paid.message()

    assert shop.post(payload, shop.sign(payload, late=late)).status_code == 200
    assert len(paid.owned) == 1


@pytest.mark.parametrize(
    "body",
    [b"[]", b"null", b"{}", b'"x"', b"no JSON", b"", b"[" * 100_000, b"\xff\xfe", b'{"id": NaN}'],
    ids=lambda body: body[:8].decode("latin-1"),
)
def test_signed_nonsense_is_refused(shop: Shop, shared: Paid, body: bytes) -> None:
    """400 and never 500, though the signature is right."""
    assert shop.post(body).status_code == 400
    assert shared.untouched


@pytest.mark.parametrize("both", [False, True], ids=["the old one", "both"])
def test_either_secret_holds_while_one_is_rolled(shop: Shop, paid: Paid, both: bool) -> None:
    """The purchase is made by a message under the secret of before, or under both."""
    secrets = (OLD, shop.sandbox.webhook_secret) if both else (OLD,)
    payload = paid.message()

    assert shop.post(payload, shop.sign(payload, *secrets)).status_code == 200
    assert len(paid.owned) == 1


def test_message_that_comes_again_makes_one_purchase(shop: Shop, paid: Paid) -> None:
    """The same message twice, and another about the same: 200 each time."""
    twin = shop.sandbox.webhooks.echo(json.loads(paid.message())["id"])["id"]
    told = len(shop.market.notices.sent)
    statuses = [paid.deliver(), paid.deliver()]
    statuses += [shop.post(shop.sandbox.webhooks.message(twin)[0]).status_code]

    assert statuses == [200, 200, 200]
    assert len(paid.owned) == 1
    assert len(shop.market.notices.sent) - told == 2
    shop.sandbox.assert_balanced()


def test_order_of_messages_is_of_no_consequence(shop: Shop) -> None:
    """Paid, disputed, won, refunded: told in each of 24 orders, all ends the same."""
    item, ends = shop.listed(), []
    kinds = (COMPLETED, "charge.dispute.created", "charge.dispute.closed", "charge.refunded")
    for order in permutations(kinds):
        paid = shop.paid(item)
        shop.sandbox.dispute(session(paid.order))
        shop.sandbox.close_dispute(session(paid.order), won=True)
        shop.sandbox.refund(session(paid.order))
        assert {paid.deliver(kind) for kind in order} == {200}
        bought = shop.market.purchases.find(paid.buyer.user_id, item.id)
        assert bought is not None
        ends.append((bought.state, shop.market.orders.get(paid.order.id).state))

    assert len(ends) == 24
    assert len(set(ends)) == 1


@pytest.mark.parametrize("succeed", [True, False], ids=["arrives", "bounces"])
def test_money_that_is_on_its_way_opens_nothing_yet(shop: Shop, succeed: bool) -> None:
    """A session may be complete and unpaid; what counts is what becomes of the money."""
    buyer, item = shop.person(), shop.listed()
    paid = Paid(shop, buyer, shop.market.order(buyer, item))
    shop.sandbox.pay_later(session(paid.order))
    assert paid.deliver() == 200
    assert paid.owned == []

    shop.sandbox.settle(session(paid.order), succeed=succeed)
    kind = f"checkout.session.async_payment_{'succeeded' if succeed else 'failed'}"

    assert paid.deliver(kind) == 200
    assert paid.owned == ([item.id] if succeed else [])


def dearer(line: OrderLine) -> OrderLine:
    """It cost a cent more when it was ordered."""
    return evolve(line, price=Money(line.price.minor + 1, "EUR"))


def in_dollars(line: OrderLine) -> OrderLine:
    """It was priced in another currency."""
    return evolve(line, price=Money(line.price.minor, "USD"), fee=Money(line.fee.minor, "USD"))


def of_another(line: OrderLine) -> OrderLine:
    """It was somebody else's."""
    return evolve(line, account_id=AccountId("acct_somebodyelse"))


def with_another_fee(line: OrderLine) -> OrderLine:
    """The marketplace was to keep a cent more."""
    return evolve(line, fee=Money(line.fee.minor + 1, "EUR"))


@pytest.mark.parametrize("change", [dearer, in_dollars, of_another, with_another_fee])
def test_payment_that_is_not_what_was_ordered_opens_nothing(
    shop: Shop,
    paid: Paid,
    caplog: pytest.LogCaptureFixture,
    change: Callable[[OrderLine], OrderLine],
) -> None:
    """Another amount, currency, seller or fee: 200, no access, and somebody is called."""
    lines = tuple(change(line) for line in paid.kept.lines)
    order = shop.market.orders.save(evolve(paid.kept, lines=lines))

    assert paid.deliver() == 200
    assert paid.owned == []
    assert shop.market.orders.get(paid.order.id) == order
    assert "needs a look" in caplog.text
    assert json.loads(paid.message())["id"] in shop.inbox()


def forged_session(shop: Shop, notes: dict[str, str]) -> str:
    """A paid session of the marketplace's account that something else opened."""
    client = make_client(shop.sandbox.secret_key, shop.sandbox.stripe_url)
    price: Any = {"currency": "eur", "unit_amount": 50, "product_data": {"name": "A mug"}}
    made = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": SITE,
            "line_items": [{"quantity": 1, "price_data": price}],
            "metadata": notes,
        }
    )
    shop.sandbox.pay(made.id)
    return str(made.id)


def about(session_id: str, **changes: Any) -> dict[str, Any]:
    """A message that a session was completed."""
    return {
        "id": f"evt_{session_id}",
        "object": "event",
        "api_version": API_VERSION,
        "type": COMPLETED,
        "livemode": False,
        "data": {"object": {"id": session_id, "object": "checkout.session"}},
        **changes,
    }


@pytest.mark.parametrize("forged", ["unknown", "without notes", "with notes of an order"])
def test_session_that_is_not_the_order_s_opens_nothing(
    shop: Shop, paid: Paid, caplog: pytest.LogCaptureFixture, forged: str
) -> None:
    """One that nobody knows, one of something else, one that claims to be for an order."""
    notes = _notes_of(shop, paid.order) if forged == "with notes of an order" else {}
    made = "cs_test_unknown" if forged == "unknown" else forged_session(shop, notes)
    told = about(made)

    assert shop.post(json.dumps(told).encode()).status_code == 200
    assert paid.owned == []
    assert shop.market.orders.get(paid.order.id) == paid.kept
    assert "needs a look" in caplog.text
    assert told["id"] in shop.inbox()


def _notes_of(shop: Shop, order: Order) -> dict[str, str]:
    """What Koda noted on the order's own session."""
    known = {
        checkout["id"]: checkout["metadata"]
        for checkout in shop.sandbox.objects("checkout.session")
    }
    return dict(known[session(order)])


@pytest.mark.parametrize(
    "changes",
    [
        {"livemode": True},
        {"type": "invoice.paid"},
        {"type": "something.new", "api_version": "2031-01-01.future", "novelty": {"a": [None]}},
    ],
    ids=["livemode", "type", "version"],
)
def test_what_is_nothing_to_koda_is_taken_and_forgotten(
    shop: Shop, shared: Paid, changes: dict[str, Any]
) -> None:
    """200, so that it is not sent again, and nothing comes of it."""
    told = about(session(shared.order), **changes)

    assert shop.post(json.dumps(told).encode()).status_code == 200
    assert shared.untouched


def test_new_fields_and_versions_hinder_nothing(shop: Shop, paid: Paid) -> None:
    """Only the ids are read, which every version has."""
    told = about(session(paid.order), api_version="2031-01-01.future", novelty={"deep": [1]})

    assert shop.post(json.dumps(told).encode()).status_code == 200
    assert len(paid.owned) == 1


def test_each_address_refuses_what_belongs_to_the_other(shop: Shop, shared: Paid) -> None:
    """A connected account's message at the platform's address, and the reverse; either secret."""
    own = shared.message()
    connected = json.dumps(about(session(shared.order), account="acct_1")).encode()
    for secret in (shop.sandbox.webhook_secret, shop.sandbox.connect_webhook_secret):
        assert shop.post(connected, shop.sign(connected, secret)).status_code == 400
        assert shop.post(own, shop.sign(own, secret), CONNECT).status_code == 400
    assert shared.untouched


def test_too_large_a_message_is_not_even_verified(shop: Shop, shared: Paid) -> None:
    """413 whether it is signed or not."""
    body = b" " * (LONGEST_MESSAGE + 1)
    signed = shop.sign(body)

    assert [shop.post(body, told).status_code for told in ({}, signed)] == [413, 413]
    assert shared.untouched


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_encoded_message_is_refused(shop: Shop, shared: Paid, encoding: str) -> None:
    """The bytes are signed as they are; nobody encodes them."""
    headers = {**shop.sign(shared.message()), "Content-Encoding": encoding}

    assert shop.post(shared.message(), headers).status_code == 415
    assert shared.untouched


@pytest.mark.parametrize("path", ["/webhooks/stripe", CONNECT])
def test_messages_are_only_posted(shop: Shop, path: str) -> None:
    """Reading is no way; a message needs no session and no token of a form, and is not led on."""
    read, sent = shop.site.test_client().get(path, base_url=SITE), shop.post(b"{}", {}, path)

    assert (read.status_code, sent.status_code) == (405, 400)
    assert not {"Set-Cookie", "Location"} & {*read.headers.keys(), *sent.headers.keys()}


@pytest.mark.parametrize("kind", ["slow", "timeout"])
def test_slow_provider_makes_the_message_come_again(shop: Shop, paid: Paid, kind: str) -> None:
    """503 as soon as the time-outs are over, and one purchase by the next message."""
    hasty = make_client(shop.sandbox.secret_key, shop.sandbox.stripe_url, (1, 0.1), retries=0)
    payments = shop.container.payments()
    assert isinstance(payments, StripePayments)
    shop.container.payments.override(Object(evolve(payments, client=hasty)))
    try:
        site = create_app(shop.container)
        shop.sandbox.faults.next("GET /v1/checkout/sessions/*", kind, seconds=1)
        refused = evolve(shop, site=site).post(paid.message())
    finally:
        shop.sandbox.faults.clear()
        shop.container.payments.reset_last_overriding()

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert paid.owned == []
    assert paid.deliver() == 200
    assert len(paid.owned) == 1


def test_log_of_a_message_holds_no_secret(
    shop: Shop, paid: Paid, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the keys of Stripe nor the signature stand in it."""
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "koda")
    signed = shop.sign(paid.message())
    shop.post(paid.message(), signed)

    for secret in (OLD, shop.sandbox.webhook_secret, shop.sandbox.secret_key, *signed.values()):
        assert secret not in caplog.text
