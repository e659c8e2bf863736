"""Handling a message of the payment provider again."""

from attrs import frozen

from koda.domain.model.errors import KodaError, Unverified
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry
from koda.domain.usecases.money.handle_payment_event import HandlePaymentEvent
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks


@frozen(eq=False, repr=False)
class ReplayPaymentEvent:
    """Handles a message of the inbox as if the provider had sent it again."""

    payment_inbox: PaymentInbox
    webhooks: PaymentWebhooks
    handle: HandlePaymentEvent

    def __call__(self, event_id: EventId) -> InboxEntry:
        """Replay a message, unless it is done; return its entry as it is afterwards.

        What keeps it from being done is the entry's `problem`.

        Raises:
            NotFound: there is no such message.
            Unavailable: the inbox is down.
        """
        entry = self.payment_inbox.get(event_id)
        if not entry.waiting:
            return entry
        payload = self.payment_inbox.payload(event_id)
        try:
            self.handle.take_in(self.webhooks.read(payload), payload)
        except Unverified as error:
            self.payment_inbox.failed(event_id, str(error))
        except KodaError:
            pass  # the entry tells of it
        return self.payment_inbox.get(event_id)
