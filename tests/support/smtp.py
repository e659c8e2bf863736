"""Notices by e-mail, put together as the container does it."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from attrs import frozen

from koda.adapters.memory.clock import FixedClock
from koda.adapters.memory.people import MemoryPeople
from koda.adapters.smtp.emails import EmailRenderer
from koda.adapters.smtp.mailboxes import named_mailbox
from koda.adapters.smtp.notices import SmtpNotices
from koda.adapters.smtp.server import MailServer
from koda.domain.model.errors import KodaError, Unavailable, Undeliverable
from koda.domain.model.identifiers import UserId
from koda.domain.model.people import Person
from koda.ports.people import People
from koda.testing.examples import NOON
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp import HOST, SmtpServer

PATIENT = timedelta(seconds=60)
"""So long a busy machine may take, without failing a test."""
BEFORE_CONTENT = 4
"""What a client says before the message itself: EHLO, MAIL, RCPT, DATA."""
SOMEBODY = re.compile("@|bea|ada", re.IGNORECASE)
"""What no error and no log may show: an address, or a name."""


@frozen
class Failure:
    """Why something was not sent: the kind of error, and what it or its cause says."""

    kind: type[KodaError]
    reason: str


def failure(send: Callable[[], None]) -> Failure | None:
    """Why `send` failed, if it did; whatever a traceback would show of it names nobody."""
    try:
        send()
    except (Unavailable, Undeliverable) as error:
        refusal = error
    else:
        return None
    assert not [shown for shown in _shown(refusal) if SOMEBODY.search(shown)]
    if isinstance(refusal, Undeliverable):
        return Failure(Undeliverable, refusal.reason)
    return Failure(type(refusal), str(refusal.__cause__))


def _shown(error: BaseException | None) -> Iterator[str]:
    """What a traceback shows of an error, of its causes and of what they came up in."""
    while error is not None:
        yield f"{error} {error!r} {error.args}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


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
    """Notices that go to `server`."""
    return SmtpNotices(
        mail_server(server.port) if isinstance(server, SmtpServer) else server,
        parts.get("letters") or letters(),
        parts.get("people") or people(),
        parts.get("clock") or FixedClock(NOON),
    )


@contextmanager
def before(server: SmtpServer, fault: Fault, *, spare: int = 0) -> Iterator[Proxy]:
    """Stand before a server; what is asked after `spare` questions meets the fault."""
    proxy = Proxy(f"smtp://{HOST}:{server.port}")
    proxy.fault, proxy.spare = fault, spare
    try:
        yield proxy
    finally:
        proxy.close()
