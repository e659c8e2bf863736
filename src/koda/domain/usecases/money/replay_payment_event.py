"""Handling a message of the payment provider again."""

from attrs import frozen

from koda.domain.model.audit import AuditAction, AuditSubject
from koda.domain.model.errors import KodaError, Unverified
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.domain.usecases.administration.keep_audit import KeepAudit
from koda.domain.usecases.money.handle_payment_event import HandlePaymentEvent
from koda.ports.payment_inbox import PaymentInbox
from koda.ports.payment_webhooks import PaymentWebhooks


@frozen(eq=False, repr=False)
class ReplayPaymentEvent:
    """Handles a message of the inbox as if the provider had sent it again, as an admin."""

    payment_inbox: PaymentInbox
    webhooks: PaymentWebhooks
    handle: HandlePaymentEvent
    authorize: Authorize
    audit: KeepAudit

    def __call__(self, principal: Principal, event_id: EventId, reason: str) -> InboxEntry:
        """Replay a message, unless it is done; return its entry as it is afterwards.

        What keeps it from being done is the entry's `problem`. The audit log keeps the reason, and
        that it was replayed, whatever became of it.

        Raises:
            Forbidden: `principal` may not replay messages.
            InvalidValue: the reason is too short or too long.
            NotFound: there is no such message.
            Unavailable: the inbox or the audit log is down.
        """
        self.authorize(principal, Permission.REPLAY_MESSAGES)
        entry = self.payment_inbox.get(event_id)
        if not entry.waiting:
            return entry
        payload = self.payment_inbox.payload(event_id)
        subject = AuditSubject("message", event_id)
        with self.audit(principal, AuditAction.REPLAY_MESSAGE, subject, reason):
            self._handle(event_id, payload)
        return self.payment_inbox.get(event_id)

    def _handle(self, event_id: EventId, payload: bytes) -> None:
        try:
            self.handle.take_in(self.webhooks.read(payload), payload)
        except Unverified as error:
            self.payment_inbox.failed(event_id, str(error))
        except KodaError:
            pass  # the entry tells of it
