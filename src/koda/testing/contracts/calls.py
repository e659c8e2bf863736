"""A call of every method of a port, with arguments made from its annotations."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from inspect import Parameter, getmembers, signature
from typing import get_args, get_origin, get_type_hints

from koda.domain.model.audit import AuditEntry, AuditOutcome
from koda.domain.model.automations import Automation
from koda.domain.model.books.accounts import Account, AccountKind
from koda.domain.model.books.entries import Entry
from koda.domain.model.books.queries import EntryQuery
from koda.domain.model.deliveries import Delivery, Subscription
from koda.domain.model.errors import RefusalCause
from koda.domain.model.events import OrderClosed
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import CheckoutSessionId, EventId, OrderId, UserId
from koda.domain.model.order_lists import OrderQuery
from koda.domain.model.orders import Order
from koda.domain.model.payments import CheckoutChanged, PaymentEvent
from koda.domain.model.people import Person
from koda.domain.model.purchases import Purchase
from koda.domain.model.roles import Roster
from koda.domain.model.sellers import Seller
from koda.domain.model.telling import told
from koda.domain.model.uploads import UploadTicket
from koda.domain.search.builds import IndexBuild
from koda.domain.search.entries import Order as IndexOrder
from koda.domain.search.entries import Wanted
from koda.testing.examples import (
    NOON,
    a_grant,
    a_person,
    a_purchase,
    a_seller,
    a_ticket,
    an_audit_entry,
    an_automation,
    an_entry,
    an_order,
)

MANY = (Iterable, Sequence, Collection)


def a_delivery() -> Delivery:
    """A delivery that was taken."""
    about = told("order", "ord_1", 1, NOON, 0)
    event = OrderClosed(
        order_id=OrderId("ord_1"), buyer_id=UserId("user_bea"), state="failed", **about
    )
    return Delivery.of(event, "sales", NOON)


VALUES: Mapping[object, Callable[[], object]] = {
    str: lambda: "text",
    int: lambda: 1,
    bytes: lambda: b"{}",
    datetime: lambda: NOON,
    date: NOON.date,
    RefusalCause: lambda: RefusalCause.SECRET,
    AuditEntry: an_audit_entry,
    AuditOutcome: lambda: AuditOutcome.DONE,
    Account: lambda: Account(AccountKind.PROVIDER),
    Automation: an_automation,
    Delivery: a_delivery,
    Entry: an_entry,
    EntryQuery: EntryQuery,
    OrderQuery: OrderQuery,
    Grant: a_grant,
    Order: an_order,
    PaymentEvent: lambda: CheckoutChanged(
        EventId("evt_1"), "checkout.completed", CheckoutSessionId("cs_1")
    ),
    Person: a_person,
    Purchase: a_purchase,
    Roster: Roster,
    Seller: a_seller,
    Subscription: lambda: Subscription("sales", (OrderClosed.name(),), NOON),
    UploadTicket: a_ticket,
    IndexOrder: lambda: IndexOrder.NEWEST,
    Wanted: Wanted,
    IndexBuild: IndexBuild,
}
"""An example of each type that the stores take; ids are those of what it stands for."""


def calls_of(port: type, adapter: object) -> Mapping[str, Callable[[], object]]:
    """Return a call of each method of `port` on `adapter`, by name.

    Raises:
        KeyError: a method takes something of which there is no example.
    """
    return {
        name: partial(getattr(adapter, name), *_arguments(method))
        for name, method in getmembers(port)
        if getattr(method, "__isabstractmethod__", False)
    }


def _arguments(method: Callable[..., object]) -> list[object]:
    """What a method must be given: an example for each parameter without a default."""
    kinds = get_type_hints(method)
    return [
        _example(kinds[parameter.name])
        for parameter in list(signature(method).parameters.values())[1:]
        if parameter.default is Parameter.empty
    ]


def _example(kind: object) -> object:
    """A value of a type; of several, one; of a text with a name of its own, any text."""
    if get_origin(kind) in MANY:
        return [_example(get_args(kind)[0])]
    if get_origin(kind) is Mapping:
        key, value = get_args(kind)
        return {_example(key): _example(value)}
    return VALUES[getattr(kind, "__supertype__", kind)]()
