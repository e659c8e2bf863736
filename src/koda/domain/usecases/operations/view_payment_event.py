"""Looking at one message of the payment provider."""

from attrs import frozen

from koda.domain.model.errors import NotFound
from koda.domain.model.identifiers import EventId
from koda.domain.model.payments import InboxEntry
from koda.domain.model.people import Principal
from koda.domain.model.roles import Permission
from koda.domain.usecases.administration.authorize import Authorize
from koda.ports.payment_inbox import PaymentInbox


@frozen
class PaymentMessage:
    """What became of a message, and what it says; nothing for who may not read that.

    Nor is there a payload once it is kept no longer.
    """

    entry: InboxEntry
    payload: bytes | None


@frozen(eq=False, repr=False)
class ViewPaymentEvent:
    """Shows a message of the inbox to those who may read other people's payments.

    What it says holds buyers' mail addresses, and is for admins alone.
    """

    payment_inbox: PaymentInbox
    authorize: Authorize

    def __call__(self, principal: Principal, event_id: EventId) -> PaymentMessage:
        """Return a message.

        Raises:
            Forbidden: `principal` may not read other people's payments.
            NotFound: there is no such message.
        """
        self.authorize(principal, Permission.READ_MONEY)
        entry = self.payment_inbox.get(event_id)
        if not self.authorize.allows(principal, Permission.READ_MESSAGES):
            return PaymentMessage(entry, None)
        try:
            return PaymentMessage(entry, self.payment_inbox.payload(event_id))
        except NotFound:
            return PaymentMessage(entry, None)
