"""Access to one mail server, which may be slow, down or answer nonsense."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from functools import cached_property

from aiosmtplib import SMTP, SMTPException, SMTPResponseException
from attrs import define, field

from koda.adapters.smtp.headers import finished
from koda.domain.model.errors import Refused, Unavailable, Undeliverable

CONNECT = timedelta(seconds=10)
"""How long each address of the server may take to be connected to."""
DEADLINE = timedelta(seconds=20)
"""How long a whole conversation may take, whatever the server does in it."""
GOODBYE = timedelta(seconds=1)
"""How long it may take to answer the last word, after which nothing depends on it."""

FAULTS = (SMTPException, OSError, ValueError)
"""What a server may cause: beside its errors, what comes of reading an answer that is none."""
_FINAL = range(500, 600)
"""Codes of answers that stay the same; those of later numbers are no answers (RFC 5321, 4.2.1)."""


@define(slots=False)
class MailServerFailed(Exception):
    """Why a conversation with the server came to nothing; `reason` names nobody."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@define(slots=False)
class MailServer:
    """Hands messages to the server at `host` and `port`, in a conversation of their own each.

    `security` is `tls` from the first byte, `starttls`, without which nothing is said, or `none`.
    The certificate must be the host's, signed by whom `trust` or else the system trusts.
    `introduction` is the name under which Koda introduces itself.
    """

    host: str
    port: int
    security: str
    introduction: str
    user: str = ""
    password: str = field(default="", repr=False)
    deadline: timedelta = DEADLINE
    trust: ssl.SSLContext | None = None

    def post(self, message: EmailMessage) -> None:
        """Hand `message` over to be brought to the one recipient in its header.

        Raises:
            Undeliverable: the server takes nothing for this recipient, or not this message; or its
                header would read otherwise than meant.
            Refused: the server does not let Koda in, or not send in the sender's name.
            Unavailable: it was not taken, or nobody knows; the cause says why.
        """
        sender, recipient = (message[header].addresses[0].addr_spec for header in ("From", "To"))
        content = finished(message)
        if content is None:
            raise Undeliverable("the header of the message would not say what was meant")

        async def hand_over(client: SMTP) -> None:
            await client.mail(sender)
            try:
                await client.rcpt(recipient)
                await client.data(content)
            except SMTPResponseException as error:
                if _final(error):
                    raise Undeliverable(_reason(error)) from None
                raise

        self._try(hand_over)

    def probe(self) -> None:
        """Connect, sign in and take leave.

        Raises:
            Unavailable: the server does not answer as it should; the cause says why.
            Refused: it does not let Koda in, or its certificate is not trusted.
        """

        async def nod(client: SMTP) -> None:
            await client.noop()

        self._try(nod)

    def _try(self, talk: Callable[[SMTP], Awaitable[None]]) -> None:
        try:
            self._converse(talk)
        except FAULTS as error:
            kind = Refused if _final(error) or _untrusted(error) else Unavailable
            raise kind("mail server") from MailServerFailed(_reason(error))

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()

    def _converse(self, talk: Callable[[SMTP], Awaitable[None]]) -> None:
        # The name is looked up here, not by the event loop: its threads would keep the process
        # from ending, and cannot be had any more while it does.
        address = (self.host, self.port)
        with socket.create_connection(address, CONNECT.total_seconds()) as connection:
            asyncio.run(self._conversation(connection, talk))

    async def _conversation(
        self, connection: socket.socket, talk: Callable[[SMTP], Awaitable[None]]
    ) -> None:
        seconds = self.deadline.total_seconds()
        client = SMTP(
            hostname=self.host,
            sock=connection,
            local_hostname=self.introduction,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=None if self.security == "none" else self._trusted,
            timeout=seconds,
        )
        try:
            async with asyncio.timeout(seconds):
                await client.connect()
                if self.user:
                    await client.login(self.user, self.password)
                await talk(client)
            with suppress(*FAULTS):
                await client.execute_command(b"QUIT", timeout=GOODBYE.total_seconds())
        finally:
            # The library would begin the long goodbye of TLS here, which nobody stays to hear.
            if isinstance(client.transport, asyncio.WriteTransport):
                client.transport.abort()
            client.close()


def _final(error: Exception) -> bool:
    return isinstance(error, SMTPResponseException) and error.code in _FINAL


def _untrusted(error: Exception) -> bool:
    return isinstance(error.__cause__ or error, ssl.SSLCertVerificationError)


def _reason(error: Exception) -> str:
    """Say what happened, without the server's own words: they may repeat an address."""
    cause = error.__cause__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the mail server's certificate is not trusted: {cause.verify_message}"
    if isinstance(error, SMTPResponseException) and error.code > 0:
        return f"the mail server answered {error.code}"
    if isinstance(error, TimeoutError):
        return "the mail server did not answer in time"
    return f"the mail server cannot be used ({type(cause).__name__})"
