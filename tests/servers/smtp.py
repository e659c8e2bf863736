"""A live mail server for the tests, on loopback: aiosmtpd, with certificates of its own."""

import ssl
from asyncio import AbstractServer
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from functools import cache
from pathlib import Path
from socket import SHUT_RDWR, create_server, socket
from threading import Condition, Thread
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from attrs import define, field, frozen

HOST = "127.0.0.1"
USER = "koda"
PASSWORD = "correct horse"
PATIENCE = 60.0
"""Seconds within which anything must have happened."""
TAKEN = "250 OK"


@cache
def authority() -> trustme.CA:
    """Who signs the servers' certificates."""
    return trustme.CA()


def trusting() -> ssl.SSLContext:
    """What a client goes by that trusts the servers."""
    context = ssl.create_default_context()
    authority().configure_trust(context)
    return context


def certified(name: str) -> ssl.SSLContext:
    """What a server goes by whose certificate names `name`."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority().issue_cert(name).configure_cert(context)
    return context


@frozen
class Delivery:
    """What a client handed over: the envelope's sender and recipients, and the message."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, as a mail program reads it."""
        return message_from_bytes(self.content, policy=WIRE)

    def part(self, kind: str) -> str:
        """The text of its `plain` or `html` part."""
        body = self.message.get_body((kind,))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


@define
class Post:
    """What the server keeps, and what it refuses: answers by the beginning of a command.

    Each answer is given once, the last one for ever.
    """

    deliveries: list[Delivery] = field(factory=list)
    refusals: dict[str, list[str]] = field(factory=dict)
    commands: list[str] = field(factory=list)
    _changed: Condition = field(factory=Condition)

    def wait(self, count: int) -> list[Delivery]:
        """The deliveries, once there are so many."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.deliveries) >= count, PATIENCE), (
                self.commands
            )
            return list(self.deliveries)

    def wait_for_command(self, name: str, count: int = 1) -> None:
        """Return once a command has been given so often."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.commands.count(name) >= count, PATIENCE)

    def answer(self, command: str) -> str:
        """What `command` is answered."""
        with self._changed:
            self.commands.append(command)
            self._changed.notify_all()
            refusals = self.refusals.get(command, [TAKEN])
            return refusals.pop(0) if len(refusals) > 1 else refusals[0]

    async def handle_MAIL(  # noqa: N802 - the server's own name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender."""
        answer = self.answer("MAIL")
        envelope.mail_from = address if answer == TAKEN else None
        return answer

    async def handle_RCPT(  # noqa: N802 - see above
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        answer = self.answer("RCPT")
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_NOOP(  # noqa: N802 - see above
        self, _: SMTP, __: Session, ___: Envelope, ____: str
    ) -> str:
        """Nod."""
        return self.answer("NOOP")

    async def handle_QUIT(  # noqa: N802 - see above
        self, _: SMTP, __: Session, ___: Envelope
    ) -> str:
        """Say goodbye."""
        answer = self.answer("QUIT")
        return "221 Bye" if answer == TAKEN else answer

    async def handle_DATA(  # noqa: N802 - see above
        self, _: SMTP, __: Session, envelope: Envelope
    ) -> str:
        """Take a message."""
        answer = self.answer("DATA")
        if answer == TAKEN:
            content = envelope.original_content or b""
            delivery = Delivery(str(envelope.mail_from), tuple(envelope.rcpt_tos), content)
            with self._changed:
                self.deliveries.append(delivery)
                self._changed.notify_all()
        return answer

    def sign_in(self, _: SMTP, __: Session, ___: Envelope, ____: str, data: Any) -> AuthResult:
        """Let in whoever knows the password."""
        known = LoginPassword(USER.encode(), PASSWORD.encode())
        self.answer("AUTH")
        return AuthResult(success=data == known, handled=False)


class OnAnyPort(Controller):
    """A server on a port that the system gives."""

    def __init__(self, post: Post, listener: socket, **options: Any) -> None:
        super().__init__(post, HOST, listener.getsockname()[1], **options)
        self._listener = listener

    def _create_server(self) -> Awaitable[AbstractServer]:
        factory: Callable[[], Any] = self._factory_invoker
        return self.loop.create_server(factory, sock=self._listener, ssl=self.ssl_context)


@frozen
class SmtpServer:
    """A running server, and what came to it."""

    port: int
    post: Post

    def variables(self, **others: str) -> dict[str, str]:
        """The settings of a marketplace whose notices go here, without a password."""
        return {
            "KODA_NOTICES": "smtp",
            "KODA_SMTP_HOST": HOST,
            "KODA_SMTP_PORT": str(self.port),
            "KODA_SMTP_SECURITY": "none",
            "KODA_SMTP_SENDER": "Koda <receipts@koda.example>",
            **others,
        }


@contextmanager
def running(
    security: str = "none", *, signed_in: bool = False, name: str = HOST
) -> Iterator[SmtpServer]:
    """Run a server; `signed_in` lets only those send who sign in, `name` is in its certificate."""
    post = Post()
    options: dict[str, Any] = {}
    if security == "starttls":
        options = {"tls_context": certified(name), "require_starttls": True}
    if security == "tls":
        options = {"ssl_context": certified(name), "auth_require_tls": False}
    if signed_in:
        # It takes a connection that was always encrypted for one that never was.
        options |= {"authenticator": post.sign_in, "auth_required": security == "starttls"}
    controller = OnAnyPort(post, create_server((HOST, 0)), **options)
    controller.start()
    post.commands.clear()
    try:
        yield SmtpServer(controller.port, post)
    finally:
        controller.stop()


@contextmanager
def babbling(answer: bytes) -> Iterator[int]:
    """Say `answer` to whoever connects, and again to all they say, on the port that is given.

    Nothing to say is said by hanging up.
    """

    def talk(listener: socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with client, suppress(OSError):
                    client.sendall(answer)
                    while answer and client.recv(65_536):
                        client.sendall(answer)

    with create_server((HOST, 0)) as listener:
        thread = Thread(target=talk, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(SHUT_RDWR)
    thread.join(PATIENCE)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """A server that takes everything, without encryption."""
    with running() as server:
        yield server


def trust_file(folder: Path) -> Path:
    """A file that makes a process trust the servers, named by its variable SSL_CERT_FILE."""
    path = folder / "authority.pem"
    authority().cert_pem.write_to_path(path)
    return path
