"""Notices by e-mail."""

import logging
from datetime import datetime
from functools import partial

from koda.adapters.smtp.emails import EmailRenderer
from koda.adapters.smtp.mailboxes import mailbox
from koda.adapters.smtp.messages import message_of
from koda.adapters.smtp.outbox import Errand, Outbox
from koda.adapters.smtp.server import MailServer, NotSent
from koda.domain.model.errors import Unavailable
from koda.domain.model.notices import Notice
from koda.ports.clock import Clock
from koda.ports.notices import Notices
from koda.ports.people import People

_log = logging.getLogger("koda.notices")


class SmtpNotices(Notices):
    """Writes to the address that `people` knows, in the background, each notice at most once.

    `send` only puts the notice into the `outbox`. Whatever becomes of it is in the log, under
    `koda.notices`, with the order and without names or addresses.
    """

    def __init__(
        self,
        server: MailServer,
        letters: EmailRenderer,
        people: People,
        clock: Clock,
        outbox: Outbox,
    ) -> None:
        self.server = server
        self._letters = letters
        self._people = people
        self._clock = clock
        self._outbox = outbox

    def send(self, notice: Notice) -> None:
        try:
            name = f"{message_of(notice).kind} notice of order {notice.order_id}"
            self._outbox.put(Errand(name, partial(self._deliver, notice, self._clock())))
        except Exception as error:  # noqa: BLE001 - the money is safe, and no mail may spoil it
            _log.error("A notice of order %s is lost: %s", notice.order_id, type(error).__name__)

    def close(self) -> None:
        """Send what is waiting, as far as a few seconds allow."""
        self._outbox.close()

    def _deliver(self, notice: Notice, at: datetime) -> None:
        try:
            person = self._people.some([notice.user_id]).get(notice.user_id)
        except Unavailable as error:
            raise NotSent("the store does not answer", again=True) from error
        if person is None or not person.email:
            raise NotSent("no address is known", again=False)
        recipient = mailbox(person.email)
        if recipient is None:
            raise NotSent("no mail can go to the address that is known", again=False)
        self.server.post(self._letters.write(notice, person.name, recipient, at))
