"""Paying for a basket."""

from datetime import datetime

from attrs import field, frozen
from attrs.validators import optional

from koda.domain.model.automations import Automation
from koda.domain.model.basket import basket_lines, check_basket, order_line
from koda.domain.model.checkouts import CheckoutSession, OrderRequest
from koda.domain.model.errors import (
    AlreadyExists,
    NotFound,
    OrderInProgress,
    PriceChanged,
    RequestKeyReused,
    StaleWrite,
)
from koda.domain.model.identifiers import AutomationId, OrderId, UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lines import OrderLine, basket_of
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.people import Principal
from koda.domain.model.policy import Policy
from koda.domain.model.records import check_moved_on
from koda.domain.model.validation import idempotency_key
from koda.domain.usecases.buying.close_checkout import PAYING, CloseCheckout
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.ids import Ids
from koda.ports.orders import Orders
from koda.ports.payments import Payments
from koda.ports.purchases import Purchases
from koda.ports.sellers import Sellers


@frozen(kw_only=True)
class CheckoutRequest:
    """What a buyer wants to pay for; prices, sellers and fees come from the store.

    `expected_total` is what the buyer was shown. `request_key` is the client's own idempotency
    key: the same key and request give the same order.
    """

    automation_ids: tuple[AutomationId, ...]
    expected_total: Money | None = None
    request_key: str | None = field(
        default=None,
        validator=optional(idempotency_key),
    )


