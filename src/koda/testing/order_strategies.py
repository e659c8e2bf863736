"""Hypothesis strategies for orders and what became of their money."""

from operator import attrgetter
from typing import TypeVar

from hypothesis import strategies as st

from koda.domain.model.checkouts import CheckoutSession, OrderRequest
from koda.domain.model.disputes import Dispute, DisputeState
from koda.domain.model.fraud_warnings import FraudWarning
from koda.domain.model.hold_reasons import HoldReason
from koda.domain.model.identifiers import (
    AccountId,
    AutomationId,
    CheckoutSessionId,
    DisputeId,
    FraudWarningId,
    OrderId,
    PaymentId,
    RefundId,
    ReversalId,
    TransferId,
    UserId,
)
from koda.domain.model.order_lines import OrderLine
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.refund_decisions import RefundDecision
from koda.domain.model.refund_states import GivenUp, RefundState
from koda.domain.model.requested_refunds import RequestedRefund, RequestState
from koda.domain.model.settlements import (
    HeldShare,
    LineLoss,
    LineRefund,
    OwedShare,
    PaidShare,
    Refusals,
    Settlement,
    TakenBack,
)
from koda.domain.model.validation import REQUEST_KEY_FORM
from koda.domain.model.write_offs import UndonePart, WriteOff
from koda.testing.strategies import (
    CURRENCIES,
    IDENTIFIERS,
    amounts,
    ids,
    texts,
    timestamps,
    versions,
)

_T = TypeVar("_T")


@st.composite
def order_lines(draw: st.DrawFn, number: int = 1, currency: str = "EUR") -> OrderLine:
    """An order line whose fee is no more than its price."""
    price = draw(amounts(st.just(currency)))
    return OrderLine(
        number,
        AutomationId(draw(ids("aut"))),
        draw(versions()),
        UserId(draw(ids("user"))),
        AccountId(draw(ids("acct"))),
        draw(texts(3, 100)),
        price,
        draw(amounts(st.just(currency), price.minor)),
    )


def checkouts() -> st.SearchStrategy[CheckoutSession]:
    """Checkout sessions at a provider."""
    address = IDENTIFIERS.map(lambda identity: f"https://pay.example/{identity}#fid")
    return st.builds(CheckoutSession, IDENTIFIERS.map(CheckoutSessionId), address, timestamps())


def order_requests() -> st.SearchStrategy[OrderRequest]:
    """What is asked for under an idempotency key."""
    automation_ids = st.lists(ids("aut").map(AutomationId), min_size=1, max_size=3).map(tuple)
    return st.builds(OrderRequest, texts(1, 200), automation_ids, st.none() | amounts())


def settlements(currency: str, count: int) -> st.SearchStrategy[Settlement]:
    """What became of an order of `count` lines; whether it makes sense is another matter."""
    users, money = ids("user").map(UserId), amounts(st.just(currency))
    lines = st.sets(st.integers(1, count)).map(sorted).map(tuple)
    reasons, attempts = st.sampled_from(HoldReason), st.integers(0, 100)
    transfers = st.none() | IDENTIFIERS.map(TransferId)
    refusals = st.builds(Refusals, attempts, st.none() | timestamps())
    reversals = IDENTIFIERS.map(ReversalId)
    undone = _few(st.builds(UndonePart, money, attempts))
    return st.builds(
        Settlement,
        lines,
        lines,
        _few(st.builds(PaidShare, users, lines, money, transfers)),
        _few(st.builds(HeldShare, users, lines, money, reasons, attempts, refusals)),
        _few(line_refunds(currency, count)),
        _few(
            st.builds(
                TakenBack, users, IDENTIFIERS.map(TransferId), st.integers(1, 9), money, reversals
            )
        ),
        _few(st.builds(OwedShare, users, money, attempts, refusals)),
        _few(IDENTIFIERS.map(RefundId)),
        _few(
            st.builds(
                Dispute,
                IDENTIFIERS.map(DisputeId),
                money,
                st.sampled_from(DisputeState),
                IDENTIFIERS,
                st.none() | timestamps(),
                st.booleans(),
            )
        ),
        _few(line_losses(currency, count)),
        lines,
        _few(IDENTIFIERS.map(DisputeId)),
        _few(_fraud_warnings()),
        _few(st.builds(WriteOff, users, money, attempts, _decisions(), undone)),
    )


def _fraud_warnings() -> st.SearchStrategy[FraudWarning]:
    warnings = IDENTIFIERS.map(FraudWarningId)
    return st.builds(FraudWarning, warnings, IDENTIFIERS.map(OrderId), IDENTIFIERS, timestamps())


@st.composite
def line_losses(draw: st.DrawFn, currency: str, count: int) -> LineLoss:
    """What lost disputes took of the lines of an order."""
    amount = draw(amounts(st.just(currency)))
    fee = draw(amounts(st.just(currency), amount.minor))
    dispute_id = DisputeId(draw(IDENTIFIERS))
    return LineLoss(dispute_id, draw(st.integers(1, count)), amount, fee)


@st.composite
def line_refunds(draw: st.DrawFn, currency: str, count: int) -> LineRefund:
    """Refunds of the lines of an order, in any state."""
    amount = draw(amounts(st.just(currency)))
    return LineRefund(
        draw(st.integers(1, count)),
        draw(st.integers(1, 9999)),
        amount,
        draw(amounts(st.just(currency), amount.minor)),
        draw(st.none() | _decisions()),
        draw(st.booleans()),
        draw(st.none() | IDENTIFIERS.map(RefundId)),
        draw(st.none() | st.sampled_from(RefundState)),
        draw(st.none() | st.sampled_from(HoldReason)),
        draw(st.builds(Refusals, st.integers(0, 100), st.none() | timestamps())),
        draw(st.none() | st.sampled_from(GivenUp)),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.none() | amounts(st.just(currency), amount.minor)),
    )


def requested_refunds(count: int) -> st.SearchStrategy[RequestedRefund]:
    """What buyers ask to be refunded of the lines of an order, in any state."""
    return st.builds(
        RequestedRefund,
        st.integers(1, count),
        texts(3, 500),
        timestamps(),
        timestamps(),
        st.sampled_from(RequestState),
        st.none() | _decisions(),
    )


def _decisions() -> st.SearchStrategy[RefundDecision]:
    keys = st.none() | st.from_regex(REQUEST_KEY_FORM, fullmatch=True)
    return st.builds(RefundDecision, ids("user").map(UserId), texts(3, 500), timestamps(), keys)


def _few(things: st.SearchStrategy[_T]) -> st.SearchStrategy[tuple[_T, ...]]:
    return st.lists(things, max_size=2).map(tuple)


@st.composite
def orders(draw: st.DrawFn, order_ids: st.SearchStrategy[str] = IDENTIFIERS) -> Order:
    """An order of one to four lines, in any state."""
    currency = draw(st.sampled_from(CURRENCIES))
    count = draw(st.integers(1, 4))
    return Order(
        OrderId(draw(order_ids)),
        UserId(draw(ids("user"))),
        tuple(draw(order_lines(number + 1, currency)) for number in range(count)),
        draw(timestamps()),
        draw(st.sampled_from(OrderState)),
        draw(st.none() | checkouts()),
        draw(st.none() | IDENTIFIERS.map(PaymentId)),
        draw(st.none() | timestamps()),
        draw(st.none() | timestamps()),
        draw(st.lists(order_requests(), max_size=3, unique_by=attrgetter("key")).map(tuple)),
        draw(settlements(currency, count)),
        draw(_few(requested_refunds(count))),
    )
