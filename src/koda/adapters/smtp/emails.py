"""Messages: the words of a notice as an e-mail in text and HTML."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from koda.adapters.smtp.headers import add_text
from koda.adapters.smtp.messages import message_of
from koda.domain.model.money import Money
from koda.domain.model.notices import ListingNotice, Notice, OrderNotice
from koda.domain.model.sentences import Sentence
from koda.domain.model.validation import one_line

SLOT = "\ufffc"
"""Where markup comes into a text: Unicode's own character for an object that stands there."""
TEMPLATES = Path(__file__).parent / "templates"


def filled(text: str, markup: Markup) -> Markup:
    """Put `markup` into the slot of a text, which is escaped."""
    return Markup(str(escape(text)).replace(SLOT, markup))  # noqa: S704 - escaped


def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["one_line"] = one_line
    made.filters["filled"] = filled
    made.globals["SLOT"] = SLOT
    return made


@frozen
class EmailRenderer:
    """Writes messages from `sender`, with links to the site at `site_url`.

    Answers go to `reply_to`, if there is anybody to read them. `say` says sentences in the language
    of the marketplace, which `language` names (BCP 47); by default in English.
    """

    sender: Address
    reply_to: Address | None
    site_url: str
    say: Callable[[Sentence], str] = str
    language: str = "en"
    _templates: Environment = field(factory=_templates, init=False, repr=False)

    def write(
        self, notice: Notice, name: str | None, recipient: Address, at: datetime
    ) -> EmailMessage:
        """Return the message that tells `recipient`, who may have a `name`, at the moment `at`.

        The same notice always has the same `Message-ID`. `Auto-Submitted` keeps holiday messages
        from answering (RFC 3834).
        """
        message = message_of(notice)
        email = EmailMessage(policy=SMTP)
        email["From"] = self.sender
        email["To"] = recipient
        if self.reply_to is not None:
            email["Reply-To"] = self.reply_to
        add_text(email, "Subject", self.say(message.subject))
        email["Date"] = format_datetime(at)
        email["Message-ID"] = self._id(message.kind, notice)
        email["Auto-Submitted"] = "auto-generated"
        shown = {
            "message": message,
            "name": one_line(name or ""),
            "order_id": notice.order_id if isinstance(notice, OrderNotice) else "",
            "automation_id": notice.automation_id if isinstance(notice, ListingNotice) else "",
            "day": notice.occurred_at.date(),
            "marketplace": self.sender.display_name or urlsplit(self.site_url).hostname,
            "site_url": self.site_url,
            "answered": self.reply_to is not None,
            "language": self.language,
            "say": self._say,
            "told": self.say,
            "amount": self._amount,
        }
        for kind, add in (("plain", email.set_content), ("html", email.add_alternative)):
            template = self._templates.get_template(f"email.{kind}")
            add(template.render(shown), subtype=kind, cte="quoted-printable")
        return email

    def _say(self, template: str, /, **data: object) -> str:
        return self.say(Sentence(template, data))

    def _amount(self, money: Money) -> str:
        return self.say(Sentence("{amount}", {"amount": money}))

    def _id(self, kind: str, notice: Notice) -> str:
        digest = hashlib.sha256(notice.id.encode()).hexdigest()[:32]
        return f"<{kind}.{digest}@{self.sender.domain}>"
