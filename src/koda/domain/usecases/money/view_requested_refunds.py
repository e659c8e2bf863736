"""Looking at the refunds that buyers ask for and nobody answered."""

from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from koda.domain.model.order_lines import OrderLine
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import every
from koda.domain.model.people import Person, Principal
from koda.domain.model.requested_refunds import RequestedRefund
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.clock import Clock
from koda.ports.orders import Orders
from koda.ports.people import People

_AT_ONCE = 100
"""Orders that are read at once."""


@frozen
class WaitingRequest:
    """A buyer's request for a refund of a line that waits for an answer.

    `overdue` says that it should have been answered before. `seller` is who sold the line, where
    everybody's are listed and the person is known.
    """

    order: Order
    line: OrderLine
    request: RequestedRefund
    overdue: bool
    seller: Person | None = None

    @property
    def urgency(self) -> tuple[datetime, str, int]:
        """What sorts it: the answer that is due first comes first."""
        return self.request.answer_by, self.order.id, self.line.number


@frozen(eq=False, repr=False)
class ViewRequestedRefunds:
    """Lists the requests that wait for an answer, by when it is due, the most urgent first.

    It is a queue: whoever answers the first sees the next. Every order with such a request is
    read, since no store sorts by when an answer is due.
    """

    orders: Orders
    people: People
    authorize: Authorize
    clock: Clock

    def __call__(self, principal: Principal) -> tuple[WaitingRequest, ...]:
        """Return all of everybody's.

        Raises:
            Forbidden: `principal` may not read other people's payments.
        """
        self.authorize(principal, Permission.READ_MONEY)
        waiting = self._waiting(OrderQuery.of(OrderList.REQUESTED))
        people = self.people.some({request.line.seller_id for request in waiting})
        return tuple(
            evolve(request, seller=people.get(request.line.seller_id)) for request in waiting
        )

    def of_seller(self, principal: Principal) -> tuple[WaitingRequest, ...]:
        """Return all that are about what `principal` sold."""
        everybodys = self._waiting(OrderQuery.requested_from(principal.user_id))
        return tuple(
            waiting for waiting in everybodys if waiting.line.seller_id == principal.user_id
        )

    def _waiting(self, query: OrderQuery) -> tuple[WaitingRequest, ...]:
        now = self.clock()
        requests = (
            WaitingRequest(order, order.line(request.line), request, request.overdue(now))
            for order in every(partial(self.orders.listed, query, _AT_ONCE))
            for request in order.open_requests
        )
        return tuple(sorted(requests, key=lambda waiting: waiting.urgency))
