"""E-mail: notices by a mail server."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue, Unavailable
from koda.domain.model.validation import integer
from koda.entrypoints.backends.probe import Check
from koda.entrypoints.backends.room import Group, NoticesRoom
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings

if TYPE_CHECKING:
    from email.headerregistry import Address

    from koda.adapters.smtp.notices import SmtpNotices

_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class MailSecurity(StrEnum):
    """How the conversation with the mail server is encrypted: from its start, after it, or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@frozen
class SmtpSettings(ServiceSettings):
    """`KODA_SMTP_…`: the mail server, how to sign in to it, and who writes."""

    section: ClassVar[str] = "smtp"
    heading: ClassVar[str] = "E-mail"

    host: str = setting("", "the mail server; needed where notices go by `smtp`")
    port: int = setting(
        587, "its port: 587 with `starttls`, 465 with `tls`, as a rule", integer(1, 65_535)
    )
    security: MailSecurity = setting(
        MailSecurity.STARTTLS,
        "`tls` encrypts from the start, `starttls` before anything is said, `none` "
        "never, for a server on the same machine or network",
    )
    user: str = setting("", "who signs in; nobody unless set")
    password: SecretStr = setting(NO_SECRET, "goes with the user")
    sender: str = setting(
        "",
        "who writes, as `Koda <receipts@koda.example>`; the server must let Koda send from there",
    )
    reply_to: str = setting("", "who reads the answers, if not the sender")


class SmtpRoom(NoticesRoom):
    """A mail server, which is not connected to before there is something to send."""

    name = "smtp"
    extra = "smtp"
    group: ClassVar[Group] = SmtpSettings
    about: ClassVar[Mapping[str, str]] = {"notices": "sends e-mail"}
    remedy = (
        "see that KODA_SMTP_HOST and KODA_SMTP_PORT lead to a mail server that speaks "
        "KODA_SMTP_SECURITY, that its certificate is the host's, and that KODA_SMTP_USER may sign "
        "in"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield what may be wrong with the server, the user and the sender."""
        smtp = settings.of(SmtpSettings)
        yield "SMTP_HOST", not _HOST.fullmatch(smtp.host), "must be set, such as smtp.koda.example"
        half = "goes with KODA_SMTP_PASSWORD; set both, or neither"
        yield "SMTP_USER", bool(smtp.user) != bool(smtp.password), half
        plain = bool(smtp.password) and smtp.security == MailSecurity.NONE
        yield "SMTP_SECURITY", plain, "must be starttls or tls where a password is sent"
        yield "SMTP_SENDER", not smtp.sender, "must be set, as Koda <receipts@koda.example>"

    @cached_property
    def sending(self) -> "SmtpNotices":
        """What sends, with links to the site.

        Koda introduces itself by the domain of the sender.

        Raises:
            InvalidValue: an address of mail is none.
        """
        from koda.adapters.smtp.emails import EmailRenderer
        from koda.adapters.smtp.notices import SmtpNotices
        from koda.adapters.smtp.server import MailServer

        smtp = self.site.settings.of(SmtpSettings)
        sender = _mailbox("SENDER", smtp.sender)
        answers = _mailbox("REPLY_TO", smtp.reply_to) if smtp.reply_to else None
        password = str.__str__(smtp.password)
        return SmtpNotices(
            MailServer(smtp.host, smtp.port, smtp.security, sender.domain, smtp.user, password),
            EmailRenderer(sender, answers, self.site.settings.site_url),
            self.site.people,
            self.site.clock,
        )

    def notices(self) -> "SmtpNotices":
        """Return what writes e-mail to the addresses of users."""
        return self.sending

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the server is tried."""
        yield Check(slot, self.try_server, self.remedy, early=True)

    def try_server(self) -> str:
        """Sign in to the mail server and take leave; nothing is sent."""
        try:
            self.sending.server.probe()
        except Unavailable as error:
            raise type(error)(f"mail server ({error.__cause__})") from error
        smtp = self.site.settings.of(SmtpSettings)
        place, user = f"{smtp.host}:{smtp.port}", "signed in" if smtp.user else "nobody signed in"
        return f"smtp, {place} answers by {smtp.security}, {user}; nothing is sent"


def _mailbox(name: str, text: str) -> "Address":
    from koda.adapters.smtp.mailboxes import named_mailbox

    try:
        return named_mailbox(text)
    except InvalidValue as error:
        raise InvalidValue(f"{PREFIX}SMTP_{name}", error.problem) from error
