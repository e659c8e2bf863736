"""The words of a text, folded so that spelling, case and marks do not part them.

Text is read as NFKC (Unicode Standard Annex 15), so that full width and plain letters are the same.
Latin, Greek and Cyrillic letters lose their marks, those of other scripts keep them. Scripts that
are written without spaces are read as pairs of characters.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from attrs import frozen

LONGEST_WORD = 40
"""Characters; what a word has beyond is cut off."""

_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x0F00, 0x0FFF),  # Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x30FF),  # radicals, Hiragana, Katakana
    (0x31F0, 0x9FFF),  # Katakana extensions, Han
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x20000, 0x3FFFF),  # Han, further planes
)
_MARKS_COUNT_FROM = 0x0530
"""Letters below are Latin, Greek and Cyrillic ones."""

_CONNECTORS = frozenset("-._'\u2019@&")
_WITHOUT_CONNECTORS = str.maketrans("", "", "".join(_CONNECTORS))
_SUFFIXES = frozenset("#+")
_LETTERS = str.maketrans(
    {"\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
)
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})

_PLAIN, _MARK, _PAIRED, _CONNECTOR, _SUFFIX, _OTHER = "wmgcp "
_RUN = re.compile("(?P<paired>g[gm]*)|w[wm]*(?:[cp]w[wm]*)*(?:p{1,2}(?![wp]))?")
_PART = re.compile("w[wm]*")
_CLUSTER = re.compile("gm*")


@frozen
class Token:
    """A run of characters without a space between them.

    `readings` are the ways to understand it, the best first: each is words that must all be there.
    `words` are all under which a text that holds it is found.
    """

    readings: tuple[tuple[str, ...], ...]
    words: frozenset[str]
    text: str
    """As it was written."""
    paired: bool = False
    """Whether it is of a script that is written without spaces."""


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of `text` in order; what holds no letter and no digit is none."""
    plain = unicodedata.normalize("NFKC", text)
    kinds = "".join(map(_kind, plain))
    for run in _RUN.finditer(kinds):
        start, end = run.span()
        token = plain[start:end]
        yield _pairs(token, kinds[start:end]) if run["paired"] else _token(token, kinds[start:end])


def words_of(text: str) -> frozenset[str]:
    """All words under which `text` is found."""
    return frozenset().union(*(token.words for token in tokens_of(text)))


def spellings_of(text: str) -> frozenset[str]:
    """`text` as its beginning is compared: words with umlauts spelled out, and without marks."""
    tokens = [token.text.translate(_WITHOUT_CONNECTORS) for token in tokens_of(text)]
    folds = (folded,) if text.isascii() else (folded, _bare)
    return frozenset(" ".join(map(fold, tokens)) for fold in folds)


def name_spellings(name: str) -> tuple[str, str]:
    """A name as it is asked for, without case and full width, umlauts spelled out; and unmarked."""
    if name.isascii():
        return (name.lower(),) * 2
    plain = " ".join(unicodedata.normalize("NFKC", name).split())
    spelled_out = plain.casefold().translate(_SPELLED_OUT)
    return _unmarked(spelled_out) or plain, _unmarked(plain) or plain


def _token(text: str, kinds: str) -> Token:
    """A word; or several that a sign connects, which are one word, too, and are found as both."""
    if kinds == _PLAIN * len(kinds) and text.isascii():
        word = text.lower()[:LONGEST_WORD]
        return Token(((word,),), frozenset((word,)), text)
    suffix = text[len(kinds.rstrip(_SUFFIX)) :]
    parts = [text[part.start() : part.end()] for part in _PART.finditer(kinds)]
    joined = "".join(parts)
    readings: list[tuple[str, ...]] = [(folded(joined) + suffix,)]
    # One letter with a sign, as `C#`, is another word than the letter.
    if suffix and len(joined) > 1:
        readings.append((folded(joined),))
    if len(parts) > 1:
        readings.append(tuple(map(folded, parts)))
    words = {word for reading in readings for word in reading}
    words |= {_bare(part) for part in parts} if not suffix or len(joined) > 1 else set()
    return Token(
        tuple(readings), frozenset(words | ({_bare(joined)} if not suffix else set())), text
    )


def _pairs(text: str, kinds: str) -> Token:
    """Each two characters that follow one another, and the last one for whoever types but that."""
    characters = [text[cluster.start() : cluster.end()] for cluster in _CLUSTER.finditer(kinds)]
    folded_characters = [_bare(character)[: LONGEST_WORD // 2] for character in characters]
    pairs = tuple(map("".join, pairwise(folded_characters)))
    last = folded_characters[-1]
    return Token((pairs or (last,),), frozenset((*pairs, last)), text, paired=True)


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """Which part a character has in a word."""
    if character in _CONNECTORS:
        return _CONNECTOR
    if character in _SUFFIXES:
        return _SUFFIX
    if unicodedata.category(character).startswith("M"):
        return _MARK
    if not character.isalnum():
        return _OTHER
    number = ord(character)
    paired = any(first <= number <= last for first, last in _WITHOUT_SPACES)
    return _PAIRED if paired else _PLAIN


def folded(word: str) -> str:
    """A word as it is asked for: German umlauts and their like are spelled out."""
    return _bare(word if word.isascii() else word.casefold().translate(_SPELLED_OUT))


def _bare(word: str) -> str:
    """A word without case, and without the marks of letters that are read without them."""
    return word.lower()[:LONGEST_WORD] if word.isascii() else _without_marks(word)


@lru_cache(maxsize=4096)
def _without_marks(word: str) -> str:
    return _unmarked(word)[:LONGEST_WORD]


def _unmarked(word: str) -> str:
    # Twice, since some letters show their case only once they are taken apart.
    once = unicodedata.normalize("NFKD", word.casefold().translate(_LETTERS)).casefold()
    kept: list[str] = []
    base = 0
    for character in unicodedata.normalize("NFKD", once):
        if not unicodedata.category(character).startswith("M"):
            base = ord(character)
        elif base < _MARKS_COUNT_FROM:
            continue
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))
