"""Notices by e-mail."""

import logging

from koda.adapters.smtp.emails import EmailRenderer
from koda.adapters.smtp.mailboxes import mailbox
from koda.adapters.smtp.server import MailServer
from koda.domain.model.errors import Unavailable, Undeliverable
from koda.domain.model.notices import Notice
from koda.ports.clock import Clock
from koda.ports.notices import Notices
from koda.ports.people import People

_log = logging.getLogger("koda.notices")


class SmtpNotices(Notices):
    """Writes to the address that `people` knows.

    A message that the server may have taken although it did not say so is sent again, as mail
    servers themselves do it (RFC 5321, section 4.5.3.2.6), under the same `Message-ID`. Why one
    was not sent is in the log, under `koda.notices`, without names or addresses.
    """

    def __init__(
        self, server: MailServer, letters: EmailRenderer, people: People, clock: Clock
    ) -> None:
        self.server = server
        self._letters = letters
        self._people = people
        self._clock = clock

    def send(self, notice: Notice) -> None:
        person = self._people.some([notice.user_id]).get(notice.user_id)
        if person is None or not person.email:
            raise Undeliverable("no address is known")
        recipient = mailbox(person.email)
        if recipient is None:
            raise Undeliverable("no mail can go to the address that is known")
        try:
            self.server.post(self._letters.write(notice, person.name, recipient, self._clock()))
        except Unavailable as error:
            _log.warning("The notice %s is not sent yet: %s", notice.id, error.__cause__)
            raise
