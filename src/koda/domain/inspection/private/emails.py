"""E-mail addresses in a text, without those that are no person's."""

import re
from collections.abc import Iterator

from koda.domain.inspection.facts.services import service_of

_SIGN = re.compile(r"@|%40")
_DOMAIN = re.compile(
    r"(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,8}(?P<end>[A-Za-z]{2,24})(?![A-Za-z0-9_-])"
)
_LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}")
_LONGEST_LOCAL = 64
_LEADING = re.compile(r"(?:%[0-9A-Fa-f]{2}|[.%+-])+")
"""What is no beginning of an address: the rest of an escape of a URL, or an ellipsis."""
_ESCAPE = re.compile(r"\\(?:[nrt]|u[0-9a-fA-F]{4})|%[0-9a-fA-F]{2}")
"""An escape in JSON, code or a URL within a text."""
_USER_INFO = re.compile(r"://[^\s/?#\"'<>]*\Z")
_LONGEST_USER_INFO = 300
_FILES = frozenset(
    {"css", "csv", "gif", "htm", "html", "jpeg", "jpg", "js", "json", "jsx", "mjs", "mp", "pdf"}
    | {"php", "png", "svg", "ts", "tsx", "txt", "webp", "xml", "yaml", "yml", "zip"}
)
"""Ends of names of files: `logo@2x.png`, `chart.js@4.x/chart.min.js`."""
_EXAMPLES = re.compile(
    r"(?:^|[.-])(?:example|examples|test|invalid|localhost)$|(?:^|\.)example\.[a-z]+$"
    r"|your|placeholder|sample|dummy|xxx|someone|somewhere|acme"
    r"|^(?:www\.)?(?:domain|company|email|mail|mycompany|mydomain|test|doe|smith|foo|bar|abc|xyz)\.[a-z]+$"
)
"""Domains of nobody's (RFC 2606, and what people write for them)."""
_NOBODY = re.compile(
    r"your|example|placeholder|sample|dummy|xxx|^(?:john|jane)[._-]?(?:doe|smith)?$|^(?:email|user)[._-]?(?:id|name|address)?$"
    r"|^(?:abc|someone|somebody|recipient|sender|name|firstname[._-]?lastname)$"
)
"""Names that stand for any, at whatever provider."""
_ROLES = frozenset(
    {"alerts", "billing", "contact", "feedback", "git", "hello", "help", "info", "notification"}
    | {"notifications", "notify", "payments", "sales", "security", "service", "support", "team"}
    | {"updates"}
)
"""What services write from, and are asked at."""
_NO_READER = re.compile(r"(?:no|do-?not)[._-]?reply|mailer-daemon|postmaster")
_PUBLIC = ("holiday@group.v.calendar.google.com", "@googlegroups.com")
"""Calendars of holidays are everybody's, and so is the address of a public list."""


def emails_in(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses begin and end, without placeholders and addresses of services.

    `john@example.com`, `your.name@gmail.com` and `jane@company.com` are placeholders;
    `support@n8n.io` is nobody's own, as that of a shop is, and nobody reads `noreply@`. What stands
    before the host of a URL is no address, nor is a version (`mermaid@10`) or a scope
    (`@n8n/nodes`) of a package.
    """
    for sign in _SIGN.finditer(text):
        domain = _DOMAIN.match(text, sign.end())
        if domain is None or domain["end"].lower() in _FILES:
            continue
        begin = _begin(text, sign.start())
        local = text[begin : sign.start()]
        if not local or _USER_INFO.search(text, max(0, begin - _LONGEST_USER_INFO), begin):
            continue
        if not _is_placeholder(local.lower(), domain[0].lower()):
            yield begin, domain.end()


def beginning(text: str, begin: int) -> int:
    """Where a word really begins: the letters of an escape before it are no part of it."""
    escape = _ESCAPE.match(text, begin - 1) if begin else None
    return escape.end() if escape else begin


def _begin(text: str, at: int) -> int:
    match = _LOCAL.match(text[max(0, at - _LONGEST_LOCAL) : at][::-1])
    begin = at - len(match[0]) if match else at
    begin = beginning(text, begin)
    leading = _LEADING.match(text, begin, at)
    return min(leading.end() if leading else begin, at)


def _is_placeholder(local: str, domain: str) -> bool:
    if _EXAMPLES.search(domain) or _NOBODY.search(local):
        return True
    if _NO_READER.fullmatch(local) or (local in _ROLES and service_of(domain) is not None):
        return True
    return f"{local}@{domain}".endswith(_PUBLIC)
