"""Looking at the inbox of the payment provider's messages."""

from datetime import datetime

from attrs import frozen

from koda.domain.model.paging import Cursor, ListPage
from koda.domain.model.payments import EventState, InboxEntry
from koda.domain.model.policy import Policy
from koda.ports.payment_inbox import PaymentInbox


@frozen(eq=False, repr=False)
class ViewPaymentEvents:
    """Lists the messages of the inbox, without their payloads."""

    payment_inbox: PaymentInbox
    policy: Policy

    def __call__(
        self,
        state: EventState | None = None,
        subject: str | None = None,
        since: datetime | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> ListPage[InboxEntry]:
        """Return a page of messages, latest received first.

        All of them, or those in a state, about a subject, or received at `since` (UTC) or later.

        Raises:
            InvalidValue: a cursor of another list, or a limit that is not allowed.
        """
        scope = f"inbox:{state}:{subject}:{since}"
        after = Cursor.decode(cursor, scope) if cursor else None
        page = self.payment_inbox.entries(
            self.policy.limit(limit), after, state=state, subject=subject, since=since
        )
        return page.in_list(scope)
