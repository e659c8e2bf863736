"""Retention: removing what nobody will ask for again."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import frozen

from koda.domain.model.errors import (
    NotFound,
    PaymentMismatch,
    PaymentUnreadable,
    Refused,
    StaleWrite,
)
from koda.domain.model.identifiers import FileKey
from koda.domain.model.orders import Order, OrderState
from koda.domain.model.payments import PaymentState
from koda.domain.model.policy import Policy
from koda.domain.model.uploads import LISTABLE
from koda.domain.usecases.buying.record_purchase import RecordPurchase
from koda.ports.automations import Automations
from koda.ports.clock import Clock
from koda.ports.files import Files
from koda.ports.orders import Orders
from koda.ports.outbox import Outbox
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.uploads import Uploads

_GRACE = timedelta(hours=1)
"""How long a ticket and its bytes stay after the ticket's end.

A submission that began before the end still reads them, and the clocks of the machines differ.
"""
_ORDER_KEPT = timedelta(days=30)
"""How long an order that nobody paid stays after it was made.

A checkout ends within a day, and a bank debit that began in it is decided within 14 days more:
https://docs.stripe.com/payments/bank-debits. What the provider is still processing stays anyway.
"""
_MESSAGE_KEPT = timedelta(days=90)
"""How long a message that was handled stays without its payload, so that it takes effect once.

The provider sends it again for three days, and lists it for thirty, from where a person may send
it once more: https://docs.stripe.com/webhooks, https://docs.stripe.com/api/events.
"""
_DELIVERY_KEPT = timedelta(days=30)
"""How long it is known that a subscriber was told of a domain event, after it happened."""
_FILE_KEPT = timedelta(days=1)
"""How long a kept file stays, beside the life of the ticket that it came under, though no listing
refers to it: a submission that is under way refers to it at its end."""
_NEVER_PAID = frozenset({PaymentState.EXPIRED, PaymentState.FAILED})

_logger: logging.Logger = logging.getLogger("koda.tidy")


@frozen
class Tidied:
    """How much a run removed, or would remove.

    Expired tickets, uploads never listed, kept files that no listing refers to, orders never paid,
    messages handled and events delivered long ago, and payloads of messages. `files_refused` says
    that the store lets these keys remove no kept files.
    """

    tickets: int
    uploads: int
    files: int
    orders: int
    messages: int
    deliveries: int
    files_refused: bool = False
    payloads: int = 0


@frozen(eq=False, repr=False)
class Tidy:
    """Removes expired tickets, uploads never listed, orders never paid, and what is told long ago.

    Kept files that a listing refers to, in whatever state and by whatever release, are never
    touched, and neither is an order that was paid or may be: the provider is asked first. Any
    number of runs at once, on any number of machines, do together what one would do; one that is
    cut off is completed by the next.
    """

    automations: Automations
    uploads: Uploads
    files: Files
    orders: Orders
    payment_inbox: PaymentInbox
    outbox: Outbox
    record: RecordPurchase
    policy: Policy
    clock: Clock

    def __call__(self, *, dry_run: bool = False) -> Tidied:
        """Tidy up; a dry run says what that would remove, as far as the store knows.

        Raises:
            Unavailable: a store or the payment provider is down; what went before that is gone.
        """
        now = self.clock()
        ended = now - _GRACE
        tickets = self.uploads.forget(ended, dry_run=dry_run)
        # Bytes arrive before their ticket is looked into, so that the ticket of these has ended.
        listable = self.policy.upload_lifetime + LISTABLE
        before = ended - listable
        uploads = self.files.forget(before, dry_run=dry_run)
        settled = now - self.policy.payload_lifetime
        payloads = self.payment_inbox.drop_payloads(settled, dry_run=dry_run)
        messages = self.payment_inbox.forget(settled - _MESSAGE_KEPT, dry_run=dry_run)
        deliveries = self.outbox.forget(now - _DELIVERY_KEPT, dry_run=dry_run)
        unpaid = self.orders.unpaid(now - _ORDER_KEPT)
        orders = sum(dry_run or self._dropped(order) for order in unpaid)
        # A ticket tells for its whole life what was kept under it, and a submission refers to that.
        idle = now - _FILE_KEPT - listable
        files, refused = self._drop_unused(idle, dry_run=dry_run)
        return Tidied(tickets, uploads, files, orders, messages, deliveries, refused, payloads)

    def _drop_unused(self, before: datetime, *, dry_run: bool) -> tuple[int, bool]:
        """Remove kept files that nobody refers to; how many, and whether the store refused it."""
        dropped = 0
        try:
            for key in self._unused(before):
                dropped += dry_run or self.files.drop(key, before)
        except Refused:  # a machine that serves need not have the right
            return dropped, True
        return dropped, False

    def _unused(self, before: datetime) -> Iterator[FileKey]:
        """The files last kept before that time to which no automation refers.

        First the files are listed, then it is asked who refers to them, so that whatever is
        referred to later was kept again, which `drop` heeds. None is named if nobody refers to any
        file at all: then the store and the files do not belong together.
        """
        automations, pages = self.automations, self.files.kept_before
        if not any(automations.files_in_use(page) for page in pages(before)):
            if any(pages(before)):
                _logger.info("No listing refers to any of the kept files: they stay")
            return
        for page in pages(before):
            used = automations.files_in_use(page)
            yield from (key for key in page if key not in used)

    def _dropped(self, order: Order) -> bool:
        """Remove the order if it was never paid; whether it went."""
        unpaid = self._never_paid(order)
        if unpaid is None:
            return False
        try:
            self.orders.drop(unpaid)
        except StaleWrite:
            return False  # somebody else was here; the next run looks again
        return True

    def _never_paid(self, order: Order) -> Order | None:
        """The order as it is kept once the provider was asked, if nobody paid or will."""
        if order.checkout is None:
            return order
        try:
            recorded = self.record(order.checkout.id)
        except NotFound:
            # Another account of the provider's may know it, and whether an open one was paid.
            return None if order.state is OrderState.OPEN else order
        except (PaymentMismatch, PaymentUnreadable):
            _logger.exception("Order %s may be paid, and somebody must look at it", order.id)
            return None
        return recorded.order if recorded.payment in _NEVER_PAID else None
