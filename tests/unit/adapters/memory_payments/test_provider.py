import json
from datetime import timedelta

import pytest
from attrs import evolve

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.payment_webhooks import MemoryPaymentWebhooks
from koda.adapters.memory.payments import MemoryPayments
from koda.adapters.memory.payout_accounts import MemoryPayoutAccounts
from koda.adapters.memory.provider import PLATFORM, MemoryProvider
from koda.adapters.memory.provider_accounts import HOME
from koda.domain.model.errors import NotFound, PaymentRefused, WrongState
from koda.domain.model.identifiers import AccountId, CheckoutSessionId, UserId
from koda.domain.model.money import Money
from koda.domain.model.orders import CheckoutSession
from koda.domain.model.payments import CheckoutChanged, PaymentState, Transfer, Unhandled
from koda.domain.model.sellers import Pending, Ready
from koda.domain.model.sentences import verbatim
from koda.testing.examples import NOON, a_line, an_order

ADA = UserId("user_ada")
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FixedClock:
    """Noon, until it is moved."""
    return FixedClock(NOON)


@pytest.fixture
def provider(clock: FixedClock) -> MemoryProvider:
    """A provider at which Ada can be paid."""
    provider = MemoryProvider(clock)
    provider.ready_account(ADA)
    return provider


@pytest.fixture
def session(provider: MemoryProvider) -> CheckoutSession:
    """An open session of one line of Ada's."""
    return MemoryPayments(provider).open_checkout(an_order(), NOON + HOUR)


def test_accounts_are_those_of_the_examples(provider: MemoryProvider) -> None:
    """The examples' orders can be paid: `acct_ada` is the account of `user_ada`."""
    assert provider.account(AccountId("acct_ada")).status == Ready()
    assert MemoryPayoutAccounts(provider).open(ADA, None, HOME) == a_line().account_id


def test_session_expires_by_the_clock(
    provider: MemoryProvider, clock: FixedClock, session: CheckoutSession
) -> None:
    """Nobody has to say that time is over."""
    clock.advance(HOUR)

    assert MemoryPayments(provider).find(session.id).state is PaymentState.EXPIRED
    with pytest.raises(WrongState):
        provider.pay(session.id)


def test_nothing_happens_out_of_turn(provider: MemoryProvider, session: CheckoutSession) -> None:
    """A session is paid once, settles only what was paid later, and is silent before that."""
    with pytest.raises(WrongState):
        provider.settle(session.id)
    with pytest.raises(WrongState):
        provider.event_of(session.id)
    provider.pay(session.id)

    for step in (provider.pay, provider.pay_later, provider.decline, provider.expire):
        with pytest.raises(WrongState):
            step(session.id)


def test_unknown_things_are_not_found(provider: MemoryProvider) -> None:
    """The hooks know no more than the ports."""
    with pytest.raises(NotFound):
        provider.pay(CheckoutSessionId("cs_nobody"))
    with pytest.raises(NotFound):
        provider.complete_onboarding(AccountId("acct_nobody"))


def test_each_happening_has_its_message(provider: MemoryProvider, session: CheckoutSession) -> None:
    """The same again for the same happening, another id for a copy or for what follows."""
    provider.pay_later(session.id)
    first, again, copy = (provider.event_of(session.id, number) for number in (1, 1, 2))
    provider.settle(session.id)

    assert first == again
    assert len({first[0], copy[0], provider.event_of(session.id)[0]}) == 3


def test_provider_may_want_more(provider: MemoryProvider) -> None:
    """An account that was ready waits again when something is required."""
    account_id = AccountId("acct_ada")
    provider.require(account_id, "a passport")

    assert MemoryPayoutAccounts(provider).status(account_id) == Pending((verbatim("a passport"),))
    with pytest.raises(PaymentRefused):
        MemoryPayments(provider).open_checkout(an_order(), NOON + HOUR)


