"""Addresses to which mail can go, and text that may stand in a header."""

import re
from email.headerregistry import Address
from email.utils import parseaddr

import idna

from koda.domain.model.errors import InvalidValue
from koda.domain.model.sentences import verbatim

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_LOCAL = 64
_LONGEST = 254
_UNSHOWN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)
"""Control characters, line ends, direction overrides, and halves of surrogate pairs."""


def mailbox(text: str, name: str = "") -> Address | None:
    """Return `text` as an address, its domain in ASCII; nothing if no mail can go there.

    Domains go by IDNA 2008 (RFC 5891), read as browsers do (Unicode TS 46, nontransitional):
    `faßbier.de` is not `fassbier.de`. What stands before the `@` must be ASCII without quotes:
    anything else needs abilities (RFC 6531) that many servers lack.
    """
    local, at, domain = text.strip().rpartition("@")
    if len(domain) > _LONGEST:
        return None
    try:
        host = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return None
    fits = len(local) <= _LONGEST_LOCAL and len(local) + len(host) < _LONGEST
    if not (at and fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host)):
        return None
    return Address(name, local, host)


def named_mailbox(text: str) -> Address:
    """Read `Koda <receipts@koda.example>`, or the address alone.

    Raises:
        InvalidValue: it is neither, or the name is written as an encoded word (RFC 2047).
    """
    name, address = parseaddr(text)
    box = mailbox(address, name)
    if box is None or _UNSHOWN.search(text) or "=?" in name:
        raise InvalidValue(
            "mailbox", verbatim("must be an address such as Koda <receipts@koda.example>")
        )
    return box
