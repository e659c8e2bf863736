"""Labels as FTS5 keeps them.

Its tokenizer `ascii` folds ASCII letters and parts text at ASCII signs; all else it leaves as it
is. So what it would touch is written as a number in hexadecimal digits behind a sign that it is
told to leave, and FTS5 compares labels and their beginnings exactly as the domain does.
"""

import re
from collections.abc import Iterable

from koda.domain.search.labels import TITLE, is_word

_ESCAPED = re.compile("[\x00-/:-`{-\x7f\ud800-\udfff]")
_IN_TITLE, _FILTER = "=", "=="


def token(label: str) -> str:
    """A label as FTS5 keeps it; the beginning of a label gives the beginning of its token."""
    if is_word(label):
        return _escaped(label)
    if label.startswith(TITLE):
        # The shortest sign, so that the indexes of beginnings reach as far as can be.
        return _IN_TITLE + _escaped(label.removeprefix(TITLE))
    return _FILTER + _escaped(label)


def tokens(labels: Iterable[str]) -> str:
    """The text to index for an entry of these labels."""
    return " ".join(sorted(map(token, labels)))


def quoted(label: str) -> str:
    """A label as an expression of FTS5 that only the entries with it match."""
    return f'"{token(label)}"'


def _escaped(text: str) -> str:
    if text.isalnum() and text.isascii() and text.islower():
        return text
    return _ESCAPED.sub(lambda sign: f"={ord(sign[0]):x}=", text)