def test_address_that_is_none_is_refused(provider: MemoryProvider) -> None:
    """The provider wants to write to the seller."""
    with pytest.raises(PaymentRefused):
        MemoryPayoutAccounts(provider).open(UserId("user_bea"), "bea", HOME)


def test_nothing_costs_nothing(provider: MemoryProvider) -> None:
    """There is no checkout for an order of zero."""
    free = Money(0, "EUR")
    order = an_order(lines=(evolve(a_line(), price=free, fee=free),))

    with pytest.raises(PaymentRefused):
        MemoryPayments(provider).open_checkout(order, NOON + HOUR)


def test_direct_charge_leaves_nothing_to_pass_on(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """What the charge itself paid is not transferred a second time, and adds up."""
    provider.pay(session.id)
    payment_id = MemoryPayments(provider).find(session.id).check(an_order())
    transfer = Transfer(an_order().id, payment_id, AccountId("acct_ada"), Money(1, "EUR"))

    with pytest.raises(PaymentRefused):
        MemoryPayments(provider).transfer(transfer)
    assert (provider.balance(PLATFORM), provider.balance(AccountId("acct_ada"))) == (188, 1062)


def test_paying_out_leaves_other_accounts_alone(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """Only the seller's own balance goes to their bank."""
    provider.pay(session.id)
    provider.pay_out(AccountId("acct_ada"))

    assert (provider.balance(PLATFORM), provider.balance(AccountId("acct_ada"))) == (188, 0)


def names_of(provider: MemoryProvider) -> list[str]:
    """What the messages so far are called."""
    return [json.loads(payload)["name"] for payload, _ in provider.messages()]


def test_refund_by_hand_stands_in_the_books(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """First a part and then the rest, which the marketplace bears; after that nothing is left."""
    provider.pay(session.id)
    provider.refund(session.id, Money(250, "EUR"))
    provider.refund(session.id)

    assert [refund.amount.minor for refund in provider.refunds.values()] == [250, 1000]
    assert (provider.balance(PLATFORM), provider.balance(AccountId("acct_ada"))) == (-1062, 1062)
    with pytest.raises(PaymentRefused):
        provider.refund(session.id)


def test_dispute_takes_what_is_left_once(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """The bank takes the buyer's money from the marketplace."""
    provider.pay(session.id)
    provider.refund(session.id, Money(250, "EUR"))
    provider.dispute(session.id)
    provider.dispute(session.id)

    assert list(provider.disputes.values()) == [Money(1000, "EUR")]
    assert provider.balance(PLATFORM) == 188 - 250 - 1000


def test_what_is_not_paid_is_neither_refunded_nor_disputed(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """There is no money to take back."""
    for step in (provider.refund, provider.dispute):
        with pytest.raises(WrongState):
            step(session.id)


def test_messages_so_far_are_those_of_all_that_happened(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """In that order, and each once; what Koda does not follow is told, too, and verified."""
    provider.pay_later(session.id)
    provider.settle(session.id)
    provider.refund(session.id, Money(1, "EUR"))
    provider.dispute(session.id)

    assert names_of(provider) == [
        "account.1",
        "checkout.processing",
        "checkout.paid",
        "charge.refunded.by-hand-1",
        "charge.disputed",
    ]
    events = [MemoryPaymentWebhooks(provider).verify(*message) for message in provider.messages()]
    assert isinstance(events[2], CheckoutChanged)
    assert all(isinstance(event, Unhandled) for event in events[3:])


def test_session_that_ran_out_is_among_the_messages(
    provider: MemoryProvider, session: CheckoutSession, clock: FixedClock
) -> None:
    """Nobody expired it by hand."""
    assert "checkout.expired" not in names_of(provider)
    clock.advance(HOUR)

    assert names_of(provider) == names_of(provider) == ["account.1", "checkout.expired"]
    assert provider.session(session.id).state is PaymentState.EXPIRED
