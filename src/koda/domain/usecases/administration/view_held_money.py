"""Looking at the money of sellers that does not move."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from attrs import frozen

from koda.domain.model.books.accounts import AccountKind
from koda.domain.model.books.making import About
from koda.domain.model.books.payments import share_held
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.held_money import HeldMoney
from koda.domain.model.identifiers import UserId
from koda.domain.model.money import Money
from koda.domain.model.order_lists import OrderList, OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.people import Person, Principal
from koda.domain.model.policy import Policy
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.clock import Clock
from koda.ports.journal import Journal
from koda.ports.orders import Orders
from koda.ports.people import People

_MOST_ENTRIES = 500
"""Entries of the journal about one order that are looked at."""


@frozen
class HeldMoneyListed:
    """A page of what is held, and what is known of the sellers, by id."""

    page: ListPage[HeldMoney]
    people: Mapping[UserId, Person]


@frozen(eq=False, repr=False)
class ViewHeldMoney:
    """Lists what is held of sellers' money, for those who may read other people's payments."""

    orders: Orders
    journal: Journal
    people: People
    authorize: Authorize
    policy: Policy
    clock: Clock

    def __call__(
        self,
        principal: Principal,
        seller_id: UserId | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> HeldMoneyListed:
        """Return a page of what is held of everybody's money or of a seller's, latest paid first.

        A page has so many orders, each of which may hold money of several sellers. The journal is
        read once for each.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        self.authorize(principal, Permission.READ_MONEY)
        query = (
            OrderQuery.of(OrderList.HOLDING)
            if seller_id is None
            else OrderQuery.holding_from(seller_id)
        )
        scope = f"held:{query.label}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.orders.listed(query, self.policy.limit(limit), after)
        held = tuple(
            money
            for order in page.items
            for money in self._held(order)
            if seller_id in {None, money.share.seller_id}
        )
        known = self.people.some({money.share.seller_id for money in held})
        return HeldMoneyListed(page.in_list(scope).with_items(held), known)

    def totals(self, principal: Principal) -> tuple[Money, ...]:
        """Return all that is held now, by currency, as the books have it.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            CorruptRecord: an entry or a total of the books cannot be read.
        """
        self.authorize(principal, Permission.READ_MONEY)
        totals: dict[str, int] = {}
        for balance in self.journal.balances(self.clock()):
            if balance.account.kind is AccountKind.HELD:
                totals[balance.currency] = totals.get(balance.currency, 0) - balance.minor
        return tuple(Money(held, currency) for currency, held in sorted(totals.items()) if held)

    def _held(self, order: Order) -> Iterator[HeldMoney]:
        """The shares that an order holds, each since when the books have it."""
        booked = self._booked(order)
        paid_at = order.paid_at or order.created_at
        for share in order.settlement.held:
            about = About(order.id, paid_at, seller_id=share.seller_id)
            key = share_held(about, share.net, share.since).key
            yield HeldMoney(order, share, booked.get(key, paid_at))

    def _booked(self, order: Order) -> Mapping[str, datetime]:
        entries = self.journal.entries(EntryQuery.of_order(order.id), _MOST_ENTRIES).items
        return {entry.key: entry.occurred_at for entry in entries}
