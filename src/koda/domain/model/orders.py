"""Orders: what a buyer is about to pay, and what each seller gets of it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from attrs import evolve, field, frozen

from koda.domain.model.changes import Change
from koda.domain.model.checkouts import MOST_REQUESTS, CheckoutSession, OrderRequest
from koda.domain.model.disputes import DisputeStep, followed
from koda.domain.model.errors import InvalidValue, NotFound, WrongState
from koda.domain.model.events import OrderClosed
from koda.domain.model.identifiers import (
    AccountId,
    AutomationId,
    OrderId,
    PaymentId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.order_events import paid_events, refund_events
from koda.domain.model.order_lines import OrderLine, Share, basket_of, shares_of
from koda.domain.model.requested_refunds import RequestedRefund
from koda.domain.model.sentences import sentence
from koda.domain.model.settlements import NOT_BEGUN, LineRefund, Settlement
from koda.domain.model.telling import Told, told
from koda.domain.model.validation import identifier, utc

_CHECKOUT_MARGIN = timedelta(minutes=1)
"""A checkout session this close to its end is not handed out again."""
_OFFER_WINDOW = timedelta(minutes=5)
"""How long an order waits for its checkout session to be opened."""


class OrderState(StrEnum):
    """Where an order stands."""

    OPEN = "open"
    PAID = "paid"
    EXPIRED = "expired"
    FAILED = "failed"


@frozen
class Order:
    """What a buyer is about to pay, written before the checkout session exists.

    `settlement` says what became of the money of a paid order, and `settled_at` is set while
    nothing of it is left to do: purchases recorded, sellers paid, what was not sold refunded.
    `requests` are those under an idempotency key that this order answers, at most `MOST_REQUESTS`;
    `requested_refunds` are what its buyer asked to be refunded, and `dispute_steps` when each
    dispute of its payment came into its states, both oldest first.
    `revision` counts the saves.
    """

    id: OrderId = field(validator=identifier)
    buyer_id: UserId = field(validator=identifier)
    lines: tuple[OrderLine, ...]
    created_at: datetime = field(validator=utc)
    state: OrderState = OrderState.OPEN
    checkout: CheckoutSession | None = None
    payment_id: PaymentId | None = None
    paid_at: datetime | None = None
    settled_at: datetime | None = None
    requests: tuple[OrderRequest, ...] = ()
    settlement: Settlement = NOT_BEGUN
    requested_refunds: tuple[RequestedRefund, ...] = ()
    dispute_steps: tuple[DisputeStep, ...] = ()
    revision: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.lines:
            raise InvalidValue("lines", sentence("must be at least one"))
        if len(self.requests) > MOST_REQUESTS:
            raise InvalidValue(
                "request_key",
                sentence(
                    "is one of more than {most_requests}; use an earlier one",
                    most_requests=MOST_REQUESTS,
                ),
            )

    def asked(self, request_key: str) -> OrderRequest | None:
        """The request under this key that the order answers, if it does."""
        return next((request for request in self.requests if request.key == request_key), None)

    def answering(self, request: OrderRequest) -> "Order":
        """The order as the answer to one more request; raises `InvalidValue` beyond the most."""
        return evolve(self, requests=(*self.requests, request))

    @property
    def currency(self) -> str:
        """The one currency of all lines."""
        return self.lines[0].price.currency

    @property
    def total(self) -> Money:
        """What the buyer pays."""
        return Money.total((line.price for line in self.lines), self.currency)

    @property
    def fee(self) -> Money:
        """What the marketplace keeps."""
        return Money.total((line.fee for line in self.lines), self.currency)

    @property
    def shares(self) -> tuple[Share, ...]:
        """What each seller gets; they sum to the total."""
        return shares_of(self.lines)

    @property
    def doubles(self) -> tuple[int, ...]:
        """The numbers of the lines that the buyer had already when this was paid."""
        return self.settlement.doubles

    @property
    def undeliverable(self) -> tuple[int, ...]:
        """The numbers of the lines that were suspended when this turned out paid."""
        return self.settlement.undeliverable

    @property
    def refunded(self) -> Money:
        """What the buyer got back, or gets."""
        return self.settlement.refunded(self.currency)

    def left_of(self, number: int) -> Money:
        """What of the price of a line can go back still, as far as is known here."""
        return self.settlement.left_of(self.line(number))

    def requests_for(self, number: int) -> tuple[RequestedRefund, ...]:
        """What the buyer asked to be refunded of a line, oldest first."""
        return tuple(request for request in self.requested_refunds if request.line == number)

    def latest_request(self, number: int) -> RequestedRefund | None:
        """What the buyer asked for last of a line, if they did."""
        return next(reversed(self.requests_for(number)), None)

    @property
    def open_requests(self) -> tuple[RequestedRefund, ...]:
        """What the buyer asks to be refunded and nobody answered, if anything of it is left."""
        return tuple(
            request
            for request in self.requested_refunds
            if request.open and self.left_of(request.line).minor
        )

    def open_request(self, number: int) -> RequestedRefund | None:
        """What the buyer asks to be refunded of a line, if there is something to answer."""
        return next((request for request in self.open_requests if request.line == number), None)

    def line(self, number: int) -> OrderLine:
        """The line with that number; raises `NotFound` if there is none."""
        for line in self.lines:
            if line.number == number:
                return line
        raise NotFound("order line", str(number))

    def price_of(self, numbers: Collection[int]) -> Money:
        """What the lines of these numbers cost together."""
        prices = (line.price for line in self.lines if line.number in numbers)
        return Money.total(prices, self.currency)

    @property
    def sold(self) -> tuple[OrderLine, ...]:
        """The lines that a payment sells: not what goes back to the buyer at once."""
        unsold = self.settlement.unsold
        return tuple(line for line in self.lines if line.number not in unsold)

    @property
    def destination(self) -> AccountId | None:
        """The account that the charge itself pays, where all lines are of one seller."""
        accounts = {line.account_id for line in self.lines}
        return accounts.pop() if len(accounts) == 1 else None

    @property
    def basket(self) -> str:
        """A fingerprint of the lines: the same for the same things at the same prices."""
        return basket_of(self.lines)

    @property
    def automation_ids(self) -> frozenset[AutomationId]:
        """What it gives the buyer."""
        return frozenset(line.automation_id for line in self.lines)

    @property
    def subjects(self) -> frozenset[str]:
        """What it sells and whose, as domain events name it: `automation/…` and `seller/…`."""
        return frozenset(
            subject
            for line in self.lines
            for subject in (f"automation/{line.automation_id}", f"seller/{line.seller_id}")
        )

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.settled_at is not None

    @property
    def under_way(self) -> bool:
        """Whether it may still be paid, or was paid and something is left to do."""
        return self.state is OrderState.OPEN or (self.state is OrderState.PAID and not self.settled)

    def offered(self, checkout: CheckoutSession) -> "Order":
        """The order with the place where it is paid."""
        self.require("offer", OrderState.OPEN)
        return evolve(self, checkout=checkout)

    def payable(self, now: datetime) -> bool:
        """Whether the buyer can be sent to pay this order at `now`, or its session be opened."""
        if self.checkout is None:
            return now < self.created_at + _OFFER_WINDOW
        return now + _CHECKOUT_MARGIN < self.checkout.expires_at

    def pay(
        self, payment_id: PaymentId, now: datetime, settlement: Settlement = NOT_BEGUN
    ) -> Change["Order"]:
        """The order paid, and settled as far as `settlement` is complete.

        An expired or failed order may still turn out paid: what the provider holds is the truth.
        Told is what is new since the last time: of lines, shares, refunds and disputes.
        """
        paid = evolve(
            self,
            state=OrderState.PAID,
            payment_id=payment_id,
            paid_at=self.paid_at or now,
            settled_at=(self.settled_at or now) if settlement.complete else None,
            settlement=settlement,
            dispute_steps=followed(self.dispute_steps, settlement.disputes, now),
        )
        return Change(paid, paid_events(self.settlement, paid, payment_id, now))

    def found_paid(self, payment_id: PaymentId, now: datetime) -> "Order":
        """The order as one that was paid, and of whose money nothing is known yet."""
        self.require("pay", OrderState.OPEN)
        return evolve(self, state=OrderState.PAID, payment_id=payment_id, paid_at=now)

    def with_refunds(self, refunds: tuple[LineRefund, ...], now: datetime) -> Change["Order"]:
        """The paid order with these refunds, for which something is left to do."""
        self.require("refund", OrderState.PAID)
        settlement = evolve(self.settlement, refunds=refunds)
        after = evolve(self, settled_at=None, settlement=settlement)
        return Change(after, refund_events(self.settlement, after, now))

    def close(self, state: OrderState, now: datetime) -> Change["Order"]:
        """The order expired or failed; raises `WrongState` if it is not open."""
        self.require("close", OrderState.OPEN)
        closed = OrderClosed(
            order_id=self.id, buyer_id=self.buyer_id, state=state.value, **_told(self, now)
        )
        return Change(evolve(self, state=state), (closed,))

    def require(self, step: str, state: OrderState) -> None:
        """Raise `WrongState`, naming the step that is refused, unless the order is in `state`."""
        if self.state is not state:
            raise WrongState("order", self.id, self.state, step)


def _told(order: Order, now: datetime, number: int = 0) -> Told:
    return told("order", order.id, order.revision + 1, now, number)