@frozen(eq=False, repr=False)
class Checkout:
    """Writes the order, then opens the place where it is paid.

    There is one live way to pay for a thing: other open orders of the buyer that share a line with
    the new one are closed at the provider before it is opened.
    """

    automations: Automations
    sellers: Sellers
    purchases: Purchases
    orders: Orders
    payments: Payments
    close: CloseCheckout
    policy: Policy
    clock: Clock
    ids: Ids

    def __call__(self, principal: Principal, request: CheckoutRequest) -> Order:
        """Return the order with its checkout session; the same basket gives the same while open.

        Raises:
            EmptyBasket, TooManyLines, DuplicateLine: no order can be made of the basket.
            NotFound, OwnAutomation, AlreadyOwned, NotForSale, SellerNotReady: of the first line
                that cannot be bought.
            PriceChanged: the total is not `request.expected_total`.
            OrderInProgress: something of the basket is paid for already.
            RequestKeyReused: the key was used for another request.
            PaymentRefused, Unavailable: the provider will not, or not now; asking again goes on.
        """
        check_basket(request.automation_ids, self.policy.order_lines)
        buyer = principal.user_id
        earlier = self._earlier(buyer, request)
        if earlier is not None:
            return self._offered(earlier)
        lines = self._lines(buyer, request.automation_ids)
        self._check_total(lines, request.expected_total)
        return self._offered(self._order(buyer, lines, request))

    def _earlier(self, buyer: UserId, request: CheckoutRequest) -> Order | None:
        if request.request_key is None:
            return None
        order = self.orders.find_by_request(buyer, request.request_key)
        if order is None:
            return None
        if order.asked(request.request_key) != _keyed(request):
            raise RequestKeyReused(request.request_key)
        return order

    def _lines(
        self, buyer: UserId, automation_ids: tuple[AutomationId, ...]
    ) -> tuple[OrderLine, ...]:
        automations = self.automations.some(automation_ids)
        sellers = self.sellers.some({automation.seller_id for automation in automations.values()})
        owned = self.purchases.owned(buyer, automation_ids)

        def line(number: int, automation: Automation) -> OrderLine:
            return order_line(number, automation, sellers[automation.seller_id], self.policy)

        currency = self.policy.currency
        for basket_line in basket_lines(
            automation_ids, automations, sellers, buyer, owned, currency
        ):
            if basket_line.obstacle is not None:
                raise basket_line.obstacle
        return tuple(
            line(number, automations[automation_id])
            for number, automation_id in enumerate(automation_ids, 1)
        )

    def _check_total(self, lines: tuple[OrderLine, ...], expected: Money | None) -> None:
        total = Money.total((line.price for line in lines), self.policy.currency)
        if expected is not None and expected != total:
            raise PriceChanged(expected.minor, total.minor, total.currency)

    def _order(
        self, buyer: UserId, lines: tuple[OrderLine, ...], request: CheckoutRequest
    ) -> Order:
        basket, order_id = basket_of(lines), OrderId(self.ids("ord"))
        closed: Order | None = None
        while True:
            now = self.clock()
            order = Order(
                order_id,
                buyer,
                lines,
                now,
                requests=tuple(filter(None, (_keyed(request),))),
            )
            try:
                # Most often there is no earlier one, so that looking first would be in vain.
                self.orders.add(order)
            except AlreadyExists:
                earlier = self._earlier(buyer, request)
                if earlier is not None:
                    return earlier
                open_order = self.orders.find_open(buyer, basket)
                if open_order is not None:
                    joined = self._joined(open_order, closed, request, now)
                    if joined is not None:
                        return joined
                    closed = open_order
            else:
                return order

    def _joined(
        self, order: Order, closed: Order | None, request: CheckoutRequest, now: datetime
    ) -> Order | None:
        """The open order, which remembers the request's key; none if it is over or changed.

        `closed` is the one that was closed or changed just before.
        """
        if closed is not None and closed.id == order.id:
            check_moved_on("order", order.id, closed.revision, order.revision)
        if not self._goes_on(order, now):
            return None
        keyed = _keyed(request)
        if keyed is None:
            return order
        try:
            return self.orders.save(order.answering(keyed))
        except (StaleWrite, AlreadyExists):
            return None

    def _goes_on(self, order: Order, now: datetime) -> bool:
        """Whether the buyer can pay the open order; close it if not."""
        state = self._state_of(order, now)
        if state in PAYING:
            raise OrderInProgress(order.id)
        if state is PaymentState.OPEN and order.payable(now):
            return True
        if self.close(order) in PAYING:
            raise OrderInProgress(order.id)
        return False

    def _state_of(self, order: Order, now: datetime) -> PaymentState:
        """Where the order's money is; a session that the provider forgot after its end expired."""
        if order.checkout is None:
            return PaymentState.OPEN
        try:
            return self.payments.find(order.checkout.id).state
        except NotFound:
            if order.payable(now):
                raise
            return PaymentState.EXPIRED

    def _offered(self, order: Order) -> Order:
        """The order with the place where it is paid, if it is open."""
        if order.checkout is not None or order.state is not OrderState.OPEN:
            return order
        if not order.payable(self.clock()):
            self.close(order)
            return self.orders.get(order.id)
        self._supersede(order)
        expires_at = order.created_at + self.policy.checkout_lifetime
        checkout = self.payments.open_checkout(order, expires_at)
        try:
            return self.orders.save(order.offered(checkout))
        except StaleWrite:
            return self._changed(order, checkout)

    def _supersede(self, order: Order) -> None:
        """Close the other ways to pay for something of the order."""
        for other in self.close.rivals(order):
            if self.close(other) in PAYING:
                self.close(order)
                raise OrderInProgress(other.id)

    def _changed(self, order: Order, checkout: CheckoutSession) -> Order:
        """The order as somebody saved it while its session was opened.

        Where it was closed, the session is closed, too: nobody else knows of it.
        """
        changed = self.orders.get(order.id)
        check_moved_on("order", order.id, order.revision, changed.revision)
        if changed.state is OrderState.OPEN:
            return self._offered(changed)
        if changed.checkout is None:
            self.payments.close_checkout(checkout.id)
        return changed


def _keyed(request: CheckoutRequest) -> OrderRequest | None:
    """What is remembered of a request; nothing of one without a key."""
    if request.request_key is None:
        return None
    return OrderRequest(request.request_key, request.automation_ids, request.expected_total)
