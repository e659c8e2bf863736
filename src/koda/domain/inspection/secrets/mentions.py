"""Secrets that a text says by name: assignments, headers, addresses, notes."""

import base64
import binascii
import re
from collections.abc import Iterator
from itertools import islice

from koda.domain.inspection.secrets.names import (
    Sensitivity,
    is_ambiguous,
    is_secret,
    secret_in,
    sensitivity,
)
from koda.domain.inspection.secrets.placeholders import is_placeholder
from koda.domain.model.secrets import MOST_FINDINGS
from koda.domain.model.sentences import Sentence, sentence

Match = tuple[int, int, Sentence]
"""Where a secret begins and ends in a text, and what it looks like."""
_STEMS = (
    "key",
    "token",
    "secret",
    "passw",
    "passp",
    "pwd",
    "pass",
    "auth",
    "sig",
    "credential",
    "jwt",
)
"""What names of secrets hold, in small letters."""
_SHORTEST_PASSWORD = 4
_MOST = 3 * MOST_FINDINGS
"""Secrets that are told by one word of their names; more than can be told of a file."""
_MOST_WITHIN = 2
"""Names within the value of one that are looked at, as in `token=key=…`: of a line that is made of
nothing else, each value would be looked at as often as it has names."""
_LONGEST_BEFORE = 40
"""Characters of a name before its stem."""
_NAMED = re.compile(
    r"[\w-]{0,40}"
    r"(?P<closed>\\{0,3}[\"'`]?\s?\]?\*{0,2})(?:\s{0,4}:\s{0,4}[\w.\[\]| ]{1,30}(?==))?"
    r"\s{0,8}(?:=>|:=|={1,3}|!==?|\*{0,2}:\*{0,2}|,|\|)\s{0,8}"
    r"(?:[fbru]{0,2}\\{0,3}[\"'`](?P<quoted>[^\"'`\n\0\\]{1,4096}+)(?=\\{0,3}[\"'`])"
    r"|(?P<bare>(?:(?:bearer|basic|token|bot)\s{1,4})?[^\s\"'`,;<>()\[\]{}&#\0|\\]{6,2000}+)(?![(\[{]))",
    re.IGNORECASE,
)
"""The rest of a name, what stands between, and a value in quotes or without."""
_LOGIN = re.compile(
    r"[\w]{0,12}[\"']?\s{0,4}(?:[:=]\s{0,4})?[(\[{]\s{0,4}[\"'][^\"'\n]{1,200}[\"']\s{0,4},\s{0,4}"
    r"[\"'](?P<password>[^\"'\n\0]{4,200})[\"']",
    re.IGNORECASE,
)
_BEARER = re.compile(r"bearer\s{1,4}(?P<token>[A-Za-z0-9._~+/=-]{16,2000}+)", re.IGNORECASE)
_BASIC = re.compile(r"basic\s{1,4}(?P<pair>[A-Za-z0-9+/]{8,2000}+={0,2})", re.IGNORECASE)
_USER_INFO = re.compile(
    r"://(?P<user>[^\s/?#@:\"'<>`\\\0]{0,256}):(?P<password>[^\s/?#\"'<>`\\\0]{1,256})@"
)
_PLAUSIBLE = re.compile(r"\d|\S{8}")
"""What every secret has that goes by a name: a digit, or eight characters in a word."""
_PARAMETERS = frozenset("?&")
"""What stands before the name of a parameter of an address or a form."""
_NAME = re.compile(r"[\w-]+")
NAMED = sentence("looks like a secret, by the name that it goes by")
_OF_BEARER = sentence("looks like an access token, by the word “Bearer” before it")
_OF_BASIC = sentence("is a user name with a password, by the word “Basic” before it")
_OF_ADDRESS = sentence("is an address with a password in it")
_OF_LOGIN = sentence("looks like a password, beside a user name")


def mentions_in(text: str, plain: str) -> Iterator[Match]:
    """Every secret in `text` that goes by a name there, and is no placeholder.

    `plain` is the text with a question mark for what is not ASCII, which is searched faster.
    """
    small = left = plain.lower()
    for stem in _STEMS:
        yield from islice(_named(text, left, stem), _MOST)
        left = left.replace(stem, "\0" * len(stem))  # `passw` is no `pass` once more
    if "://" in plain:
        yield from _addresses(text)
    yield from _schemes(text, small)
    for word in ("auth", "login"):
        yield from _logins(text, small, word)


