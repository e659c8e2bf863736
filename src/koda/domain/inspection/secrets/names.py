"""Names of secrets, and whether a value under such a name is one."""

import re
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from koda.domain.inspection.secrets.placeholders import is_placeholder, literals_in

LONGEST_NAME = 80
_LONGEST_VALUE = 4096
"""Characters."""
_ANYWHERE = re.compile(
    r"apikey|apitoken|apisecret|clientsecret|appsecret|consumersecret|accesstoken|authtoken"
    r"|bearertoken|bottoken|refreshtoken|secretkey|privatekey|secretaccesskey|accountkey"
    r"|signingsecret|webhooksecret|sharedaccesskey|servicerole|encryptionkey"
)
_AT_THE_END = re.compile(
    r"(?:token|secret|authorization|accesskey|authkey|sessionkey_?secret|xauth|bearer|apicode"
    r"|subscriptionkey|licensekey|masterkey|appkey|serverkey|adminkey|secretid|authheader)$"
    r"|^(?:auth|key|sig|signature|hapikey|appid_secret|sessionid|jwt)$"
)
_PASSWORD = re.compile(
    r"(?:password|passwd|passphrase|passcode|pwd|passwort|motdepasse)$|^pass$|smtppass$|dbpass$"
)
_OTHER = re.compile(
    r"(?:page|next|continuation|sync|cursor|max|min|from|to|csrf|xsrf|invite|invitation|prev|previous|pagination)"
    r"_?tokens?$|(?:name|type|url|uri|id|field|header|hint|label|description|expiry|expires"
    r"|location|prefix|path|env|format|length|count|limit|hash|valid|status|message|prompt)$"
)
"""Names that end as those of secrets do, or hold one, and tell something else."""
_EXACT_ONLY = frozenset({"key", "sig", "signature", "auth"})
"""Names of secrets in an address or a header, and of much else in a workflow."""
_SCHEME = re.compile(
    r"\s*(?:(?:bearer|basic|token|bot|key|apikey|api-key|oauth|digest|jwt|sso-key"
    r"|zoho-oauthtoken|geniekey|client-id|authorization)[\s:=]+)+",
    re.IGNORECASE,
)
_APP_PASSWORD = re.compile(r"[a-z]{4}(?: [a-z]{4}){3}")
"""A Google app password as Google shows it (support.google.com/accounts/answer/185833)."""
_CHUNK = re.compile(r"[A-Za-z0-9]+")
_WORDLIKE = re.compile(
    r"[A-Za-z]*[a-z]\d{0,4}|[A-Z]{0,11}\d{0,4}|\d{1,4}|[a-z]{1,2}\d{1,2}[a-z]?|[vV]\d+|(?>(?:[A-Z]?[a-z]{3,}+|\d{1,2}+(?=[A-Z]|\Z))+)"
)
_CODE = re.compile(
    r"\$|0x[0-9a-fA-F]{40}\Z|(?:process|env|os|config|self|item|items|data|json|body|response|secrets|settings|st|params|args|request|headers|this|window)[.\[(]|[\w.]+\(|//|.*://"
)
_LONG, _LONG_ENOUGH = 8, 16
"""Characters of a password of letters and marks, and of letters that look drawn."""
_FEWEST_CHANGES = 3
"""How often letters and digits follow one another in what is drawn by chance."""
_FEWEST_DIGITS = 3
"""Digits beside letters of both sizes in a password that stands in code or prose."""
_LEAST_LARGE, _MOST_LARGE = 0.28, 0.72
"""Shares of large letters: half of them are, in what is drawn by chance, and few in words."""


class Sensitivity(Enum):
    """What a name says of its value."""

    NONE = 0
    TOKEN = 1
    PASSWORD = 2


@lru_cache(maxsize=4096)
def sensitivity(name: str) -> Sensitivity:
    """Tell whether `name` is one of secrets: of a key, a header, a parameter or a variable.

    Names of files are remembered, so that callers ask about none that is longer than a name is.
    """
    plain = _plain(name)
    if _OTHER.search(plain):
        return Sensitivity.NONE
    if _PASSWORD.search(plain):
        return Sensitivity.PASSWORD
    if _ANYWHERE.search(plain) or _AT_THE_END.search(plain):
        return Sensitivity.TOKEN
    return Sensitivity.NONE


def tells_other(name: str) -> bool:
    """Tell whether `name` is one of something else than secrets, such as an id or an address."""
    return _OTHER.search(_plain(name)) is not None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).rstrip("0123456789")


def is_ambiguous(name: str) -> bool:
    """Tell whether `name` is one of secrets only in an address or among headers."""
    return name.lower() in _EXACT_ONLY


def secret_in(text: str, kind: Sensitivity, *, strictly: bool = False) -> str | None:
    """The secret in what is written under a sensitive name, or None.

    Expressions and placeholders are let through; a literal beside an expression is not.
    """
    for literal, quoted in literals_in(text[:_LONGEST_VALUE]):
        value = _without_scheme(literal)
        if kind is Sensitivity.PASSWORD and _APP_PASSWORD.fullmatch(value):
            return value
        if is_secret(value, kind, strictly=quoted or strictly):
            return value
    return None


def _without_scheme(literal: str) -> str:
    scheme = _SCHEME.match(literal)
    return literal[scheme.end() if scheme else 0 :].strip(" \t\r\n\"'`;:,")


def is_secret(value: str, kind: Sensitivity, *, strictly: bool = False) -> bool:
    """Tell whether `value` is a secret of its own: one word that nobody would choose as a name.

    `strictly` asks for more, where the value may be a piece of prose or of code.
    """
    shortest = 6 if kind is Sensitivity.PASSWORD and not strictly else 8
    if not shortest <= len(value) <= _LONGEST_VALUE or any(map(str.isspace, value)):
        return False
    if not value.isascii() or _CODE.match(value) or is_placeholder(value):
        return False
    digits = sum(map(str.isdigit, value))
    letters = sum(map(str.isalpha, value))
    if kind is Sensitivity.PASSWORD and (
        not strictly or (_has_both_sizes(value) and digits >= _FEWEST_DIGITS)
    ):
        return _is_password(value, digits, letters)
    if digits and letters:
        return not _is_wordy(value, strictly=strictly)
    return not digits and _is_jumbled(value)


def _is_password(value: str, digits: int, letters: int) -> bool:
    if digits == len(value):
        return True
    if letters and digits:
        return True
    marks = len(value) - digits - letters
    return bool(marks and len(value) >= _LONG and _has_both_sizes(value)) or _is_jumbled(value)


def _has_both_sizes(value: str) -> bool:
    """Tell whether there are small and large letters."""
    return not value.islower() and not value.isupper()


def _is_wordy(value: str, *, strictly: bool) -> bool:
    """Tell whether the parts of `value` are words and numbers, as in `gpt-4o` or `header_auth2`."""
    chunks = _CHUNK.findall(value)
    if all(_WORDLIKE.fullmatch(chunk) for chunk in chunks):
        return not _is_jumbled(value)
    return strictly and _changes(value) < _FEWEST_CHANGES


def _changes(value: str) -> int:
    """How often letters and digits follow one another."""
    kinds = [letter.isdigit() for letter in value if letter.isalnum()]
    return sum(before != after for before, after in pairwise(kinds))


def _is_jumbled(value: str) -> bool:
    """Tell whether letters alone look drawn: long, and large and small ones without order."""
    letters = [letter for letter in value if letter.isalpha()]
    if len(letters) < _LONG_ENOUGH:
        return False
    large = sum(map(str.isupper, letters)) / len(letters)
    return _LEAST_LARGE < large < _MOST_LARGE
