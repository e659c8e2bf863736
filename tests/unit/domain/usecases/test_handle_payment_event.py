import json
import logging

import pytest
from attrs import evolve

from koda.adapters.memory.provider_messages import sign_payload
from koda.domain.model.automations import Automation
from koda.domain.model.errors import Unavailable, Unverified
from koda.domain.model.identifiers import AccountId
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import EventState, PaymentState, Unhandled
from koda.domain.model.people import Principal
from koda.domain.model.sellers import Restricted
from koda.domain.model.sentences import sentence
from koda.testing.failing import Failing
from koda.testing.marketplace import Marketplace
from tests.support.sessions import session
from tests.support.threads import at_once


def paid(market: Marketplace, order: Order) -> tuple[bytes, dict[str, str]]:
    """The provider's message that the order was paid."""
    market.provider.pay(session(order))
    payload, headers = market.provider.event_of(session(order))
    return payload, dict(headers)


def test_payment_is_recorded_and_the_message_done(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The message is returned, and nothing is left in the inbox."""
    order = market.order(bea, poster)
    event = market.handle_payment_event(*paid(market, order))

    assert event.subject == f"cs_{order.id}"
    assert market.orders.get(order.id).settled
    assert market.payment_inbox.pending(10) == ()


def test_done_message_is_not_handled_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider is not even asked."""
    message = paid(market, market.order(bea, poster))
    market.handle_payment_event(*message)
    with market.provider.outage():
        market.handle_payment_event(*message)

    assert len(market.notices.sent) == 2


def test_two_messages_about_one_payment_make_one_purchase(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Different ids, the same happening."""
    order = market.buy(bea, poster)
    market.deliver(order, copy=2)

    assert len(market.purchases.of_buyer(bea.user_id, 10).items) == 1
    assert len(market.notices.sent) == 2


def test_fifty_threads_with_one_message_make_one_purchase(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """One purchase a line, one transfer a seller, everybody told once."""
    order = market.order(bea, poster, mailer)
    message = paid(market, order)
    at_once(50, lambda _: market.handle_payment_event(*message))

    assert len(market.purchases.of_buyer(bea.user_id, 100).items) == 2
    assert len(market.provider.transfers) == 2
    assert market.provider.balance(AccountId("acct_ada")) == 1062
    assert len(market.notices.sent) == 3


def test_fifty_threads_with_fifty_messages_make_one_purchase(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """Also where each thread has a message of its own about the payment."""
    order = market.order(bea, poster, mailer)
    paid(market, order)
    at_once(50, lambda number: market.deliver(order, copy=number))

    assert len(market.purchases.of_buyer(bea.user_id, 100).items) == 2
    assert len(market.provider.transfers) == 2
    assert len(market.notices.sent) == 3


def test_message_whose_handling_was_cut_off_is_completed_by_its_repeat(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Having been seen is not having been done."""
    order = market.order(bea, poster)
    message = paid(market, order)
    market.payment_inbox.open(market.payment_webhooks.verify(*message), message[0], market.clock())
    market.handle_payment_event(*message)

    assert market.orders.get(order.id).settled
    assert market.payment_inbox.pending(10) == ()


def test_message_during_an_outage_is_pending_and_asked_for_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """The provider is told to come again, and the inbox knows why."""
    order = market.order(bea, poster)
    message = paid(market, order)
    with market.provider.outage(), pytest.raises(Unavailable):
        market.handle_payment_event(*message)
    (entry,) = market.payment_inbox.pending(10)
    assert (entry.state, entry.attempts) == (EventState.FAILED, 1)
    assert "payment provider" in str(entry.problem)
    market.handle_payment_event(*message)

    assert market.orders.get(order.id).settled
    assert market.payment_inbox.pending(10) == ()


def test_message_that_the_store_could_not_take_in_is_asked_for_again(
    market: Marketplace, bea: Principal, poster: Automation
) -> None:
    """Nothing is half done when the inbox itself is down."""
    order = market.order(bea, poster)
    message = paid(market, order)
    down = market.but(payment_inbox=Failing(market.payment_inbox, 1))
    with pytest.raises(Unavailable):
        down.handle_payment_event(*message)

    assert market.orders.get(order.id).state is OrderState.OPEN
    assert market.payment_inbox.pending(10) == ()


def test_message_about_an_unknown_session_is_kept_as_failed(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Sending it again would not help, so that the provider is not asked to."""
    message = paid(market, market.order(bea, poster))
    market.provider.sessions.clear()
    with caplog.at_level(logging.ERROR, "koda.payments"):
        market.handle_payment_event(*message)
    (entry,) = market.payment_inbox.pending(10)

    assert (entry.state, "no checkout session" in str(entry.problem)) == (EventState.FAILED, True)
    assert "needs a look" in caplog.text


def test_message_about_a_payment_that_does_not_fit_is_kept_as_failed(
    market: Marketplace,
    bea: Principal,
    poster: Automation,
    mailer: Automation,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is logged for a person, and nobody gets anything."""
    order, other = market.order(bea, poster), market.order(bea, mailer)
    message = paid(market, order)
    forged = evolve(market.provider.sessions[session(order)], order=other)
    market.provider.sessions[session(order)] = forged
    market.handle_payment_event(*message)

    assert "does not fit order" in str(market.payment_inbox.pending(10)[0].problem)
    assert market.purchases.of_buyer(bea.user_id, 10).items == ()
    assert "needs a look" in caplog.text


def test_transfer_that_is_refused_is_held_and_its_message_done(
    market: Marketplace, bea: Principal, poster: Automation, mailer: Automation
) -> None:
    """It moves by a later comparison: sending the message again would not help."""
    order = market.order(bea, poster, mailer)
    message = paid(market, order)
    market.provider.restrict(AccountId("acct_cyd"), Restricted(sentence("listed")))
    market.handle_payment_event(*message)

    assert market.payment_inbox.pending(10) == ()
    held = market.orders.get(order.id).settlement.held
    assert [share.seller_id for share in held] == ["user_cyd"]


@pytest.mark.parametrize("state", [PaymentState.PROCESSING, PaymentState.EXPIRED])
def test_message_without_payment_is_done_without_purchase(
    market: Marketplace, bea: Principal, poster: Automation, state: PaymentState
) -> None:
    """There is nothing more to do about it."""
    order = market.order(bea, poster)
    if state is PaymentState.PROCESSING:
        market.provider.pay_later(session(order))
    else:
        market.provider.expire(session(order))
    market.deliver(order)

    assert market.payment_inbox.pending(10) == ()
    assert market.purchases.find(bea.user_id, poster.id) is None


# --- accounts -------------------------------------------------------------------------------------


def test_account_message_brings_the_seller_in_step(market: Marketplace, ada: Principal) -> None:
    """Whatever the message says, the account is looked up."""
    account = AccountId("acct_ada")
    old = market.provider.account_event(account)
    market.provider.restrict(account, Restricted(sentence("listed")))
    market.handle_payment_event(*market.provider.account_event(account))
    market.handle_payment_event(*old)
    seller = market.sellers.find(ada.user_id)

    assert seller is not None
    assert seller.status == Restricted(sentence("listed"))


def test_message_about_an_unknown_account_is_kept_as_failed(market: Marketplace) -> None:
    """An account at the provider that no seller has."""
    account = market.provider.open_account(market.person("eve").user_id)
    market.handle_payment_event(*market.provider.account_event(account))

    assert "seller with account 'acct_eve'" in str(market.payment_inbox.pending(10)[0].problem)


# --- messages -------------------------------------------------------------------------------------


def test_message_that_does_not_prove_its_sender_is_not_taken_in(market: Marketplace) -> None:
    """Nothing is written."""
    with pytest.raises(Unverified):
        market.handle_payment_event(b"{}", {})

    assert market.payment_inbox.pending(10) == ()


def test_message_that_nobody_follows_is_left_alone(market: Marketplace) -> None:
    """It is verified and returned; the inbox is for what Koda acts upon."""
    payload = json.dumps({"id": "evt_1", "name": "payout.paid", "kind": "payout", "subject": "x"})
    headers = sign_payload(payload.encode(), market.provider.secret, market.clock())
    event = market.handle_payment_event(payload.encode(), headers)

    assert isinstance(event, Unhandled)
    assert market.payment_inbox.pending(10) == ()
