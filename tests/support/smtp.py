"""Notices by e-mail, put together as the container does it."""

from datetime import timedelta
from typing import Any

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.emails import EmailRenderer
from koda.adapters.smtp.mailboxes import named_mailbox
from koda.adapters.smtp.notices import SmtpNotices
from koda.adapters.smtp.outbox import Outbox
from koda.adapters.smtp.server import MailServer
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person
from koda.ports.people import People
from koda.testing.examples import NOON
from tests.servers.smtp import HOST, SmtpServer

PATIENT = timedelta(seconds=60)
"""So long a busy machine may take, without failing a test."""


def letters(*, reply_to: str = "", sender: str = "Koda <receipts@koda.example>") -> EmailRenderer:
    """What writes for the site at https://koda.example."""
    answers = named_mailbox(reply_to) if reply_to else None
    return EmailRenderer(named_mailbox(sender), answers, "https://koda.example")


def mail_server(port: int, security: str = "none", **options: Any) -> MailServer:
    """A server as its clients see it."""
    return MailServer(HOST, port, security, "koda.example", **{"deadline": PATIENT} | options)


def people(**addresses: str | None) -> People:
    """Ada and Bea, with these addresses."""
    known = MemoryPeople()
    told = {"ada": "ada@example.com", "bea": "bea@example.com"} | addresses
    for name, address in told.items():
        known.put(Person(UserId(f"user_{name}"), name.title(), address, None, NOON))
    return known


def made(server: SmtpServer | MailServer, **parts: Any) -> SmtpNotices:
    """Notices that go to `server`, with a patient outbox that tries again at once."""
    outbox = parts.get("outbox") or Outbox(pauses=(timedelta(0),) * 3, farewell=PATIENT)
    return SmtpNotices(
        mail_server(server.port) if isinstance(server, SmtpServer) else server,
        parts.get("letters") or letters(),
        parts.get("people") or people(),
        parts.get("clock") or FixedClock(NOON),
        outbox,
    )
