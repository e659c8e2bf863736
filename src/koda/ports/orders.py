"""Where orders are kept."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from koda.domain.model.events import DomainEvent
from koda.domain.model.identifiers import CheckoutSessionId, OrderId, UserId
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import Cursor, Page


class Orders(Protocol):
    """All orders. Every method raises `Unavailable` while the store cannot be reached."""

    @abstractmethod
    def get(self, order_id: OrderId) -> Order:
        """Return one.

        Raises:
            NotFound: there is none of this id.
        """

    @abstractmethod
    def some(self, order_ids: Iterable[OrderId]) -> Mapping[OrderId, Order]:
        """Return those that exist among `order_ids`, by id."""

    @abstractmethod
    def find_by_checkout(self, session_id: CheckoutSessionId) -> Order | None:
        """Return the order that is paid in checkout session `session_id`, or nothing."""

    @abstractmethod
    def find_open(self, buyer_id: UserId, basket: str) -> Order | None:
        """Return the buyer's open order of this basket (`Order.basket`), or nothing."""

    @abstractmethod
    def find_by_request(self, buyer_id: UserId, request_key: str) -> Order | None:
        """Return the buyer's order, in any state, that answers `request_key`, or nothing."""

    @abstractmethod
    def listed(self, query: OrderQuery, limit: int, after: Cursor | None = None) -> Page[Order]:
        """Return a page of the orders that `query` asks for, latest dated first, then by id.

        Ids descend, too. `after` is a place as `place_of` tells it, as is `next_place`. One that is
        paid while somebody reads page by page moves to the top, and may come twice or not at all.
        """

    @abstractmethod
    def open_of(self, buyer_id: UserId, limit: int) -> tuple[Order, ...]:
        """Return at most `limit` open orders of the buyer, newest first, then by id."""

    @abstractmethod
    def open_about(self, subject: str) -> Iterator[Order]:
        """Yield the open orders of anybody that are about it (`Order.subjects`), oldest first.

        Those of the same time come by id. Whatever is saved or added meanwhile, all others come,
        each once.
        """

    @abstractmethod
    def add(self, order: Order, events: Sequence[DomainEvent] = ()) -> None:
        """Keep a new order, as it is (its `revision` is 0), with what happened.

        Raises:
            AlreadyExists: the id is taken, or the buyer has an open order of the same basket, or
                one under the same request key. Of two callers at once one gets this.
        """

    @abstractmethod
    def save(self, order: Order, events: Sequence[DomainEvent] = ()) -> Order:
        """Replace the kept order by this next state; return it as kept, with the next revision.

        `events`, what happened, are kept in the same write (see `Outbox`), or nothing is.

        Raises:
            StaleWrite: somebody saved first, or there is none of this id.
            AlreadyExists: another order has what must be its own: the open basket, the request
                key or the checkout session.
        """

    @abstractmethod
    def unpaid(self, before: datetime) -> Iterator[Order]:
        """Yield the orders made before that time (UTC) that are not paid, oldest first, by id.

        Whatever is saved or dropped meanwhile, all others come, each once.
        """

    @abstractmethod
    def under_way(self, before: datetime) -> Iterator[Order]:
        """Yield the orders made before that time (UTC) that are open, or paid and not settled.

        Oldest first, by id. Whatever is saved or dropped meanwhile, all others come, each once.
        """

    @abstractmethod
    def drop(self, order: Order) -> None:
        """Remove an order that is not paid.

        Raises:
            StaleWrite: it is paid, somebody saved it since, or it is gone.
        """
