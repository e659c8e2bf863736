"""Counting what waits for a person."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.payments import EventState
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.view_disputes import ViewDisputes
from koda.ports.orders import Orders
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.webhook_health import WebhookHealth

MOST_COUNTED = 50
"""Orders, or messages, that are read to count them."""


@frozen
class Count:
    """How many there are; `more` says that so many were counted, and there are more."""

    number: int = 0
    more: bool = False

    def __bool__(self) -> bool:
        return self.number > 0

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else f"{self.number}"


@frozen
class Waiting:
    """What waits for somebody who looks after payments.

    `held`, `owing`, `unassigned` and `requested` count orders, `disputed` disputes and inquiries,
    the first of which must be answered by `due_by` (UTC), and `failed` messages of the payment
    provider.
    `refused` is how many messages did not prove that they are the provider's since the last one
    that did: what strangers make up is not among them.
    """

    held: Count
    owing: Count
    unassigned: Count
    requested: Count
    disputed: Count
    due_by: datetime | None
    failed: Count
    refused: int


@frozen(eq=False, repr=False)
class ViewWaiting:
    """Counts what waits for a person, for those who may read other people's payments.

    `endpoints` are those at which the payment provider's messages come in.
    """

    orders: Orders
    payment_inbox: PaymentInbox
    webhook_health: WebhookHealth
    view_disputes: ViewDisputes
    authorize: Authorize
    endpoints: tuple[str, ...]

    def __call__(self, principal: Principal) -> Waiting:
        """Return it; a page of each list is read, and every order with an open dispute.

        Raises:
            Forbidden: `principal` may not read other people's payments.
        """
        self.authorize(principal, Permission.READ_MONEY)
        disputes = self.view_disputes(principal)
        health = [self.webhook_health.of(endpoint) for endpoint in self.endpoints]
        return Waiting(
            held=self._orders(OrderList.HOLDING),
            owing=self._orders(OrderList.OWING),
            unassigned=self._orders(OrderList.UNASSIGNED),
            requested=self._orders(OrderList.REQUESTED),
            disputed=Count(len(disputes)),
            due_by=next((open_.dispute.due_by for open_ in disputes if open_.answerable), None),
            failed=self._failed(),
            refused=sum(endpoint.clock + endpoint.secret for endpoint in health),
        )

    def _orders(self, which: OrderList) -> Count:
        page = self.orders.listed(OrderQuery.of(which), MOST_COUNTED)
        return Count(len(page.items), more=page.next_place is not None)

    def _failed(self) -> Count:
        page = self.payment_inbox.entries(MOST_COUNTED, state=EventState.FAILED)
        return Count(len(page.items), more=page.next_place is not None)
