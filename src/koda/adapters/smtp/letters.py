"""Messages: the words of a notice as an e-mail in text and HTML."""

import hashlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from koda.adapters.smtp.headers import add_text
from koda.adapters.smtp.mailboxes import one_line
from koda.adapters.smtp.stories import Story, story_of
from koda.domain.model.notices import Notice

TEMPLATES = Path(__file__).parent / "templates"


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
    return made


@frozen
class Letters:
    """Writes messages from `sender`, with links to the site at `site_url`.

    Answers go to `reply_to`, if there is anybody to read them.
    """

    sender: Address
    reply_to: Address | None
    site_url: str
    _templates: Environment = field(factory=_templates, init=False, repr=False)

    def write(
        self, notice: Notice, name: str | None, recipient: Address, at: datetime
    ) -> EmailMessage:
        """Return the message that tells `recipient`, who may have a `name`, at the moment `at`.

        The same notice always has the same `Message-ID`. `Auto-Submitted` keeps holiday messages
        from answering (RFC 3834).
        """
        story = story_of(notice)
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = recipient
        if self.reply_to is not None:
            message["Reply-To"] = self.reply_to
        add_text(message, "Subject", story.subject)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = self._id(story, notice)
        message["Auto-Submitted"] = "auto-generated"
        shown = {
            "story": story,
            "name": one_line(name or ""),
            "order_id": notice.order_id,
            "day": f"{at.day} {at:%B %Y}",
            "marketplace": self.sender.display_name or urlsplit(self.site_url).hostname,
            "site_url": self.site_url,
            "answered": self.reply_to is not None,
        }
        for kind, add in (("plain", message.set_content), ("html", message.add_alternative)):
            template = self._templates.get_template(f"letter.{kind}")
            add(template.render(shown), subtype=kind, cte="quoted-printable")
        return message

    def _id(self, story: Story, notice: Notice) -> str:
        whole = f"{story.kind} {notice.order_id} {notice.user_id}"
        digest = hashlib.sha256(whole.encode()).hexdigest()[:32]
        return f"<{story.kind}.{digest}@{self.sender.domain}>"
