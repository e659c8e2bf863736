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
from koda.adapters.memory.provider_records import CAPTURE
from koda.domain.model.checkouts import CheckoutSession
from koda.domain.model.disputes import DisputeState
from koda.domain.model.errors import NotFound, PaymentRefused, WrongState
from koda.domain.model.identifiers import (
    AccountId,
    CheckoutSessionId,
    DisputeId,
    RefundId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.movements import Transfer
from koda.domain.model.payments import ChargeChanged, CheckoutChanged, PaymentState
from koda.domain.model.refund_states import RefundState
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
    with pytest.raises(NotFound):
        provider.settle_refund(RefundId("re_nobody"), RefundState.FAILED)
    with pytest.raises(NotFound):
        provider.move_dispute(DisputeId("dp_nobody"), DisputeState.WON)


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

    (refusal,) = MemoryPayments(provider).pass_on([transfer])
    assert isinstance(refusal, PaymentRefused)
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

    assert [kept.seen.amount.minor for kept in provider.refunds.values()] == [250, 1000]
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

    assert [kept.seen.amount for kept in provider.disputes.values()] == [Money(1000, "EUR")]
    assert provider.balance(PLATFORM) == 188 - 250 - 1000
    with pytest.raises(PaymentRefused):
        provider.dispute(session.id)


def test_dispute_begins_as_an_inquiry_and_goes_on(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """It takes the amount when it opens, gives it back when won, and never begins anew."""
    provider.pay(session.id)
    dispute_id = provider.dispute(session.id, state=DisputeState.INQUIRY)
    held = [provider.balance(PLATFORM)]
    for state in (DisputeState.OPEN, DisputeState.WON, DisputeState.LOST):
        provider.move_dispute(dispute_id, state)
        held.append(provider.balance(PLATFORM))

    assert held == [188, 188 - 1250, 188, 188 - 1250]
    for state in (DisputeState.INQUIRY, DisputeState.OPEN):
        with pytest.raises(WrongState):
            provider.move_dispute(dispute_id, state)


def test_undone_refund_gives_the_money_back_once(
    provider: MemoryProvider, session: CheckoutSession
) -> None:
    """To the marketplace."""
    provider.pay(session.id)
    refund_id = provider.refund(session.id, Money(250, "EUR"))
    for state in (RefundState.FAILED, RefundState.CANCELLED):
        provider.settle_refund(refund_id, state)

    assert provider.balance(PLATFORM) == 188


def test_charge_tells_what_last_happened_to_it(
    provider: MemoryProvider, clock: FixedClock, session: CheckoutSession
) -> None:
    """Nothing at first, then that it was captured, then the rest; each has its message."""
    provider.pay(session.id)
    with pytest.raises(WrongState):
        provider.charge_event_of(session.id)
    clock.advance(CAPTURE)
    captured, again = (provider.charge_event_of(session.id) for _ in range(2))
    provider.refund(session.id, Money(250, "EUR"))

    assert captured == again != provider.charge_event_of(session.id)
    assert names_of(provider)[2:] == ["captured", "refund.re_ord_1_by-hand-1.succeeded"]


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
    """In that order, and each once."""
    provider.pay_later(session.id)
    provider.settle(session.id)
    provider.refund(session.id, Money(1, "EUR"))
    provider.dispute(session.id)

    assert names_of(provider) == [
        "account.1",
        "checkout.processing",
        "checkout.paid",
        "refund.re_ord_1_by-hand-1.succeeded",
        "dispute.dp_ord_1_1.open",
    ]
    events = [MemoryPaymentWebhooks(provider).verify(*message) for message in provider.messages()]
    assert isinstance(events[2], CheckoutChanged)
    assert all(isinstance(event, ChargeChanged) for event in events[3:])


def test_session_that_ran_out_is_among_the_messages(
    provider: MemoryProvider, session: CheckoutSession, clock: FixedClock
) -> None:
    """Nobody expired it by hand."""
    assert "checkout.expired" not in names_of(provider)
    clock.advance(HOUR)

    assert names_of(provider) == names_of(provider) == ["account.1", "checkout.expired"]
    assert provider.session(session.id).state is PaymentState.EXPIRED
