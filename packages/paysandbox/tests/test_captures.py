from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from packages.paysandbox.tests.arrange import connect, open_seller, session_of
from paysandbox import Sandbox
from paysandbox.errors import ApiError

Open = Callable[..., stripe.checkout.Session]
DELAY = 5


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox that captures late, at a time that stands still."""
    with Sandbox.start(strict=True, capture_delay=DELAY) as running:
        running.clock.fix(1_800_000_000)
        yield running


@pytest.fixture
def charge(sandbox: Sandbox, checkout: Open, seller: str) -> str:
    """The id of a destination charge of 10.00 with a fee of 1.50, not captured yet."""
    data = {"application_fee_amount": 150, "transfer_data": {"destination": seller}}
    sandbox.pay(checkout(1000, payment_intent_data=data).id)
    return str(sandbox.objects("charge")[0]["id"])


def late_fields(charge: stripe.Charge) -> list[Any]:
    """What a charge has only once it is captured."""
    return [
        getattr(charge, name, None)
        for name in ("balance_transaction", "application_fee", "transfer")
    ]


def test_new_charge_lacks_what_its_capture_brings(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """It is paid, the amount of the fee is known, and no money has moved."""
    read = client.v1.charges.retrieve(charge)

    assert (read.paid, read.status, read.application_fee_amount) == (True, "succeeded", 150)
    assert late_fields(read) == [None, None, None]
    assert client.v1.application_fees.list().data == []
    assert client.v1.transfers.list().data == []
    assert sandbox.balance_of(seller) == 0
    told = sandbox.events("charge.succeeded")[0]["data"]["object"]
    assert (told["balance_transaction"], told["application_fee"]) == (None, None)


def test_capture_comes_after_the_delay(
    sandbox: Sandbox, client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """And is told with what it brought."""
    sandbox.clock.advance(DELAY)

    read = client.v1.charges.retrieve(charge)

    assert None not in late_fields(read)
    assert sandbox.balance_of(seller) == 850
    [event] = sandbox.events("charge.updated")
    assert event["data"]["object"]["transfer"] == read.transfer
    assert event["data"]["previous_attributes"] == {
        "application_fee": None,
        "balance_transaction": None,
        "transfer": None,
        "transfer_group": None,
    }
    sandbox.assert_balanced()


def test_read_after_the_delay_finds_the_charge_captured(
    sandbox: Sandbox, client: stripe.StripeClient, charge: str
) -> None:
    """Nobody need move the clock by hand."""
    sandbox.world.clock.advance(DELAY)

    assert None not in late_fields(client.v1.charges.retrieve(charge))


def test_charge_can_be_captured_by_hand(sandbox: Sandbox, charge: str) -> None:
    """Once."""
    captured = sandbox.capture(charge)

    assert captured["balance_transaction"]
    with pytest.raises(ApiError, match="does not wait"):
        sandbox.capture(charge)
    assert len(sandbox.events("charge.updated")) == 1


def test_failed_charge_is_never_captured(sandbox: Sandbox, checkout: Open) -> None:
    """Time passes, and no money comes."""
    sandbox.decline(checkout(1000).id)
    sandbox.clock.advance(DELAY)

    assert sandbox.events("charge.updated") == []
    assert sandbox.balance_of("platform") == 0


def test_transfer_need_not_wait_for_the_capture(
    sandbox: Sandbox, client: stripe.StripeClient, checkout: Open
) -> None:
    """Where the charge is its source."""
    seller = open_seller(sandbox, client)
    sandbox.pay(checkout(1000).id)
    source = sandbox.objects("charge")[0]["id"]

    client.v1.transfers.create(
        {"amount": 850, "currency": "eur", "destination": seller, "source_transaction": source}
    )

    assert (sandbox.balance_of(seller), sandbox.balance_of("platform")) == (850, -850)
    sandbox.capture(source)
    assert sandbox.balance_of("platform") == 150


def test_transfer_cannot_take_what_the_capture_will_send(
    client: stripe.StripeClient, seller: str, charge: str
) -> None:
    """The money of a destination charge has a destination before it arrives."""
    with pytest.raises(stripe.InvalidRequestError, match="0 left to transfer"):
        client.v1.transfers.create(
            {"amount": 1, "currency": "eur", "destination": seller, "source_transaction": charge}
        )


def test_unless_told_otherwise_capture_takes_a_second() -> None:
    """A whole one, wherever within a second of the clock the buyer paid."""
    with Sandbox.start(moment=1_800_000_000.75) as usual:
        session = connect(usual).v1.checkout.sessions.create(session_of(1000))
        usual.pay(session.id)

        usual.clock.advance(0.75)
        assert usual.balance_of("platform") == 0
        usual.clock.advance(0.25)
        assert usual.balance_of("platform") == 1000


def test_without_delay_a_charge_is_whole_at_once() -> None:
    """And nothing is told of what did not come late."""
    with Sandbox.start(capture_delay=0) as quick:
        session = connect(quick).v1.checkout.sessions.create(session_of(1000))
        quick.pay(session.id)

        assert quick.objects("charge")[0]["balance_transaction"]
        assert quick.events("charge.updated") == []