def _places(small: str, stem: str) -> Iterator[int]:
    at = small.find(stem)
    while at >= 0:
        yield at
        at = small.find(stem, at + len(stem))


def _named(text: str, small: str, stem: str) -> Iterator[Match]:
    end = within = 0
    for at in _places(small, stem):
        within = within + 1 if at < end else 0
        match = _NAMED.match(text, at) if within <= _MOST_WITHIN else None
        if match is None:
            continue
        group = "bare" if match["quoted"] is None else "quoted"
        if not _PLAUSIBLE.search(match[group]) or not _separates(text, match, group):
            continue
        end = max(end, match.end())
        kind, parameter = _kind(text, at, match)
        if kind is not Sensitivity.NONE:
            yield from _value(match, group, kind, strictly=not parameter)


def _separates(text: str, match: re.Match[str], group: str) -> bool:
    """Tell whether what stands between is no mere comma: that takes quotes on both sides."""
    between = text[match.end("closed") : match.start(group)]
    return "," not in between or (group == "quoted" and bool(match["closed"].strip()))


def _kind(text: str, at: int, match: re.Match[str]) -> tuple[Sensitivity, bool]:
    """What the name says that the stem at `at` is part of, and whether it is a parameter's.

    Two words of prose may be one name.
    """
    before = _before(text, at)
    name = before + text[at : match.start("closed")]
    begin = at - len(before)
    if text[max(0, begin - 1) : begin] in _PARAMETERS:
        return sensitivity(name), True
    if not before and text[max(0, at - 1) : at] == " ":
        name = _before(text, at - 1) + name
    return Sensitivity.NONE if is_ambiguous(name) else sensitivity(name), False


def _before(text: str, at: int) -> str:
    """What of a name stands before `at`, read backwards: to look for its end takes longer."""
    backwards = text[max(0, at - _LONGEST_BEFORE) : at][::-1]
    match = _NAME.match(backwards)
    return match[0][::-1] if match else ""


def _value(
    match: re.Match[str], group: str, kind: Sensitivity, *, strictly: bool
) -> Iterator[Match]:
    value = match[group]
    if group == "quoted":
        secret = secret_in(value, kind)
    else:
        # Without quotes it may be code or prose.
        word = value.rpartition(" ")[2].strip(".!?*:" if strictly else "")
        secret = word if is_secret(word, kind, strictly=strictly) else None
    if secret is not None:
        start = match.start(group) + value.index(secret)
        yield start, start + len(secret), NAMED


def _addresses(text: str) -> Iterator[Match]:
    for match in _USER_INFO.finditer(text):
        password, user = match["password"], match["user"]
        if "{{" in password or "$" in password[:1] or password.startswith(("{", "[", "%")):
            continue
        if (
            len(password) >= _SHORTEST_PASSWORD
            and password != user
            and not is_placeholder(password)
        ):
            yield match.start("password"), match.end("password"), _OF_ADDRESS


def _schemes(text: str, small: str) -> Iterator[Match]:
    for at in _places(small, "bearer"):
        match = _BEARER.match(text, at)
        if match and is_secret(match["token"], Sensitivity.TOKEN, strictly=True):
            yield *match.span("token"), _OF_BEARER
    for at in _places(small, "basic"):
        match = _BASIC.match(text, at)
        if match and _is_pair(match["pair"]):
            yield *match.span("pair"), _OF_BASIC


def _is_pair(encoded: str) -> bool:
    """Tell whether base64 holds a user name, a colon and a password that is no placeholder."""
    try:
        pair = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("ascii")
    except (ValueError, binascii.Error):
        return False
    user, colon, password = pair.partition(":")
    if not colon or not pair.isprintable() or is_placeholder(encoded):
        return False
    words = [part for part in (user, password) if part]
    return bool(words) and not any(map(is_placeholder, words))


def _logins(text: str, small: str, word: str) -> Iterator[Match]:
    for at in _places(small, word):
        match = _LOGIN.match(text, at + len(word))
        if match and is_secret(match["password"], Sensitivity.PASSWORD):
            yield *match.span("password"), _OF_LOGIN
