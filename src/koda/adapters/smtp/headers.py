"""Header fields: text that is decoded once, and a header block that says what was meant."""

from email import message_from_bytes
from email.errors import MessageError
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP

_ENCODED_WORD = "=?"
_LONGEST_LINE = 76
"""Characters of a line that holds an encoded word (RFC 2047, section 2)."""
_LONGEST_WORD = 60
"""Characters that fit on a line behind any name of a field."""


def add_text(message: EmailMessage, name: str, text: str) -> None:
    """Add the field `name`, in which a reader sees `text` (on one line) letter by letter.

    The library decodes what it is given and, before Python 3.13, writes what came of it as it is:
    text that looks like an encoded word (RFC 2047) could then hold a line end, and with it other
    fields. So this text is encoded here, and the library writes it as it stands.
    """
    charset = "us-ascii" if _plain(text) else "utf-8"
    header = Header(text, charset, maxlinelen=_LONGEST_LINE, header_name=name)
    message.set_raw(name, header.encode(linesep="\r\n"))


def _plain(text: str) -> bool:
    """Whether `text` can stand as it is: readers decode nothing in it, and it folds at spaces."""
    foldable = all(len(word) <= _LONGEST_WORD for word in text.split(" "))
    return text.isascii() and text.isprintable() and _ENCODED_WORD not in text and foldable


def finished(message: EmailMessage) -> bytes | None:
    """Return `message` as it is sent; nothing if its header block reads otherwise than meant."""
    try:
        content = message.as_bytes()
    except MessageError:
        # Newer versions of Python look at the header themselves.
        return None
    read = message_from_bytes(content, policy=SMTP)
    meant = message.keys() == read.keys() and not read.defects
    block, _, _ = content.partition(b"\r\n\r\n")
    same = meant and all(str(read[name]) == str(message[name]) for name in message)
    return content if block.isascii() and same and _recipients(read) == 1 else None


def _recipients(message: EmailMessage) -> int:
    return sum(len(field.addresses) for field in message.get_all("To", []))
